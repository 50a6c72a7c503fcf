import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRequestContext } from '../../src/graphql/context.js';
import { BEFORE_FIRST } from '../../src/store/event-store.js';
import { encodePosition } from '../../src/store/position.js';
import { openTestBackend, tester } from '../support/backend.js';
import { startTestServer, type TestServer } from '../support/server.js';

describe('a request with Regraft-Min-Position', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  const ask = (minPosition: string): Promise<Response> =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'regraft-min-position': minPosition },
      body: JSON.stringify({ query: '{ position }' }),
    });

  it('is refused with 400 where it is no position', async () => {
    const response = await ask('nonsense');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'POSITION_UNKNOWN' } }] });
  });

  it('is refused with 400 where the log has not come that far', async () => {
    const { position } = (await server.api.ask('{ position }')) as { position: string };
    const [logId = ''] = position.split('.');
    const response = await ask(encodePosition(logId, 1_000_000));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'POSITION_UNKNOWN' } }] });
  });

  it('is not run, and told so with 503, where the read models have not come there in time', async () => {
    const backend = await openTestBackend({ visibleWithinMs: 1 });
    // The projector stands still; the log goes on.
    await backend.projector.close();
    const { position } = await backend.services.writer.append(
      'app-1',
      'no_stream',
      [{ type: 'AppCreated', data: { appId: 'app-1', name: 'one', team: 'default' } }],
      tester,
    );
    expect(position).toBeGreaterThan(BEFORE_FIRST);
    const minPosition = encodePosition(backend.store.logId, position);
    const refused = createRequestContext(backend, { correlationId: 'test', minPosition });
    await expect(refused).rejects.toMatchObject({
      message: expect.stringMatching(/^nothing was done/),
      extensions: { http: { status: 503 } },
    });
    await backend.close();
  });
});
