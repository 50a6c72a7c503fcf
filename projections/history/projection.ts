import { readFileSync } from 'node:fs';
import type { Projection } from '../../src/projector/projection.js';
import { subjectsOf } from './subjects.js';

/** Every event of the log by app, template, type, actor and time, also those that this program cannot read. */
export const historyProjection: Projection = {
  name: 'history',
  readBack: false,
  version: 2,
  tables: readFileSync(new URL('./table.sql', import.meta.url), 'utf8'),
  apply(event, db) {
    const { appId, templateId } = subjectsOf(event);
    db.run(
      `INSERT INTO history (position, event_id, stream, revision, type, app_id, template_id, actor_id, recorded_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      event.position,
      event.eventId,
      event.stream,
      event.revision,
      event.type,
      appId ?? null,
      templateId ?? null,
      event.metadata.actor.id,
      event.recordedAt,
    );
    db.run(
      `INSERT INTO history_types (type, schema_version, events) VALUES (?, ?, 1)
       ON CONFLICT DO UPDATE SET events = events + 1`,
      event.type,
      event.metadata.schemaVersion,
    );
  },
};
