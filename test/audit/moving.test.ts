import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportLines } from '../../src/audit/export.js';
import { importLog, type Imported } from '../../src/audit/import.js';
import { linesOf } from '../../src/audit/lines.js';
import { verifyLog } from '../../src/audit/verify.js';
import { silentLogger } from '../../src/logger.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { AppendTooLargeError } from '../../src/store/errors.js';
import { BEFORE_FIRST, MAX_APPEND_BYTES, type EventStore, type NewEvent, type RecordedEvent } from '../../src/store/event-store.js';
import { openEventStoreDb } from '../../src/store/eventstoredb/open.js';
import { chain } from '../../src/store/hash-chain.js';
import { sizeOf } from '../../src/store/serialize.js';
import { newEvent } from '../store/contract.js';
import { TestEventStoreDb } from '../support/eventstoredb/server.js';

const quiet = (): void => undefined;

async function move(from: EventStore, to: EventStore): Promise<Imported> {
  return importLog(to, linesOf(exportLines(from, BEFORE_FIRST, quiet)), quiet);
}

/** An event of exactly so many bytes, as stores count them. */
function eventOf(bytes: number): NewEvent {
  const empty = newEvent({ text: '' });
  return { ...empty, data: { text: 'x'.repeat(bytes - sizeOf(empty)) } };
}

const timesOf = (events: readonly RecordedEvent[]): string[] => events.map(({ recordedAt }) => recordedAt);

describe('moving a log from store to store', () => {
  let source: EventStore;
  let copy: EventStore;
  let server: TestEventStoreDb;
  let eventStoreDb: EventStore;
  beforeEach(async () => {
    source = openEmbeddedStore({ path: ':memory:' });
    copy = openEmbeddedStore({ path: ':memory:' });
    server = await TestEventStoreDb.start();
    eventStoreDb = await openEventStoreDb({ url: server.url, logger: silentLogger });
  });
  afterEach(async () => {
    await Promise.all([source.close(), copy.close(), eventStoreDb.close()]);
    server.stop();
  });

  it('counts what goes together in bytes, as stores do: text in any script', async () => {
    const events = chain(
      Array.from({ length: 20 }, (_, n) => newEvent({ n, text: '描述'.repeat(10_000) })),
      undefined,
    ).linked;
    for (const [n, event] of events.entries()) await source.append('app-1', n === 0 ? 'no_stream' : n - 1, [event]);
    expect(await move(source, copy)).toMatchObject({ imported: 20 });
    expect(await move(source, eventStoreDb)).toMatchObject({ imported: 20 });
  });

  it('counts numbers as stores write them, however the file does', async () => {
    // 1e20 is written with 21 digits.
    const numbers = Array.from({ length: 20_000 }, () => 1e20);
    const events = chain([newEvent({ numbers }), newEvent({ numbers }), newEvent({ numbers })], undefined).linked;
    for (const [n, event] of events.entries()) await source.append('app-1', n === 0 ? 'no_stream' : n - 1, [event]);
    const lines = (await Array.fromAsync(linesOf(exportLines(source, BEFORE_FIRST, quiet)))).map((line) =>
      line.replaceAll('100000000000000000000', '1e20'),
    );
    async function* rewritten(): AsyncGenerator<string> {
      yield* await Promise.resolve(lines);
    }
    expect(await importLog(copy, rewritten(), quiet)).toMatchObject({ imported: 3 });
  });

  it('keeps times that went back, and does not call the copy broken; what is appended to it later does not go back', async () => {
    await eventStoreDb.append('app-1', 'no_stream', [newEvent()]);
    const ahead = Date.now() + 60_000;
    const elsewhere = { stream: 'app-2', revision: 0, position: 0, recordedAt: new Date(ahead).toISOString() };
    await eventStoreDb.importEvents('app-2', 'no_stream', [{ ...newEvent(), ...elsewhere }]);
    await eventStoreDb.append('app-3', 'no_stream', [newEvent()]);
    expect(await verifyLog(eventStoreDb, quiet)).toMatchObject({ events: 3, broken: null });

    expect(await move(eventStoreDb, copy)).toMatchObject({ imported: 3 });
    expect(copy.timesNeverGoBack).toBe(false);
    expect(await verifyLog(copy, quiet)).toMatchObject({ events: 3, broken: null });
    expect(timesOf(await copy.readAll({ after: BEFORE_FIRST }))).toEqual(timesOf(await eventStoreDb.readAll({ after: BEFORE_FIRST })));
    await copy.append('app-4', 'no_stream', [newEvent()]);
    expect((await copy.readStream('app-4'))[0]?.recordedAt).toBe(new Date(ahead).toISOString());
  });

  it('goes on checking times where those of the log that was imported do not go back', async () => {
    for (const n of [1, 2, 3]) await source.append(`app-${n}`, 'no_stream', [newEvent()]);
    await move(source, copy);
    expect(copy.timesNeverGoBack).toBe(true);
  });

  it('can move the largest event that a store takes to every other', async () => {
    await expect(source.append('app-1', 'no_stream', [eventOf(MAX_APPEND_BYTES + 1)])).rejects.toBeInstanceOf(AppendTooLargeError);
    await source.append('app-1', 'no_stream', [eventOf(MAX_APPEND_BYTES)]);
    expect(await move(source, eventStoreDb)).toMatchObject({ imported: 1 });
    expect(await move(eventStoreDb, copy)).toMatchObject({ imported: 1 });
  });
});
