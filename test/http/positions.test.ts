import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { EventStore } from '../../src/store/event-store.js';
import { encodePosition } from '../../src/store/position.js';
import { AbsentStore } from '../support/absent-store.js';
import { diskFull, shippedWith } from '../support/projections.js';
import { startTestNode, type Api, type TestNode } from '../support/server.js';

const create = async (api: Api, name: string): Promise<{ id: string; position: string }> => {
  const { app, position } = await api.mutate('createApp', 'CreateAppInput', { name }, 'app { id } position');
  return { id: app.id as string, position: position as string };
};
const positionOf = async (api: Api): Promise<string | null> => (await api.post('{ __typename }')).headers.get('regraft-position');

describe('two nodes over one store', () => {
  let store: EventStore;
  let a: TestNode;
  let b: TestNode;
  beforeAll(async () => {
    store = openEmbeddedStore({ path: ':memory:' });
    a = await startTestNode({ store: new AbsentStore(store, true) });
    b = await startTestNode({ store: new AbsentStore(store, true) });
  });
  afterAll(async () => {
    await a.close();
    await b.close();
    await store.close();
  });

  it('show at one what was written at the other, to who asks for its position', async () => {
    for (let n = 0; n < 20; n++) {
      const { id, position } = await create(a.api, `app ${n}`);
      const { app } = await b.api.with({ 'regraft-min-position': position }).ask('query ($id: ID!) { app(id: $id) { name } }', { id });
      expect(app).toEqual({ name: `app ${n}` });
    }
  });

  it('answer with a position that is at least the one asked for, and means the same at both', async () => {
    const { position } = await create(a.api, 'marked');
    const answer = await b.api.with({ 'regraft-min-position': position }).post('{ __typename }');
    expect(answer.headers.get('regraft-position')).toBe(position);
    expect(await positionOf(a.api)).toBe(position);
  });
});

describe('a node whose projector stands still', () => {
  let node: TestNode;
  let still = false;
  beforeAll(async () => {
    const projections = shippedWith('apps', () => {
      if (still) throw diskFull();
    });
    node = await startTestNode({ projections, visibleWithinMs: 200 });
  });
  afterAll(() => node.close());

  it('says of a mutation that it is applied and not visible, with the position at which it can be read later', async () => {
    const before = await positionOf(node.api);
    still = true;
    const error = await node.api.refuse('createApp', 'CreateAppInput', { name: 'unseen' });
    expect(error).toMatchObject({ extensions: { code: 'APPLIED_NOT_VISIBLE', position: expect.any(String) } });
    const { position } = error.extensions as unknown as { position: string };
    expect(await positionOf(node.api)).toBe(before);
    expect(await node.api.ask('{ position apps { totalCount } }')).toEqual({ position, apps: { totalCount: 0 } });

    const early = await node.api.with({ 'regraft-min-position': position }).post('{ apps { totalCount } }');
    expect(early.status).toBe(503);
    expect(await early.json()).toMatchObject({
      errors: [{ message: expect.stringMatching(/^nothing was done/), extensions: { code: 'APPLIED_NOT_VISIBLE', position } }],
    });

    still = false;
    let seen;
    do seen = await node.api.with({ 'regraft-min-position': position }).send('{ apps { totalCount } }');
    while (seen.errors);
    expect(seen).toEqual({ data: { apps: { totalCount: 1 } } });
    expect(await positionOf(node.api)).toBe(position);
  });
});

describe('a node with a projection that is stopped', () => {
  const stopAt = (projection: string): Promise<TestNode> =>
    startTestNode({
      projections: shippedWith(projection, ({ data }) => {
        if (data['name'] === 'poison') throw new Error('it cannot be applied');
      }),
      visibleWithinMs: 600_000,
    });

  it('answers at once that what it would show is not visible, and goes on answering what is', async () => {
    const node = await stopAt('apps');
    const { id, position } = await create(node.api, 'before');
    const error = await node.api.refuse('createApp', 'CreateAppInput', { name: 'poison' });
    expect(error.extensions.code).toBe('APPLIED_NOT_VISIBLE');
    const later = await node.api.with({ 'regraft-min-position': String(error.extensions['position']) }).refusal('{ position }');
    expect(later.extensions.code).toBe('APPLIED_NOT_VISIBLE');
    expect(await node.api.ask('query ($id: ID!) { app(id: $id) { name } apps { totalCount } }', { id })).toEqual({
      app: { name: 'before' },
      apps: { totalCount: 1 },
    });
    expect(await positionOf(node.api)).toBe(position);
    await node.close();
  });

  it('does not let mutations wait for what they do not show', async () => {
    const node = await stopAt('history');
    await create(node.api, 'poison');
    await create(node.api, 'after');
    expect(await node.api.ask('{ apps { totalCount } history { totalCount } }')).toEqual({
      apps: { totalCount: 2 },
      history: { totalCount: 0 },
    });
    await node.close();
  });
});

describe('the answer of a mutation', () => {
  it('carries its own position: who asks another node for that much sees what was written', async () => {
    const node = await startTestNode();
    const answer = await node.api.post('mutation { createApp(input: { name: "one" }) { position } }');
    const { data } = (await answer.json()) as { data: { createApp: { position: string } } };
    expect(answer.headers.get('regraft-position')).toBe(data.createApp.position);
    await node.close();
  });
});

describe('every answer of /graphql', () => {
  let node: TestNode;
  beforeAll(async () => {
    node = await startTestNode();
  });
  afterAll(() => node.close());

  it('carries the position of the read models: data, refusals, broken requests, subscriptions sent to the wrong place', async () => {
    const { position } = await create(node.api, 'marked');
    const plain = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const answers = await Promise.all([
      node.api.post('{ apps { totalCount } }'),
      node.api.post('{ nope }'),
      node.api.post('subscription { events { position } }'),
      node.api.with({ 'regraft-min-position': 'nonsense' }).post('{ __typename }'),
      fetch(`${node.url}/graphql`, { ...plain, body: '{ not json' }),
      fetch(`${node.url}/graphql`, { ...plain, body: '{}' }),
      fetch(`${node.url}/graphql`),
    ]);
    expect(answers.map(({ headers }) => headers.get('regraft-position'))).toEqual(answers.map(() => position));
  });
});

describe('a request with Regraft-Min-Position', () => {
  let node: TestNode;
  beforeAll(async () => {
    node = await startTestNode();
  });
  afterAll(() => node.close());

  const ask = (minPosition: string): Promise<Response> =>
    fetch(`${node.url}/graphql`, {
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
    const { position } = (await node.api.ask('{ position }')) as { position: string };
    const [logId = ''] = position.split('.');
    const response = await ask(encodePosition(logId, 1_000_000));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'POSITION_UNKNOWN' } }] });
  });
});
