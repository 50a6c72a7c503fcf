import { randomUUID } from 'node:crypto';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { parse } from 'csv-parse/sync';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Role } from '../../src/domain/access/principal.js';
import type { ExportRow } from '../../src/history-export/export-row.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { BEFORE_FIRST, type EventStore, type RecordedEvent } from '../../src/store/event-store.js';
import { hashOf } from '../../src/store/hash-chain.js';
import { OTHERS, OWNERS } from '../access/principals.js';
import { TokenDesk } from '../access/token-desk.js';
import { makeWorld, MARK, type World } from '../access/world.js';
import { ApiNode, wrapStore } from '../support/nodes.js';
import { startTestNode, type TestNode } from '../support/server.js';

const rowsOf = (text: string): ExportRow[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ExportRow);

describe('an export of a history query', () => {
  let store: EventStore;
  let node: TestNode;
  let world: World;
  let log: readonly RecordedEvent[];
  const secrets = new Map<string, string>();

  beforeAll(async () => {
    store = openEmbeddedStore({ path: ':memory:' });
    const desk = new TokenDesk(store);
    const maker = await ApiNode.open(store);
    world = await makeWorld(maker);
    await maker.close();
    const give = async (name: string, role: Role, teams: 'ALL' | string[]): Promise<void> =>
      void secrets.set(name, (await desk.create({ name, grants: [{ role, teams }] })).secret);
    await give('admin', 'ADMIN', 'ALL');
    await give('auditor', 'AUDITOR', 'ALL');
    for (const role of ['VIEWER', 'DEVELOPER', 'OPERATOR', 'AUDITOR'] as const) await give(role, role, [OWNERS]);
    await give('foreigner', 'ADMIN', [OTHERS]);
    log = await store.readAll({ after: BEFORE_FIRST, limit: 10_000 });
    node = await startTestNode({ store, access: 'tokens' });
  }, 60_000);
  afterAll(() => node.close());

  const get = (path: string, who = 'admin'): Promise<Response> =>
    fetch(`${node.url}${path}`, { headers: { authorization: `Bearer ${secrets.get(who) ?? ''}` } });
  const rows = async (query = '', who = 'admin'): Promise<ExportRow[]> => {
    const response = await get(`/history.ndjson${query}`, who);
    expect(response.status).toBe(200);
    return rowsOf(await response.text());
  };

  it('has every event once, in the order of the log, with the hash that the log has', async () => {
    const all = await rows();
    expect(all.map(({ id, hash }) => [id, hash])).toEqual(log.map((event) => [event.eventId, hashOf(event)]));
  });

  it('lets the hash of a row be computed from the row, unless something in it is masked', async () => {
    const all = await rows();
    for (const { type, data, metadata, hash, masked } of all) {
      expect(hashOf({ type, data, metadata }) === hash).toBe(masked.length === 0);
    }
    expect(all.find(({ type }) => type === 'ValueBound')).toMatchObject({
      masked: ['ciphertext', 'nonce', 'mac'],
      data: { ciphertext: '***', nonce: '***', mac: '***' },
    });
  });

  it('is the same as CSV: a row for each event, and a head', async () => {
    const response = await get('/history.csv');
    expect(response.headers.get('content-type')).toContain('text/csv');
    const cells = parse<Record<string, string>>(await response.text(), { columns: true });
    const expected = (await rows()).map(({ metadata, masked, data, revision, ...plain }) => ({
      ...plain,
      revision: String(revision),
      occurredAt: metadata.occurredAt,
      actor: metadata.actor.id,
      actorKind: metadata.actor.kind,
      masked: masked.join(' '),
      metadata: JSON.stringify(metadata),
      data: JSON.stringify(data),
    }));
    expect(cells).toEqual(expected);
  });

  it('is a file to be kept, and tells up to where it goes', async () => {
    const response = await get('/history.ndjson');
    const all = rowsOf(await response.text());
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-disposition': `attachment; filename="regraft-history-${store.logId}.ndjson"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'regraft-position': all.at(-1)?.position,
    });
  });

  it.each([
    ['an app', () => `?appId=${world.source}`, ({ data }: RecordedEvent) => data['appId'] === world.source],
    ['types', () => '?types=AppCreated&types=AppUpgraded', ({ type }: RecordedEvent) => ['AppCreated', 'AppUpgraded'].includes(type)],
    ['nobody', () => '?actorId=nobody', () => false],
    ['a time to come', () => '?from=2999-01-01', () => false],
    ['a time that was', () => '?to=2999-01-01T00:00:00Z', () => true],
  ])('keeps to the filter: %s', async (_what, query, passes) => {
    const expected = log.filter((event) => passes(event) || (query().includes('appId') && event.data['sourceAppId'] === world.source));
    expect((await rows(query())).map(({ id }) => id)).toEqual(expected.map(({ eventId }) => eventId));
  });

  it('goes on after a row of one that was interrupted', async () => {
    const all = await rows();
    const third = all[2]?.position ?? '';
    expect(await rows(`?after=${third}`)).toEqual(all.slice(3));
  });

  it('has a head alone where nothing matches', async () => {
    expect(await (await get('/history.csv?actorId=nobody')).text()).toBe(
      'position,stream,revision,id,type,recordedAt,occurredAt,actor,actorKind,hash,masked,metadata,data\n',
    );
  });

  it.each([
    ['/history.csv?app=1', 'there is no such parameter'],
    ['/history.csv?appId=', 'appId'],
    ['/history.csv?appId=a&appId=b', 'appId'],
    ['/history.ndjson?from=yesterday', 'ISO 8601'],
    ['/history.ndjson?to=2026-13-01', 'ISO 8601'],
  ])('refuses %s', async (path, message) => {
    const response = await get(path);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [{ message: expect.stringContaining(message), extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });

  it('refuses a position of another log', async () => {
    const response = await get('/history.ndjson?after=other.1');
    expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ extensions: { code: 'POSITION_UNKNOWN' } }] }]);
  });

  it('is served by GET alone', async () => {
    for (const method of ['POST', 'HEAD']) {
      const response = await fetch(`${node.url}/history.csv`, { method, headers: { authorization: `Bearer ${secrets.get('admin')}` } });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
    }
  });

  it('is for who may take the log away: the others are told so', async () => {
    const statuses = await Promise.all(
      ['VIEWER', 'DEVELOPER', 'OPERATOR', 'AUDITOR', 'nobody'].map(async (who) => (await get('/history.csv', who)).status),
    );
    expect(statuses).toEqual([403, 403, 403, 200, 401]);
    expect(await (await get('/history.csv', 'VIEWER')).json()).toMatchObject({
      errors: [{ extensions: { code: 'FORBIDDEN', permission: 'AUDIT' } }],
    });
  });

  it('holds what history shows the same token, and nothing of other teams', async () => {
    for (const who of ['auditor', 'AUDITOR', 'foreigner']) {
      const api = node.api.with({ authorization: `Bearer ${secrets.get(who)}` });
      const shown: string[] = [];
      for (let after: string | null = null, more = true; more;) {
        const { history } = await api.ask(
          'query ($after: String) { history(first: 100, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }',
          { after },
        );
        shown.push(...history.edges.map((edge: { node: { id: string } }) => edge.node.id));
        after = history.pageInfo.endCursor;
        more = history.pageInfo.hasNextPage;
      }
      expect((await rows('', who)).map(({ id }) => id)).toEqual(shown);
    }
    const foreign = JSON.stringify(await rows('', 'foreigner'));
    expect(foreign).not.toContain(MARK);
    for (const id of world.hidden) expect(foreign).not.toContain(id);
    expect(await rows(`?appId=${world.source}`, 'foreigner')).toEqual([]);
  });
});

describe('an export of a long history', () => {
  const metadata = {
    occurredAt: '2030-01-01T00:00:00.000Z',
    $correlationId: 'test',
    $causationId: 'test',
    actor: { id: 'test', kind: 'USER' },
    schemaVersion: 1,
  } as const;
  let server: TestNode;
  let read: number;
  let failing: boolean;

  /** A server over 2,000 events of 30 KB, which counts those that are read. */
  async function start(requestTimeoutMs?: number): Promise<void> {
    const store = openEmbeddedStore({ path: ':memory:' });
    const data = { text: 'x'.repeat(30_000) };
    for (let stream = 0; stream < 2_000; stream += 1) {
      await store.append(`other-${stream}`, 'no_stream', [{ eventId: randomUUID(), type: 'Long', data, metadata }]);
    }
    read = 0;
    failing = false;
    const counting = wrapStore(store, {
      readAt: async (positions) => {
        if (failing) throw new Error('the disk of the test is gone');
        read += positions.length;
        return store.readAt(positions);
      },
    });
    server = await startTestNode({ store: counting }, { limits: { ...(requestTimeoutMs && { requestTimeoutMs }) } });
  }
  afterEach(() => server.close());

  /** The answer when it begins; its body is read only as far as the network does by itself. */
  const begin = (path = '/history.ndjson'): Promise<IncomingMessage> => new Promise((resolve) => httpGet(`${server.url}${path}`, resolve));
  const errorOf = (answer: IncomingMessage): Promise<NodeJS.ErrnoException> => new Promise((resolve) => answer.once('error', resolve));

  it('is read no faster than the client takes it, and no further once it is gone', async () => {
    await start();
    const answer = await begin();
    const settled = await stable(() => read);
    expect(settled).toBeLessThan(1_000);
    answer.destroy();
    expect(await stable(() => read)).toBeLessThanOrEqual(settled + 100);
  });

  it('is given up where the client takes nothing of it for as long as a request may take', async () => {
    await start(500);
    const stalled = await Promise.all(Array.from({ length: 8 }, () => begin()));
    await vi.waitFor(async () => expect((await fetch(`${server.url}/history.ndjson?actorId=nobody`)).status).toBe(200), {
      timeout: 10_000,
    });
    const errors = stalled.map(errorOf);
    for (const answer of stalled) answer.resume();
    expect((await Promise.race(errors)).code).toBe('ECONNRESET');
    for (const answer of stalled) answer.destroy();
  });

  it('is refused while eight run, and served again when one of them has ended', async () => {
    await start();
    const running = await Promise.all(Array.from({ length: 8 }, () => begin()));
    const short = `${server.url}/history.ndjson?actorId=nobody`;
    const refused = await fetch(short);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
    running[0]?.destroy();
    await vi.waitFor(async () => expect((await fetch(short)).status).toBe(200), { timeout: 10_000 });
    for (const answer of running) answer.destroy();
  });

  it('is an error where it cannot begin, and breaks off where it cannot go on: no half file looks whole', async () => {
    await start();
    const answer = await begin();
    failing = true;
    const refused = await fetch(`${server.url}/history.csv`);
    expect([refused.status, await refused.json()]).toMatchObject([500, { errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] }]);
    const broken = errorOf(answer);
    answer.resume();
    expect((await broken).code).toBe('ECONNRESET');
  });
});

/** A number once it has not grown for some turns. */
async function stable(value: () => number): Promise<number> {
  let last = -1;
  await vi.waitUntil(
    () => {
      const now = value();
      const still = now === last && now > 0;
      last = now;
      return still;
    },
    { timeout: 20_000, interval: 300 },
  );
  return last;
}
