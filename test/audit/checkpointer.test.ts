import { generateKeyPairSync } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isSignedBy, parseCheckpoints, type SignedCheckpoint } from '../../src/audit/checkpoints/checkpoint.js';
import { readCheckpoints } from '../../src/audit/checkpoints/checkpoint-file.js';
import { Checkpointer, type CheckpointerOptions } from '../../src/audit/checkpoints/checkpointer.js';
import { SigningKey } from '../../src/audit/checkpoints/signing-key.js';
import { verifyLog, type Verification } from '../../src/audit/verify.js';
import { chain, hashOf } from '../../src/store/hash-chain.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { EventStore, RecordedEvent } from '../../src/store/event-store.js';
import { newEvent } from '../store/contract.js';
import { writeStory } from '../support/story.js';

const key = new SigningKey(generateKeyPairSync('ed25519').privateKey);

describe('checkpoints of a log', () => {
  let dataDir: string;
  let path: string;
  let stream: string;
  let events: readonly RecordedEvent[];
  let kept: readonly SignedCheckpoint[];

  const withStore = async <Result>(use: (store: EventStore) => Promise<Result>): Promise<Result> => {
    const store = openEmbeddedStore({ path });
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  };
  /** Runs from the start of a server to its stop. @returns the errors that it logged. */
  const run = (store: EventStore, during: (checkpointer: Checkpointer) => Promise<unknown> = () => Promise.resolve()) =>
    runWith({}, store, during);
  const runWith = async (
    options: Partial<CheckpointerOptions>,
    store: EventStore,
    during: (checkpointer: Checkpointer) => Promise<unknown>,
  ): Promise<string> => {
    const lines: string[] = [];
    const checkpointer = new Checkpointer(
      store,
      { dataDir, key, ...options },
      pino({ level: 'error' }, { write: (line) => lines.push(line) }),
    );
    checkpointer.start();
    await during(checkpointer);
    await vi.waitUntil(async () => checkpointer.position === (await store.head()) || lines.length > 0);
    await checkpointer.close();
    return lines.join('');
  };
  const append = (store: EventStore, name: string) =>
    store.append(name, 'no_stream', chain([newEvent({ name }), newEvent({ name })], undefined).linked);
  const verify = (): Promise<Verification> => withStore((store) => verifyLog(store, () => undefined, kept));
  /** Changes the file as somebody would who has SQL and means harm. */
  const tamper = (sql: string, ...parameters: (string | number)[]): void => {
    const database = new DatabaseSync(path);
    database.prepare(sql).run(...parameters);
    database.close();
  };
  const sizes = (): readonly number[] => readCheckpoints(dataDir).map(({ size }) => size);

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'regraft-checkpoints-'));
    path = join(dataDir, 'log.db');
    await withStore(async (store) => {
      const { other } = await writeStory(store);
      stream = `app-${other}`;
      events = await store.readAll({ after: -1 });
      await run(store);
    });
    kept = readCheckpoints(dataDir);
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  describe('are made', () => {
    it('of the whole log when the server stops, signed', () => {
      expect(sizes()).toEqual([events.length]);
      expect(kept.every((each) => isSignedBy(each, key.publicKey))).toBe(true);
    });

    it('of what came since then, without reading again what was before', async () => {
      await withStore(async (store) => {
        await append(store, 'app-new');
        const follow = vi.spyOn(store, 'follow');
        expect(await run(store)).toBe('');
        expect(follow.mock.calls[0]?.[0].after).toBe(events.length - 1);
        expect(await run(store)).toBe('');
      });
      expect(sizes()).toEqual([events.length, events.length + 2]);
      kept = readCheckpoints(dataDir);
      expect(await verify()).toMatchObject({ broken: null, brokenCheckpoint: null, proven: events.length + 2 });
    });

    it('likewise from the whole log, where the state beside them is lost, of another time, or no state', async () => {
      const state = join(dataDir, 'checkpoint-state.json');
      const old = readFileSync(state, 'utf8');
      const spoil = [() => rmSync(state), () => writeFileSync(state, old), () => writeFileSync(state, '{"size":')];
      for (const [index, spoilt] of spoil.entries()) {
        spoilt();
        await withStore(async (store) => {
          await append(store, `app-${index}`);
          expect(await run(store)).toBe('');
        });
      }
      kept = readCheckpoints(dataDir);
      expect(sizes()).toEqual([0, 2, 4, 6].map((more) => events.length + more));
      expect(await verify()).toMatchObject({ brokenCheckpoint: null, proven: events.length + 6 });
    });

    it('of a long log likewise, where the blocks beside them are whole; otherwise from the whole log', async () => {
      const blocks = join(dataDir, 'checkpoint-blocks.bin');
      await withStore(async (store) => {
        const { linked } = chain(
          Array.from({ length: 600 }, (_, n) => newEvent({ n })),
          undefined,
        );
        await store.append('app-long', 'no_stream', linked);
        expect(await run(store)).toBe('');
        expect(statSync(blocks).size).toBe(80);
        const starts: [spoil: () => void, after: number][] = [
          [() => undefined, events.length + 599],
          [() => appendFileSync(blocks, 'what a crash left behind'), events.length + 601],
          [() => writeFileSync(blocks, readFileSync(blocks).fill(0, 0, 1)), -1],
          [() => truncateSync(blocks, 79), -1],
          [() => rmSync(blocks), -1],
        ];
        for (const [index, [spoil, after]] of starts.entries()) {
          spoil();
          await append(store, `app-more-${index}`);
          const follow = vi.spyOn(store, 'follow');
          expect(await run(store)).toBe('');
          expect(follow.mock.calls[0]?.[0].after).toBe(after);
          follow.mockRestore();
        }
      });
      kept = readCheckpoints(dataDir);
      expect(await verify()).toMatchObject({ brokenCheckpoint: null, proven: events.length + 610 });
    });

    it('while it runs, by the number of events and by time', async () => {
      await withStore(async (store) => {
        const newestIs = (checkpointer: Checkpointer, size: number) =>
          vi.waitUntil(() => parseCheckpoints(checkpointer.newest ?? '')[0]?.size === size);
        await runWith({ everyEvents: 2 }, store, async (checkpointer) => {
          await append(store, 'app-1');
          await newestIs(checkpointer, events.length + 2);
        });
        await runWith({ everyMs: 5 }, store, async (checkpointer) => {
          await append(store, 'app-2');
          await newestIs(checkpointer, events.length + 4);
        });
      });
    });

    it('never of a log that they do not agree with: it is logged, and nothing is signed', async () => {
      tamper(`UPDATE events SET event_id = ? WHERE position = ?`, '019fb1f0-0000-7000-8000-000000000000', events.length - 1);
      expect(await withStore(run)).toContain('was changed or removed');
      rmSync(join(dataDir, 'checkpoint-state.json'));
      expect(await withStore(run)).toContain('are not those that were signed');
      tamper('DELETE FROM events WHERE position = ?', events.length - 1);
      expect(await withStore(run)).toContain('was cut short');
      expect(sizes()).toEqual([events.length]);
      expect(existsSync(join(dataDir, 'checkpoint-state.json'))).toBe(false);
    });
  });

  describe('prove', () => {
    const at = (position: number): RecordedEvent => {
      const event = events.at(position);
      if (!event) throw new Error(`there is no event ${position}`);
      return event;
    };
    const expectBroken = async (problem: string): Promise<void> => {
      const { broken, brokenCheckpoint } = await verify();
      expect({ broken, brokenCheckpoint }).toMatchObject({ broken: null, brokenCheckpoint: { problem: expect.stringContaining(problem) } });
    };

    it('a log that is as it was, and how much of it they cover', async () => {
      await withStore((store) => append(store, 'app-new'));
      expect(await verify()).toMatchObject({
        broken: null,
        brokenCheckpoint: null,
        events: events.length + 2,
        proven: events.length,
      });
    });

    it('against a log that was cut short', async () => {
      tamper('DELETE FROM events WHERE position = ?', events.length - 1);
      await expectBroken(`${events.length} events were signed, and there are ${events.length - 1}: the log was cut short`);
    });

    it('against a last event of a stream that was changed', async () => {
      const last = at(events.findLastIndex((event) => event.stream === stream));
      tamper('UPDATE events SET data = ? WHERE position = ?', JSON.stringify({ ...last.data, name: 'Forged' }), last.position);
      await expectBroken('are not those that were signed');
    });

    it('against an id that was changed', async () => {
      tamper('UPDATE events SET event_id = ? WHERE position = 1', '019fb1f0-0000-7000-8000-000000000000');
      await expectBroken('are not those that were signed');
    });

    it('against a time of recording that was changed', async () => {
      const before = Date.parse(at(0).recordedAt) - 1000;
      tamper('UPDATE events SET recorded_at = ? WHERE position = 0', before);
      await expectBroken('are not those that were signed');
    });

    it('against a whole stream that was written anew, with all its hashes', async () => {
      let previousHash: string | undefined;
      for (const event of events.filter((each) => each.stream === stream)) {
        const { previousHash: _, ...metadata } = event.metadata;
        const forged = {
          ...event,
          metadata: { ...metadata, actor: { id: 'forger', kind: 'USER' as const }, ...(previousHash && { previousHash }) },
        };
        tamper('UPDATE events SET metadata = ? WHERE position = ?', JSON.stringify(forged.metadata), event.position);
        previousHash = hashOf(forged);
      }
      await expectBroken('are not those that were signed');
    });

    it('against a whole stream that was removed, everything after it renumbered', async () => {
      for (const event of events.filter((each) => each.stream === stream)) tamper('DELETE FROM events WHERE position = ?', event.position);
      const left = events.filter((event) => event.stream !== stream);
      for (const [index, event] of left.entries()) tamper('UPDATE events SET position = ? WHERE event_id = ?', index, event.eventId);
      await expectBroken('was cut short');
    });

    it('that nothing before an earlier one was touched, where a later one is broken', async () => {
      await withStore(async (store) => {
        await append(store, 'app-new');
        await run(store);
      });
      kept = readCheckpoints(dataDir);
      tamper('UPDATE events SET event_id = ? WHERE position = ?', '019fb1f0-0000-7000-8000-000000000000', events.length);
      await expectBroken(`after the first ${events.length}, which are those of an earlier checkpoint`);
    });
  });
});
