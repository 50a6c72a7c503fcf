import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventSchemas } from '../src/domain/event-catalogue.js';
import { EventCodec } from '../src/store/codec.js';
import { decodingStore } from '../src/store/decoding-store.js';
import { openEmbeddedStore } from '../src/store/embedded/embedded-store.js';
import { BEFORE_FIRST, type EventStore } from '../src/store/event-store.js';
import { openEmmett } from './emmett.js';
import { interleave, type Measured } from './measure.js';
import { projectLog } from './project-log.js';
import { AppEditor } from './workload.js';

const ROUNDS = 5;
const SECONDS = 0.8;

/** The embedded store as commands use it (schemas checked, hashes linked, durable), beside the disk's own limit and another store. */
export async function benchStore(): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-bench-'));
  const store = openEmbeddedStore({ path: join(folder, 'log.db') });
  const file = openSync(join(folder, 'raw'), 'w');
  const block = Buffer.alloc(4096, 1);
  const emmett = await openEmmett(join(folder, 'emmett.db'));
  const appends = (writers: number, events: number) => (): Promise<number> =>
    rate(writers, () => {
      const editor = new AppEditor(store);
      return () => editor.append(events);
    });
  try {
    const writing = await interleave(ROUNDS, 'a second', {
      'fdatasync of 4 KiB': () => rate(1, () => () => (writeSync(file, block), fdatasyncSync(file), 1)),
      'events, 1 writer, 1 an append': appends(1, 1),
      'events, 1 writer, 10 an append': appends(1, 10),
      'events, 64 writers, 1 an append': appends(64, 1),
      'events, 64 writers, 10 an append': appends(64, 10),
      ...(emmett && {
        'emmett-sqlite, 1 writer, 1 an append': () => rate(1, () => emmett.writer(1)),
        'emmett-sqlite, 1 writer, 10 an append': () => rate(1, () => emmett.writer(10)),
        'emmett-sqlite, 64 writers, 1 an append': () => rate(64, () => emmett.writer(1)),
      }),
    });
    return [...writing, ...(await benchReading(store, join(folder, 'read-model.db')))];
  } finally {
    closeSync(file);
    emmett?.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchReading(store: EventStore, readModelPath: string): Promise<Measured[]> {
  const payloads: string[] = [];
  const streams = new Set<string>();
  await readLog(store, ({ stream, data, metadata }) => {
    payloads.push(JSON.stringify({ data, metadata }));
    streams.add(stream);
  });
  const decoded = decodingStore(store, new EventCodec(eventSchemas));
  return interleave(3, 'events a second', {
    [`JSON.parse of the same ${payloads.length} payloads`]: () =>
      perSecond(payloads.length, () => payloads.forEach((payload) => void JSON.parse(payload))),
    'reading the log': () => perSecond(payloads.length, () => readLog(store)),
    'reading the log, decoded': () => perSecond(payloads.length, () => readLog(decoded)),
    'reading stream by stream, decoded': () => perSecond(payloads.length, () => readStreams(decoded, streams)),
    'catching up: decoded and projected into all read models': () => perSecond(payloads.length, () => projectLog(decoded, readModelPath)),
  });
}

/** Runs so many writers at once for a while; each gives the number of events that it wrote. */
async function rate(writers: number, makeWriter: () => () => Promise<number> | number): Promise<number> {
  const start = performance.now();
  const counts = await Promise.all(
    Array.from({ length: writers }, async () => {
      const write = makeWriter();
      let count = 0;
      while (performance.now() - start < SECONDS * 1000) count += await write();
      return count;
    }),
  );
  const written = counts.reduce((sum, count) => sum + count, 0);
  return written / ((performance.now() - start) / 1000);
}

async function perSecond(count: number, work: () => Promise<void> | void): Promise<number> {
  const start = performance.now();
  await work();
  return count / ((performance.now() - start) / 1000);
}

type OnEvent = (event: Awaited<ReturnType<EventStore['readAll']>>[number]) => void;

async function readLog(store: EventStore, onEvent: OnEvent = () => undefined): Promise<void> {
  for (let after = BEFORE_FIRST; ;) {
    const page = await store.readAll({ after, limit: 1000 });
    page.forEach(onEvent);
    if (page.length === 0) return;
    after = page.at(-1)?.position ?? after;
  }
}

async function readStreams(store: EventStore, streams: Iterable<string>): Promise<void> {
  for (const stream of streams) {
    for (let from = 0; ;) {
      const page = await store.readStream(stream, { from, limit: 1000 });
      if (page.length < 1000) break;
      from += page.length;
    }
  }
}
