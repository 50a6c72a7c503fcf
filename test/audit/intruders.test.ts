import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { verifyLog } from '../../src/audit/verify.js';
import { CorruptLogError } from '../../src/store/errors.js';
import { BEFORE_FIRST, type EventStore, type RecordedEvent } from '../../src/store/event-store.js';
import { openEventStoreDb } from '../../src/store/eventstoredb/open.js';
import { newEvent } from '../store/contract.js';
import { TestEventStoreDb } from '../support/eventstoredb/server.js';

describe('an event in EventStoreDB that Regraft did not write', () => {
  let server: TestEventStoreDb;
  let store: EventStore;
  const logged: string[] = [];
  beforeEach(async () => {
    logged.length = 0;
    server = await TestEventStoreDb.start();
    store = await openEventStoreDb({ url: server.url, logger: pino({}, { write: (line) => void logged.push(line) }) });
    await store.append('app-1', 'no_stream', [newEvent({ n: 0 })]);
  });
  afterEach(async () => {
    await store.close();
    server.stop();
  });

  /** As another program writes: its own metadata, or what is no JSON. */
  const intrude = (stream: string, revision: number | 'no_stream', contentType = 'application/json'): string => {
    const id = randomUUID();
    const [data, metadata] = ['{"name":"evil"}', '{}'].map((text) => Buffer.from(text)) as [Buffer, Buffer];
    server.log.append(stream, revision, [{ id, type: 'AppChanged', contentType, data, metadata }]);
    return id;
  };
  const verify = () => verifyLog(store, () => undefined);

  it.each(['application/json', 'application/octet-stream'])('is named by verify where the stream is Regraft’s: %s', async (contentType) => {
    const eventId = intrude('app-1', 0, contentType);
    const at = { stream: 'app-1', revision: 1, position: server.log.stream('app-1')?.[1]?.position, eventId };
    const found = { events: 1, broken: { ...at, problem: expect.stringContaining('did not write') } };
    // As the last of the log, and with others after it.
    expect(await verify()).toMatchObject(found);
    await store.append('app-2', 'no_stream', [newEvent({ n: 1 })]);
    expect(await verify()).toMatchObject(found);
    await expect(store.readStream('app-1')).rejects.toMatchObject({ name: CorruptLogError.name, at });
  });

  it.each(['template-1', 'definition-1', 'name-1'])('is named by verify in %s, too', async (stream) => {
    intrude(stream, 'no_stream');
    expect((await verify()).broken).toMatchObject({ stream, revision: 0 });
  });

  it('does not concern Regraft where the stream is another program’s', async () => {
    intrude('orders-1', 'no_stream');
    await store.append('app-2', 'no_stream', [newEvent({ n: 1 })]);
    expect(await verify()).toMatchObject({ events: 2, broken: null });
  });

  it('is passed over by those who follow, history and live, with a line in the log', async () => {
    intrude('app-1', 0);
    await store.append('app-2', 'no_stream', [newEvent({ n: 1 })]);
    const stop = new AbortController();
    const seen: RecordedEvent[] = [];
    const following = (async () => {
      for await (const { events } of store.follow({ after: BEFORE_FIRST, signal: stop.signal })) seen.push(...events);
    })();
    await vi.waitUntil(() => seen.length === 2);
    intrude('app-2', 0);
    await store.append('app-3', 'no_stream', [newEvent({ n: 2 })]);
    await vi.waitUntil(() => seen.length === 3);
    stop.abort();
    await following;
    expect(seen.map(({ data }) => data['n'])).toEqual([0, 1, 2]);
    for (const stream of ['app-1', 'app-2']) expect(logged.join('')).toContain(`${stream} revision 1: Regraft did not write this event`);
  });
});
