import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatted } from '../../src/history-export/formats.js';
import type { RecordedEvent } from '../../src/store/event-store.js';
import { hashOf } from '../../src/store/hash-chain.js';

const event = (actor: string, more: Partial<RecordedEvent> = {}): RecordedEvent => ({
  eventId: 'e-1',
  type: 'AppCreated',
  data: { name: actor },
  metadata: {
    occurredAt: '2030-01-01T00:00:00.000Z',
    $correlationId: 'c',
    $causationId: 'c',
    actor: { id: actor, kind: 'USER' },
    schemaVersion: 1,
  },
  stream: 'app-1',
  revision: 0,
  position: 0,
  recordedAt: '2030-01-01T00:00:00.000Z',
  ...more,
});

async function textOf(format: 'csv' | 'ndjson', ...events: RecordedEvent[]): Promise<string> {
  const pieces: string[] = [];
  const each = async function* (): AsyncGenerator<RecordedEvent> {
    await Promise.resolve();
    yield* events;
  };
  for await (const piece of formatted('log', each(), format)) pieces.push(piece);
  return pieces.join('');
}

describe('a history as CSV', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1'])(
    'has no cell that a spreadsheet takes for a formula: %j',
    async (actor) => {
      const [row] = parse<Record<string, string>>(await textOf('csv', event(actor)), { columns: true });
      expect(row?.['actor']).toBe(`'${actor}`);
      expect(row?.['metadata']).toContain(JSON.stringify(actor));
    },
  );

  it('is read back as it was written, whatever an actor is called', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 5 }), async (actors) => {
        const text = await textOf('csv', ...actors.map((actor) => event(actor)));
        const rows = parse<Record<string, string>>(text, { columns: true });
        expect(rows.map(({ actor }) => actor?.replace(/^'(?=[=+\-@\t\r＝＋－＠])/u, ''))).toEqual(actors);
        expect(rows.map(({ data }) => JSON.parse(data ?? '') as unknown)).toEqual(actors.map((name) => ({ name })));
      }),
    ));
});

describe('a history as NDJSON', () => {
  it('is one line an event, also where a text has other ends of lines', async () => {
    const lines = (await textOf('ndjson', event('a\nb\u2028c'), event('d'))).split('\n');
    expect(lines.map((line) => (line === '' ? '' : (JSON.parse(line) as RecordedEvent).data))).toEqual([
      { name: 'a\nb\u2028c' },
      { name: 'd' },
      '',
    ]);
  });

  it('has the data and the hash of an event as it was recorded, not as it is read today', async () => {
    const recordedData = { title: 'before' };
    const upcast = event('a', { data: { name: 'before' }, recordedData });
    const row = JSON.parse(await textOf('ndjson', upcast)) as { data: object; hash: string };
    expect(row.data).toEqual(recordedData);
    expect(row.hash).toBe(hashOf({ ...upcast, data: recordedData }));
  });
});
