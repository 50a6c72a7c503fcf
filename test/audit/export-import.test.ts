import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CloudEvent } from '../../src/audit/cloud-event.js';
import { exportLines } from '../../src/audit/export.js';
import { ImportRefusedError, importLog, type Imported } from '../../src/audit/import.js';
import { linesOf } from '../../src/audit/lines.js';
import { verifyLog } from '../../src/audit/verify.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { StoreUnavailableError } from '../../src/store/errors.js';
import { BEFORE_FIRST, type EventStore, type RecordedEvent } from '../../src/store/event-store.js';
import { hashOf } from '../../src/store/hash-chain.js';
import { writeStory } from '../support/story.js';

const quiet = (): void => undefined;

describe('export and import', () => {
  let source: EventStore;
  let target: EventStore;
  let lines: string[];

  beforeEach(async () => {
    source = openEmbeddedStore({ path: ':memory:' });
    // A clock ahead of that of the other store: times shall come from the file, and those of later appends shall not go back.
    target = openEmbeddedStore({ path: ':memory:', now: () => 0 });
    await writeStory(source);
    lines = (await textOf(source, BEFORE_FIRST)).trimEnd().split('\n');
  });
  afterEach(() => Promise.all([source.close(), target.close()]));

  const textOf = async (store: EventStore, after: number): Promise<string> =>
    (await Array.fromAsync(exportLines(store, after, quiet))).join('');
  const importing = (given: readonly string[], into = target): Promise<Imported> =>
    importLog(into, linesOf(Readable.from([given.join('\n')])), quiet);
  const all = (store: EventStore): Promise<readonly RecordedEvent[]> => store.readAll({ after: BEFORE_FIRST });
  const withoutPositions = (events: readonly RecordedEvent[]) => events.map(({ position: _, ...event }) => event);
  const parsed = (n: number): CloudEvent => JSON.parse(lines[n] ?? '') as CloudEvent;
  const replaced = (n: number, change: (event: CloudEvent) => object): string[] =>
    lines.map((line, at) => (at === n ? JSON.stringify(change(parsed(n))) : line));

  it('writes each event as a CloudEvent 1.0 whose attributes have names and types that CloudEvents allows', async () => {
    const [first] = await all(source);
    const event = parsed(0);
    expect(event).toMatchObject({
      specversion: '1.0',
      id: first?.eventId,
      source: `urn:regraft:log:${source.logId}`,
      type: 'AppCreated',
      subject: first?.stream,
      time: first?.recordedAt,
      datacontenttype: 'application/json',
      data: first?.data,
      revision: 0,
    });
    for (const [name, value] of Object.entries(event)) {
      expect(name).toMatch(/^[a-z0-9]{1,20}$/);
      if (name !== 'data') expect(['string', 'number']).toContain(typeof value);
    }
  });

  it('brings every event over with its id, order, time and hash', async () => {
    const result = await importing(lines);
    expect(result).toEqual({ from: source.logId, to: target.logId, present: 0, imported: lines.length });
    expect(withoutPositions(await all(target))).toEqual(withoutPositions(await all(source)));
    expect((await all(target)).map(hashOf)).toEqual((await all(source)).map(hashOf));
    expect((await verifyLog(target, quiet)).broken).toBeNull();
    expect(target.logId).not.toBe(source.logId);
  });

  it('is a log that goes on: later events follow, in time, too', async () => {
    await importing(lines);
    const last = (await all(target)).at(-1);
    const [event] = await all(source);
    await target.append('other-1', 'no_stream', event ? [{ ...event, eventId: 'later' }] : []);
    const after = await target.readAll({ after: last?.position ?? 0 });
    expect(after.length).toBeGreaterThan(0);
    for (const { recordedAt } of after) expect(recordedAt >= (last?.recordedAt ?? '')).toBe(true);
    expect((await verifyLog(target, quiet)).broken).toBeNull();
  });

  it('exports what is after a position', async () => {
    const [, second] = await all(source);
    expect(await textOf(source, second?.position ?? 0)).toBe(`${lines.slice(2).join('\n')}\n`);
  });

  it('goes on where an import was interrupted, and changes nothing when there is nothing to do', async () => {
    await importing(lines.slice(0, 5));
    expect(await importing(lines)).toMatchObject({ present: 5, imported: lines.length - 5 });
    expect(await importing(lines)).toMatchObject({ present: lines.length, imported: 0 });
    expect(withoutPositions(await all(target))).toEqual(withoutPositions(await all(source)));
  });

  it('refuses a store that holds something else, or more', async () => {
    const other = openEmbeddedStore({ path: ':memory:' });
    await writeStory(other);
    await expect(importing(lines, other)).rejects.toThrow(/^line 1: the store has another event in its place .* needs an empty store/);
    await importing(lines);
    await expect(importing(lines.slice(0, 3))).rejects.toThrow(/the store has more events than the file/);
    await other.close();
  });

  it.each<[string, (given: { lines: string[]; at: (n: number) => CloudEvent }) => string[], RegExp]>([
    ['is no JSON', ({ lines: all }) => all.with(4, '{"specversion":'), /^line 5: it is no JSON/],
    ['lacks an attribute', ({ lines: all, at }) => all.with(4, JSON.stringify({ ...at(4), subject: undefined })), /^line 5: .*subject/],
    ['was changed', ({ lines: all, at }) => all.with(4, JSON.stringify({ ...at(4), data: { forged: 1 } })), /^line 5: it was changed/],
    [
      'has metadata that are none',
      ({ lines: all, at }) => all.with(4, JSON.stringify({ ...at(4), metadata: '{}' })),
      /^line 5: its metadata/,
    ],
    [
      'has a position of another log',
      ({ lines: all, at }) => all.with(4, JSON.stringify({ ...at(4), position: 'other.5' })),
      /^line 5: its position/,
    ],
    [
      'is of another log',
      ({ lines: all, at }) => all.with(4, JSON.stringify({ ...at(4), source: 'urn:regraft:log:abc', position: 'abc.5' })),
      /^line 5: it is of log abc/,
    ],
    ['is there twice', ({ lines: all }) => [...all.slice(0, 5), ...all.slice(4)], /^line 6: .*its position is not after/],
  ])('stops at a line that %s, and imports nothing after it', async (_, change, problem) => {
    const importingIt = importing(change({ lines, at: parsed }));
    await expect(importingIt).rejects.toBeInstanceOf(ImportRefusedError);
    await expect(importingIt).rejects.toThrow(problem);
    expect((await all(target)).length).toBeLessThanOrEqual(5);
  });

  it('finds a line that is missing by the next of its stream', async () => {
    const n = lines.findIndex((_, at) => parsed(at).type === 'AppChanged');
    await expect(importing(lines.toSpliced(n, 1))).rejects.toThrow(/revision 1 of the stream is expected/);
  });

  it('refuses an export that does not begin at the beginning, and one with nothing in it', async () => {
    const n = lines.findIndex((_, at) => parsed(at).revision > 0);
    await expect(importing(lines.slice(n))).rejects.toThrow(/^line 1: .*revision 0 of the stream is expected/);
    await expect(importing([])).rejects.toThrow('the file has no events');
  });

  it('takes no longer event for a shorter one: a hash that was made to fit the change is found by the chain', async () => {
    const n = lines.findIndex((_, at) => parsed(at).type === 'AppChanged');
    const forged = replaced(n, (event) => {
      const data = { ...event.data, name: 'Forged' };
      const metadata = JSON.parse(event.metadata) as RecordedEvent['metadata'];
      return { ...event, data, hash: hashOf({ type: event.type, data, metadata }) };
    });
    await expect(importing(forged)).rejects.toThrow(/was changed/);
  });

  it('passes on what the store says when it fails in the middle', async () => {
    await target.close();
    await expect(importing(lines)).rejects.toBeInstanceOf(StoreUnavailableError);
  });
});

describe('the lines of a text in pieces', () => {
  it('end with a line feed only, wherever the pieces end', async () => {
    const text = 'one\u2028still one\ntwo\r\n\nfour';
    for (let size = 1; size <= text.length; size++) {
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, n) => text.slice(n * size, (n + 1) * size));
      expect(await Array.fromAsync(linesOf(Readable.from(pieces)))).toEqual(['one\u2028still one', 'two\r', '', 'four']);
    }
  });
});
