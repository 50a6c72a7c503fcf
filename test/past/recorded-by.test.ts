import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyProjection } from '../../projections/history/projection.js';
import { lastRecordedBy } from '../../projections/history/queries.js';
import { SqliteReadModel } from '../../src/projector/read-model.js';
import type { RecordedEvent } from '../../src/store/event-store.js';

/** Events at positions with gaps, recorded by a clock that may be set back. */
const log = fc.array(fc.record({ gap: fc.nat(3), time: fc.nat(20) }), { maxLength: 20 });

function historyOf(events: readonly { readonly position: number; readonly time: number }[]): SqliteReadModel {
  const db = SqliteReadModel.open({ path: ':memory:', projections: [historyProjection], logId: 'test' });
  if (typeof db === 'string') throw new Error(db);
  for (const { position, time } of events) {
    const metadata = { actor: { id: 'a', kind: 'USER' as const }, schemaVersion: 1, occurredAt: '', $correlationId: '', $causationId: '' };
    const event: RecordedEvent = {
      eventId: String(position),
      stream: 'app-1',
      revision: position,
      position,
      type: 'AppUnchanged',
      data: { appId: '1' },
      recordedAt: new Date(time).toISOString(),
      metadata,
    };
    historyProjection.apply(event, db);
  }
  return db;
}

describe('the position of a time', () => {
  it('is the largest one that no event up to it was recorded later than, also where the clock was set back', () => {
    fc.assert(
      fc.property(log, fc.nat(22), (drawn, time) => {
        let position = -1;
        const events = drawn.map((each) => ({ time: each.time, position: (position += each.gap + 1) }));
        const later = events.findIndex((event) => event.time > time);
        const expected = (later < 0 ? events : events.slice(0, later)).at(-1)?.position;
        const db = historyOf(events);
        expect(lastRecordedBy(db, time)).toBe(expected);
        db.close();
      }),
    );
  });
});
