import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyLog, type Verification } from '../../src/audit/verify.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { RecordedEvent } from '../../src/store/event-store.js';
import { writeStory } from '../support/story.js';

describe('verifying a log', () => {
  let folder: string;
  let path: string;
  let stream: string;
  let events: readonly RecordedEvent[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'regraft-verify-'));
    path = join(folder, 'log.db');
    const store = openEmbeddedStore({ path });
    const { other } = await writeStory(store);
    stream = `app-${other}`;
    events = await store.readAll({ after: -1 });
    await store.close();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const verify = async (): Promise<Verification> => {
    const store = openEmbeddedStore({ path, readOnly: true });
    try {
      return await verifyLog(store, () => undefined);
    } finally {
      await store.close();
    }
  };
  /** Changes the file as somebody would who has SQL and means harm. */
  const tamper = (sql: string, ...parameters: (string | number)[]): void => {
    const database = new DatabaseSync(path);
    database.prepare(sql).run(...parameters);
    database.close();
  };
  const at = (revision: number): RecordedEvent => {
    const event = events.find((each) => each.stream === stream && each.revision === revision);
    if (!event) throw new Error(`the story has no revision ${revision} of ${stream}`);
    return event;
  };
  const set = (event: RecordedEvent, column: string, value: string | number): void =>
    tamper(`UPDATE events SET ${column} = ? WHERE position = ?`, value, event.position);
  const place = ({ position, eventId, revision }: RecordedEvent) => ({ stream, revision, position, eventId });

  it('finds what was written whole, and tells how much that is', async () => {
    const streams = new Set(events.map((event) => event.stream)).size;
    expect(await verify()).toMatchObject({ events: events.length, streams, broken: null });
    expect(events.some((event) => event.stream.startsWith('definition-'))).toBe(true);
  });

  it('finds data that was changed, at the event after it', async () => {
    set(at(1), 'data', JSON.stringify({ ...at(1).data, name: 'Forged' }));
    const { broken, events: right } = await verify();
    expect(broken).toMatchObject({ ...place(at(2)), problem: expect.stringContaining('revision 1') });
    expect(right).toBe(events.indexOf(at(2)));
  });

  it('finds metadata that were changed: somebody else is said to have done it', async () => {
    set(at(0), 'metadata', JSON.stringify({ ...at(0).metadata, actor: { id: 'somebody else', kind: 'USER' } }));
    expect((await verify()).broken).toMatchObject({ ...place(at(1)), problem: expect.stringContaining('was changed') });
  });

  it('finds a link that was taken away, and one that was put at the beginning', async () => {
    const { previousHash, ...unlinked } = at(2).metadata;
    set(at(2), 'metadata', JSON.stringify(unlinked));
    expect((await verify()).broken).toMatchObject({ ...place(at(2)), problem: expect.stringContaining('does not name the hash') });
    set(at(0), 'metadata', JSON.stringify({ ...at(0).metadata, previousHash }));
    expect((await verify()).broken).toMatchObject({ ...place(at(0)), problem: expect.stringContaining('first of its stream') });
  });

  it('finds an event that was removed, from the middle of a stream or from its end', async () => {
    tamper('DELETE FROM events WHERE position = ?', at(2).position);
    const next = events[at(2).position + 1];
    expect((await verify()).broken).toMatchObject({ position: next?.position, problem: expect.stringContaining('were removed') });
    for (const later of events.slice(at(2).position + 1)) set(later, 'position', later.position - 1);
    expect((await verify()).broken).toBeNull();
    tamper('DELETE FROM events WHERE position = ?', at(0).position);
    for (const later of events.slice(at(0).position + 1)) {
      tamper('UPDATE events SET position = position - 1 WHERE event_id = ?', later.eventId);
    }
    expect((await verify()).broken).toMatchObject({
      stream,
      revision: 1,
      problem: expect.stringContaining('revision 0 of the stream is expected'),
    });
  });

  it('finds events that have changed places, with or without their revisions', async () => {
    const [one, two] = [at(1), at(2)];
    const swap = (column: string, left: number, right: number): void => {
      set(one, column, -1);
      set(two, column, left);
      set({ ...one, position: one.position }, column, right);
    };
    swap('revision', 1, 2);
    expect((await verify()).broken).toMatchObject({
      eventId: one.eventId,
      problem: expect.stringContaining('revision 1 of the stream is expected'),
    });
    tamper('UPDATE events SET position = -5 WHERE position = ?', one.position);
    tamper('UPDATE events SET position = ? WHERE position = ?', one.position, two.position);
    tamper('UPDATE events SET position = ? WHERE position = -5', two.position);
    expect((await verify()).broken).toMatchObject({ eventId: two.eventId, revision: 1, problem: expect.stringContaining('was changed') });
  });

  it('finds revisions that were renumbered', async () => {
    set(at(2), 'revision', 7);
    expect((await verify()).broken).toMatchObject({ eventId: at(2).eventId, revision: 7, problem: expect.stringContaining('revision 2') });
  });

  it('finds an event that was put in', async () => {
    const { stream: _, position: __, ...forged } = at(2);
    tamper(
      `INSERT INTO events (position, stream_id, revision, event_id, type, data, metadata, recorded_at)
       SELECT ?, stream_id, 3, 'forged', type, ?, metadata, recorded_at FROM events WHERE position = ?`,
      events.length,
      JSON.stringify({ ...forged.data, name: 'Forged' }),
      at(2).position,
    );
    expect((await verify()).broken).toMatchObject({ eventId: 'forged', stream, revision: 3 });
  });

  it('finds a content that is not the one its stream is named after', async () => {
    const content = events.find((event) => event.stream.startsWith('definition-'));
    if (!content) throw new Error('the story has contents');
    set(content, 'data', JSON.stringify({ ...content.data, body: { forged: true } }));
    expect((await verify()).broken).toMatchObject({ stream: content.stream, problem: expect.stringContaining('another digest') });
  });

  it('finds times that go back', async () => {
    set(at(2), 'recorded_at', Date.parse('2020-01-01'));
    expect((await verify()).broken).toMatchObject({ ...place(at(2)), problem: expect.stringContaining('2020-01-01') });
  });

  it.each([
    ['no JSON', 'data', '{"name":'],
    ['no object', 'metadata', 'null'],
  ])('finds what is %s, after all that is right before it', async (_, column, text) => {
    set(at(1), column, text);
    expect(await verify()).toMatchObject({ events: at(1).position, broken: { ...place(at(1)), problem: expect.stringContaining(column) } });
  });

  it('cannot find a change of the last event of a stream: nothing follows it yet', async () => {
    set(at(2), 'data', JSON.stringify({ ...at(2).data, name: 'Forged' }));
    expect((await verify()).broken).toBeNull();
  });
});
