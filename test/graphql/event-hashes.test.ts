import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { BEFORE_FIRST, type EventStore } from '../../src/store/event-store.js';
import { hashOf } from '../../src/store/hash-chain.js';
import { startTestNode, type TestNode } from '../support/server.js';
import { Socket } from '../support/socket.js';

interface ShownEvent {
  readonly id: string;
  readonly hash: string;
  readonly previousHash: string | null;
}

describe('the hashes that the API shows of events', () => {
  let store: EventStore;
  let node: TestNode;
  let expected: ShownEvent[];
  const FIELDS = 'id hash previousHash';

  beforeAll(async () => {
    store = openEmbeddedStore({ path: ':memory:' });
    node = await startTestNode({ store });
    const { app } = await node.api.mutate('createApp', 'CreateAppInput', { name: 'shop' }, 'app { id }');
    const component = { key: 'web', image: 'web:1', env: [{ name: 'TOKEN', value: 'hidden', secret: true }] };
    await node.api.mutate('addComponent', 'AddComponentInput', { appId: app.id, component }, 'component { id }');
    const log = await store.readAll({ after: BEFORE_FIRST });
    expected = log.map((event) => ({ id: event.eventId, hash: hashOf(event), previousHash: event.metadata.previousHash ?? null }));
  });
  afterAll(() => node.close());

  it('are those of the log, in history', async () => {
    const { history } = await node.api.ask(`{ history(first: 100) { edges { node { ${FIELDS} } } } }`);
    expect(history.edges.map(({ node: event }: { node: ShownEvent }) => event)).toEqual(expected);
    expect(expected.some(({ previousHash }) => previousHash !== null)).toBe(true);
  });

  it('are those of the log, in subscriptions', async () => {
    const socket = await Socket.open(node.url);
    socket.subscribe('1', `subscription { events(from: BEGINNING) { event { ${FIELDS} } } }`);
    const received: ShownEvent[] = [];
    while (received.length < expected.length) {
      const { payload } = await socket.next(({ type }) => type === 'next');
      const { event } = (payload as { data: { events: { event: ShownEvent | null } } }).data.events;
      if (event) received.push(event);
    }
    expect(received).toEqual(expected);
    socket.terminate();
  });
});
