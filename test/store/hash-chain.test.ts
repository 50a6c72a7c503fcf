import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import Type from 'typebox';
import { EventWriter } from '../../src/commands/event-writer.js';
import { event } from '../../src/domain/event-schema.js';
import { Refusal } from '../../src/domain/errors.js';
import type { JsonObject } from '../../src/domain/json.js';
import { EventCodec } from '../../src/store/codec.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { EventStore, RecordedEvent } from '../../src/store/event-store.js';
import { hashOf } from '../../src/store/hash-chain.js';
import { tester } from '../support/backend.js';

const codec = new EventCodec({ Kept: event({ value: Type.Unknown() }) });
let id = 0;
const runtime = { now: () => '2026-01-01T00:00:00.000Z', newId: () => `id-${id++}`, random: () => 0 };

describe('the hash chain', () => {
  let store: EventStore;
  let writer: EventWriter;
  beforeEach(() => {
    store = openEmbeddedStore({ path: ':memory:' });
    writer = new EventWriter(store, codec, runtime);
  });
  afterEach(() => store.close());

  const kept = (value: unknown) => ({ type: 'Kept', data: { value } });
  const links = async (): Promise<(string | undefined)[]> => (await store.readStream('a-1')).map(({ metadata }) => metadata.previousHash);
  const hashes = async (): Promise<string[]> => (await store.readStream('a-1')).map((each: RecordedEvent) => hashOf(each));

  it('links each event to the one before it, within an append and from one append to the next', async () => {
    await writer.append('a-1', 'no_stream', [kept(0), kept(1)], tester);
    await writer.append('a-1', 1, [kept(2)], tester);
    await new EventWriter(store, codec, runtime).append('a-1', 2, [kept(3), kept(4)], tester);
    expect(await links()).toEqual([undefined, ...(await hashes()).slice(0, -1)]);
  });

  it('is SHA-256 over the RFC 8785 text of type, data and metadata', () => {
    const metadata = { ...runtimeMetadata, previousHash: 'p' };
    const text =
      '{"data":{"a":1,"é":[1e+30,"\\n"]},"metadata":{"$causationId":"c","$correlationId":"c","actor":{"id":"a","kind":"USER"},' +
      '"occurredAt":"2026-01-01T00:00:00.000Z","previousHash":"p","schemaVersion":1},"type":"T"}';
    expect(hashOf({ type: 'T', data: { é: [1e30, '\n'], a: 1 }, metadata })).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it('reads the end of a stream only where it did not write it itself', async () => {
    await writer.append('a-1', 'no_stream', [kept(0)], tester);
    const read = vi.spyOn(store, 'readStream');
    await writer.append('a-1', 0, [kept(1)], tester);
    expect(read).not.toHaveBeenCalled();
    await new EventWriter(store, codec, runtime).append('a-1', 1, [kept(2)], tester);
    expect(read).toHaveBeenCalledExactlyOnceWith('a-1', { direction: 'backwards', from: 1, limit: 1 });
  });

  it('refuses a revision that the stream is not at, and takes the next append with the true one', async () => {
    await writer.append('a-1', 'no_stream', [kept(0)], tester);
    await expect(writer.append('a-1', 3, [kept(1)], tester)).rejects.toMatchObject({ expected: 3, actual: 0 });
    await expect(writer.append('a-2', 0, [kept(1)], tester)).rejects.toMatchObject({ expected: 0, actual: 'no_stream' });
    await new EventWriter(store, codec, runtime).append('a-1', 0, [kept(1)], tester);
    await expect(writer.append('a-1', 0, [kept(2)], tester)).rejects.toMatchObject({ expected: 0, actual: 1 });
    await writer.append('a-1', 1, [kept(2)], tester);
    expect(await links()).toEqual([undefined, ...(await hashes()).slice(0, -1)]);
  });

  it('is the same for what was written and what is read back, whatever the JSON', async () => {
    const values = [-0, 1e21, 5e-324, Number.MAX_SAFE_INTEGER + 2, { a: undefined, b: [undefined] }, '\u2028 ☂ \u{1F980} \u0000'];
    const odd = JSON.parse('{"__proto__":{"x":1},"constructor":2,"10":1,"9":2}') as JsonObject;
    let expected: 'no_stream' | number = 'no_stream';
    const check = async (value: unknown): Promise<void> => {
      expected = (await writer.append('a-1', expected, [kept(value)], tester)).revision;
    };
    for (const value of [...values, odd]) await check(value);
    await fc.assert(fc.asyncProperty(fc.jsonValue({ noUnicodeString: false }), check), { numRuns: 200 });
    expect(await links()).toEqual([undefined, ...(await hashes()).slice(0, -1)]);
    expect((await store.readStream('a-1', { from: values.length }))[0]?.data['value']).toEqual(odd);
  });

  it.each([
    ['half a surrogate pair', '\uD800'],
    ['a key with one', { '\uDC00': 1 }],
    ['an infinite number', { n: Infinity }],
  ])('refuses %s, which stores would keep differently', async (_, value) => {
    await expect(writer.append('a-1', 'no_stream', [kept(value)], tester)).rejects.toBeInstanceOf(Refusal);
    expect(await store.readStream('a-1')).toEqual([]);
  });
});

const runtimeMetadata = {
  occurredAt: '2026-01-01T00:00:00.000Z',
  $correlationId: 'c',
  $causationId: 'c',
  actor: { id: 'a', kind: 'USER' },
  schemaVersion: 1,
} as const;
