import fc from 'fast-check';
import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { event, type EventOf } from '../../src/domain/event-schema.js';
import type { JsonObject } from '../../src/domain/json.js';
import { eventSchemaFiles } from '../../src/schema-files.js';
import { EventCodec } from '../../src/store/codec.js';
import type { RecordedEvent } from '../../src/store/event-store.js';

/** An event type with a history: one name, then two, then two and a count. */
const first = event({ name: Type.String() });
const second = first.next({ first: Type.String(), last: Type.String() }, ({ name }) => {
  const [head = '', ...rest] = name.split(' ');
  return { first: head, last: rest.join(' ') };
});
const third = second.next({ first: Type.String(), last: Type.String(), letters: Type.Integer() }, (names) => ({
  ...names,
  letters: names.first.length + names.last.length,
}));

const recorded = (schemaVersion: number, data: JsonObject): RecordedEvent => ({
  eventId: 'e',
  stream: 'person-1',
  revision: 0,
  position: 0,
  recordedAt: '2026-01-01T00:00:00.000Z',
  type: 'Named',
  data,
  metadata: {
    occurredAt: '2026-01-01T00:00:00.000Z',
    $correlationId: 'c',
    $causationId: 'c',
    actor: { id: 'a', kind: 'USER' },
    schemaVersion,
  },
});

describe('the versions of an event type', () => {
  it('do not compile without what leads from one to the next, nor where it leads elsewhere', () => {
    // @ts-expect-error -- an upcaster is missing
    expect(first.next({ title: Type.String() })).toBeDefined();
    // @ts-expect-error -- the upcaster gives data of another shape
    expect(first.next({ title: Type.String() }, ({ name }) => ({ name }))).toBeDefined();
    // @ts-expect-error -- the upcaster reads what the version before does not have
    expect(first.next({ title: Type.String() }, ({ title }) => ({ title: String(title) }))).toBeDefined();
  });

  it('give events the type of the newest one', () => {
    type Named = EventOf<{ Named: typeof third }>;
    const named: Named = { type: 'Named', data: { first: 'Ada', last: 'Lovelace', letters: 11 } };
    // @ts-expect-error -- data of an older version is no event
    const old: Named = { type: 'Named', data: { name: 'Ada' } };
    expect(named.type).toBe(old.type);
  });

  it('lead from any version to the newest, step by step', () => {
    const newest = new EventCodec({ Named: third });
    const [one, two] = [new EventCodec({ Named: second }), newest];
    fc.assert(
      fc.property(fc.string(), (name) => {
        const atOnce = newest.decode(recorded(1, { name })).data;
        const step = one.decode(recorded(1, { name })).data;
        expect(atOnce).toEqual(two.decode(recorded(2, step)).data);
        expect(newest.decode(recorded(3, atOnce)).data).toEqual(atOnce);
      }),
    );
  });

  it('have a published JSON Schema each', () => {
    const files = eventSchemaFiles({ Named: third });
    expect([...files.keys()]).toEqual(['events/Named.v1.json', 'events/Named.v2.json', 'events/Named.v3.json']);
    expect(JSON.parse(files.get('events/Named.v2.json') ?? '')).toMatchObject({
      title: 'Named, version 2',
      required: ['first', 'last'],
    });
  });
});
