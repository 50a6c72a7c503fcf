import { randomUUID } from 'node:crypto';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projections } from '../projections/index.js';
import { silentLogger } from '../src/logger.js';
import { Projector } from '../src/projector/projector.js';
import { SqliteReadModel } from '../src/projector/read-model.js';
import { openEmbeddedStore } from '../src/store/embedded/embedded-store.js';
import { BEFORE_FIRST, type EventStore, type NewEvent } from '../src/store/event-store.js';
import { interleave, type Measured } from './measure.js';

const ROUNDS = 5;
const SECONDS = 0.6;

/** Appending to the embedded store, beside the disk's own limit; then reading the log and projecting it. */
export async function benchAppends(): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-bench-'));
  const store = openEmbeddedStore({ path: join(folder, 'log.db') });
  const file = openSync(join(folder, 'raw'), 'w');
  const block = Buffer.alloc(4096, 1);
  try {
    const writing = await interleave(ROUNDS, 'a second', {
      'fdatasync of 4 KiB': () => rate(1, () => void (writeSync(file, block), fdatasyncSync(file))),
      'appends, 1 writer, 1 event': () => appendRate(store, 1, 1),
      'events, 1 writer, 10 events an append': () => appendRate(store, 1, 10),
      'events, 64 writers, 1 event': () => appendRate(store, 64, 1),
    });
    const reading = await interleave(3, 'events a second', {
      'reading the log': () => readAll(store),
      'projecting the log': () => projectAll(store, join(folder, 'read-model.db')),
    });
    return [...writing, ...reading];
  } finally {
    closeSync(file);
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function rate(count: number, once: () => Promise<unknown> | void): Promise<number> {
  const start = performance.now();
  let done = 0;
  while (performance.now() - start < SECONDS * 1000) {
    await once();
    done += count;
  }
  return done / ((performance.now() - start) / 1000);
}

async function appendRate(store: EventStore, writers: number, events: number): Promise<number> {
  const rates = await Promise.all(
    Array.from({ length: writers }, () =>
      rate(events, () => store.append(`app-${randomUUID()}`, 'no_stream', Array.from({ length: events }, newEvent))),
    ),
  );
  return rates.reduce((sum, each) => sum + each, 0);
}

async function readAll(store: EventStore): Promise<number> {
  const start = performance.now();
  let read = 0;
  for (let after = BEFORE_FIRST; ;) {
    const page = await store.readAll({ after, limit: 1000 });
    read += page.length;
    if (page.length === 0) break;
    after = page.at(-1)?.position ?? after;
  }
  return read / ((performance.now() - start) / 1000);
}

async function projectAll(store: EventStore, path: string): Promise<number> {
  const readModel = SqliteReadModel.open({ path, projections, logId: store.logId });
  if (typeof readModel === 'string') throw new Error(`the read models are ${readModel}`);
  const projector = new Projector({ store, readModel, projections, logger: silentLogger });
  const head = await store.head();
  const start = performance.now();
  projector.start();
  await projector.settled(head);
  const seconds = (performance.now() - start) / 1000;
  const count = readModel.get<{ n: number }>('SELECT count(*) AS n FROM history')?.n ?? 0;
  await projector.close();
  readModel.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  return count / seconds;
}

/** About 600 bytes, of a type that only the history shows. */
function newEvent(): NewEvent {
  return {
    eventId: randomUUID(),
    type: 'Measured',
    data: { text: 'x'.repeat(300) },
    metadata: {
      occurredAt: '2026-01-01T00:00:00.000Z',
      $correlationId: randomUUID(),
      $causationId: randomUUID(),
      actor: { id: 'bench', kind: 'SERVICE' },
      schemaVersion: 1,
    },
  };
}
