import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { event } from '../../src/domain/event-schema.js';
import type { JsonObject } from '../../src/domain/json.js';
import { EventCodec } from '../../src/store/codec.js';
import { decodingStore } from '../../src/store/decoding-store.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { CorruptLogError } from '../../src/store/errors.js';
import type { EventStore, NewEvent } from '../../src/store/event-store.js';
import { newEvent } from './contract.js';

const codec = new EventCodec({
  Counted: event({ count: Type.Integer() }).next(
    { counts: Type.Array(Type.Object({ n: Type.Integer() })), free: Type.Optional(Type.Object({}, { additionalProperties: true })) },
    ({ count }) => ({ counts: [{ n: count }] }),
  ),
});
const inVersion = (schemaVersion: number, data: JsonObject, type = 'Counted'): NewEvent => {
  const made = newEvent(data, type);
  return { ...made, metadata: { ...made.metadata, schemaVersion } };
};

describe('writing events', () => {
  it('takes the newest version, and records which it is', () => {
    expect(codec.encode('Counted', { counts: [{ n: 1 }] })).toEqual({ data: { counts: [{ n: 1 }] }, schemaVersion: 2 });
  });

  it('refuses an older version, a type without a schema, and values of other types', () => {
    expect(() => codec.encode('Counted', { count: 1 })).toThrow(CorruptLogError);
    expect(() => codec.encode('constructor', {})).toThrow('no schema for events of type constructor');
    expect(() => codec.encode('Counted', { counts: [{ n: 'one' }] })).toThrow('Counted /counts/0/n');
  });

  it('refuses properties that the schema does not name, at any depth, but where it is open', () => {
    expect(() => codec.encode('Counted', { counts: [], more: 1 })).toThrow(CorruptLogError);
    expect(() => codec.encode('Counted', { counts: [{ n: 1, more: 1 }] })).toThrow(CorruptLogError);
    expect(codec.encode('Counted', { counts: [], free: { anything: [1] } }).schemaVersion).toBe(2);
  });
});

describe('reading events', () => {
  let store: EventStore;
  const readBack = async (event: NewEvent) => {
    store = openEmbeddedStore({ path: ':memory:' });
    await store.append('a-1', 'no_stream', [event]);
    return (await decodingStore(store, codec).readStream('a-1'))[0];
  };

  it('brings older versions to the newest, and keeps the version that was recorded', async () => {
    const read = await readBack(inVersion(1, { count: 3 }));
    expect(read?.data).toEqual({ counts: [{ n: 3 }] });
    expect(read?.metadata.schemaVersion).toBe(1);
    expect(read?.unread).toBeUndefined();
  });

  it('lets properties through that no schema names', async () => {
    expect((await readBack(inVersion(2, { counts: [{ n: 1, more: 1 }], later: true })))?.data).toEqual({
      counts: [{ n: 1, more: 1 }],
      later: true,
    });
  });

  it('gives an unknown type and a newer version as they are, and marks them', async () => {
    expect(await readBack(inVersion(1, { x: 1 }, 'Invented'))).toMatchObject({ data: { x: 1 }, unread: 'unknown-type' });
    expect(await readBack(inVersion(1, { x: 1 }, 'toString'))).toMatchObject({ unread: 'unknown-type' });
    expect(await readBack(inVersion(3, { x: 1 }))).toMatchObject({ data: { x: 1 }, unread: 'newer-version' });
  });

  it.each([
    [1, { count: 'three' }],
    [2, { count: 3 }],
    [0, { count: 3 }],
    [1.5, { count: 3 }],
  ])('refuses data that does not fit its version (%d), naming stream, revision and type', async (version, data) => {
    const reading = readBack(inVersion(version, data));
    await expect(reading).rejects.toBeInstanceOf(CorruptLogError);
    await expect(reading).rejects.toThrow(/^a-1 revision 0: Counted in version/);
    await expect(reading).rejects.toMatchObject({ at: { stream: 'a-1', revision: 0, position: 0 } });
  });

  it('decodes whatever way events are read, and leaves the store beneath as it is', async () => {
    await readBack(inVersion(1, { count: 3 }));
    const decoding = decodingStore(store, codec);
    const newest = { counts: [{ n: 3 }] };
    for (const read of [decoding.readAll({ after: -1 }), decoding.readFirst(['a-1']), decoding.readAt([0]), decoding.readStream('a-1')]) {
      expect((await read).map(({ data }) => data)).toEqual([newest]);
    }
    expect((await store.readStream('a-1'))[0]?.data).toEqual({ count: 3 });
  });
});
