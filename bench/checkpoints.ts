import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Checkpointer } from '../src/audit/checkpoints/checkpointer.js';
import { SigningKey } from '../src/audit/checkpoints/signing-key.js';
import { silentLogger } from '../src/logger.js';
import { openEmbeddedStore } from '../src/store/embedded/embedded-store.js';
import { BEFORE_FIRST, type EventStore } from '../src/store/event-store.js';
import { interleave, milliseconds, type Measured } from './measure.js';
import { AppEditor } from './workload.js';

const ROUNDS = 5;
/** A round has a second or so of them. */
const EVENTS = 1_000;

interface Log {
  readonly store: EventStore;
  readonly checkpointer: Checkpointer | undefined;
}

/**
 * What signed checkpoints cost appends: the same work on a log that is followed and signed, and on one that is not. The time of the first lasts until
 * the follower has come to the end, too. Then proofs that single events are in it.
 */
export async function benchCheckpoints(): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-bench-'));
  const key = new SigningKey(generateKeyPairSync('ed25519').privateKey);
  const open = (name: string, signed: boolean): Log => {
    const store = openEmbeddedStore({ path: join(folder, `${name}.db`) });
    const checkpointer = signed ? new Checkpointer(store, { dataDir: folder, key }, silentLogger) : undefined;
    checkpointer?.start();
    return { store, checkpointer };
  };
  const [plain, signed] = [open('plain', false), open('signed', true)];
  try {
    const appending = await interleave(ROUNDS, 'events a second', {
      'one writer, no checkpoints': () => rate(plain, 1),
      'one writer, checkpoints': () => rate(signed, 1),
      '64 writers, no checkpoints': () => rate(plain, 64),
      '64 writers, checkpoints': () => rate(signed, 64),
    });
    return [...appending, ...(await benchProofs(signed))];
  } finally {
    await signed.checkpointer?.close();
    for (const { store } of [plain, signed]) await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function rate({ store, checkpointer }: Log, writers: number): Promise<number> {
  const each = Math.ceil(EVENTS / writers);
  const elapsed = await milliseconds(async () => {
    await Promise.all(
      Array.from({ length: writers }, async () => {
        const editor = new AppEditor(store);
        for (let written = 0; written < each; written += 1) await editor.append(1);
      }),
    );
    const head = await store.head();
    while (checkpointer && checkpointer.position < head) await turn();
  });
  return (each * writers) / (elapsed / 1000);
}

async function benchProofs({ store, checkpointer }: Log): Promise<Measured[]> {
  const head = await store.head();
  const positions = Array.from({ length: 100 }, (_, n) => Math.floor((head * n) / 100));
  let next = 0;
  const prove = async (): Promise<void> => {
    const proof = await checkpointer?.prove([positions[next++ % positions.length] ?? BEFORE_FIRST], { timeoutMs: 10_000 });
    if (!proof) throw new Error('there is no proof');
  };
  return interleave(100, 'ms', { [`proving one of ${head + 1} events`]: () => milliseconds(prove) });
}
