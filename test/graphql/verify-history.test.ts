import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HistoryVerifier, type VerificationStep } from '../../src/audit/history-verifier.js';
import { SigningKey } from '../../src/audit/checkpoints/signing-key.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { EventStore } from '../../src/store/event-store.js';
import { OWNERS } from '../access/principals.js';
import { TokenDesk } from '../access/token-desk.js';
import { newEvent } from '../store/contract.js';
import { wrapStore } from '../support/nodes.js';
import { startTestNode, type TestNode } from '../support/server.js';
import { Socket } from '../support/socket.js';

const ASKED = `subscription { verifyHistory { state progress events streams proven broken { stream revision position problem }
  brokenCheckpoint { size problem } } }`;

async function fill(store: EventStore, streams: number): Promise<void> {
  for (let n = 0; n < streams; n += 1) await store.append(`other-${n}`, 'no_stream', [newEvent({ n })]);
}

describe('verifyHistory', () => {
  let store: EventStore;
  let node: TestNode;
  let socket: Socket | undefined;
  let dataDir: string;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'regraft-verify-history-'));
    store = openEmbeddedStore({ path: ':memory:' });
  });
  afterEach(async () => {
    socket?.terminate();
    await node.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** All messages of the subscription, or the errors that it was answered with. */
  async function ask(headers: Record<string, string> = {}): Promise<Record<string, unknown>[]> {
    socket = await Socket.open(node.url, { headers });
    socket.subscribe('1', ASKED);
    const messages: Record<string, unknown>[] = [];
    for (;;) {
      const { type, payload } = await socket.next(({ id }) => id === '1');
      if (type === 'complete') return messages;
      const { data, errors } = payload as { data?: { verifyHistory: Record<string, unknown> }; errors?: Record<string, unknown>[] };
      if (errors) return errors;
      if (data) messages.push(data.verifyHistory);
    }
  }

  it('tells how far it is, and at last that the log is whole, and how much of it is signed', async () => {
    await fill(store, 300);
    const key = new SigningKey(generateKeyPairSync('ed25519').privateKey);
    node = await startTestNode({ store, checkpoints: { dataDir, key, everyEvents: 1 } });
    await vi.waitFor(async () => expect((await node.api.ask('{ checkpoint { note } }')).checkpoint.note).toContain('\n300\n'));
    const messages = await ask();
    expect(messages[0]).toMatchObject({ state: 'RUNNING', streams: null, proven: null });
    expect(messages.at(-1)).toEqual({
      state: 'WHOLE',
      progress: 1,
      events: 300,
      streams: 300,
      proven: 300,
      broken: null,
      brokenCheckpoint: null,
    });
  });

  it('names the first event that is not as it was written', async () => {
    await fill(store, 20);
    const forged = wrapStore(store, {
      readAll: async (options) =>
        (await store.readAll(options)).map((event) => (event.stream === 'other-7' ? { ...event, revision: 3 } : event)),
    });
    node = await startTestNode({ store: forged });
    expect((await ask()).at(-1)).toMatchObject({
      state: 'BROKEN',
      events: 7,
      broken: { stream: 'other-7', revision: 3, problem: expect.stringContaining('revision 0') },
    });
  });

  it('is for auditors of all teams: for those of one team it is forbidden', async () => {
    const desk = new TokenDesk(store);
    const { secret: everywhere } = await desk.create({ name: 'a', grants: [{ role: 'AUDITOR', teams: 'ALL' }] });
    const { secret: somewhere } = await desk.create({ name: 'b', grants: [{ role: 'AUDITOR', teams: [OWNERS] }] });
    const { secret: viewer } = await desk.create({ name: 'c', grants: [{ role: 'VIEWER', teams: 'ALL' }] });
    node = await startTestNode({ store, access: 'tokens' });
    for (const secret of [somewhere, viewer]) {
      expect(await ask({ authorization: `Bearer ${secret}` })).toMatchObject([{ extensions: { code: 'FORBIDDEN', permission: 'AUDIT' } }]);
      socket?.terminate();
    }
    expect((await ask({ authorization: `Bearer ${everywhere}` })).at(-1)).toMatchObject({ state: 'WHOLE', events: 3 });
  });
});

describe('verifying beside requests', () => {
  let store: EventStore;
  let reads: number;
  let counting: EventStore;

  beforeEach(async () => {
    store = openEmbeddedStore({ path: ':memory:' });
    await fill(store, 3_000);
    reads = 0;
    counting = wrapStore(store, {
      readAll: (options) => {
        reads += 1;
        return store.readAll(options);
      },
    });
  });
  afterEach(() => store.close());

  const isOver = (steps: readonly VerificationStep[]): boolean => steps.at(-1)?.state === 'DONE';

  it('lets others have their turn', async () => {
    const verifier = new HistoryVerifier(counting, () => []);
    const steps: VerificationStep[] = [];
    let turns = 0;
    const leave = verifier.join((step) => void steps.push(step));
    while (!isOver(steps)) {
      await new Promise((resolve) => setImmediate(resolve));
      turns += 1;
    }
    leave();
    expect(turns).toBeGreaterThan(3);
    expect(steps.at(-1)).toMatchObject({ verification: { events: 3_000, broken: null } });
  });

  it('is done once for all who ask at the same time', async () => {
    const verifier = new HistoryVerifier(counting, () => []);
    const [one, other]: VerificationStep[][] = [[], []];
    const leaves = [verifier.join((step) => void one?.push(step)), verifier.join((step) => void other?.push(step))];
    await vi.waitUntil(() => isOver(one ?? []) && isOver(other ?? []));
    for (const leave of leaves) leave();
    expect(one?.at(-1)).toBe(other?.at(-1));
    expect(reads).toBe(30);
  });

  it('goes on when one of them leaves, stops when the last one does, and begins anew afterwards', async () => {
    const verifier = new HistoryVerifier(counting, () => []);
    const told: VerificationStep[] = [];
    const [first, second] = [verifier.join(() => undefined), verifier.join((step) => void told.push(step))];
    await vi.waitUntil(() => reads > 0, { interval: 1 });
    first();
    const before = reads;
    await vi.waitUntil(() => reads > before, { interval: 1 });
    second();
    await verifier.close();
    expect(reads).toBeLessThan(30);
    expect(isOver(told)).toBe(false);
    const anew: VerificationStep[] = [];
    verifier.join((step) => void anew.push(step));
    await vi.waitUntil(() => isOver(anew));
    expect(anew[0]).toMatchObject({ state: 'RUNNING', events: 0 });
  });

  it('fails where the log cannot be read', async () => {
    const failing = wrapStore(store, { readAll: () => Promise.reject(new Error('no disk')) });
    const steps: VerificationStep[] = [];
    new HistoryVerifier(failing, () => []).join((step) => void steps.push(step));
    await vi.waitUntil(() => steps.at(-1)?.state === 'FAILED');
    expect(steps.at(-1)).toMatchObject({ error: { message: 'no disk' } });
  });
});
