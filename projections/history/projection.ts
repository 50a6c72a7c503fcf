import { readFileSync } from 'node:fs';
import type { Projection } from '../../src/projector/projection.js';
import { subjectsOf } from './subjects.js';

/** Every event of the log by app, template, type, actor and time, also those that this program cannot read. */
export const historyProjection: Projection = {
  name: 'history',
  readBack: false,
  version: 3,
  tables: readFileSync(new URL('./table.sql', import.meta.url), 'utf8'),
  apply(event, db) {
    const { appId, templateId } = subjectsOf(event);
    db.run(
      'INSERT INTO history (position, type, app_id, template_id, actor_id, recorded_at) VALUES (?, ?, ?, ?, ?, ?)',
      event.position,
      event.type,
      appId ?? null,
      templateId ?? null,
      event.metadata.actor.id,
      Date.parse(event.recordedAt),
    );
    if (event.unread === undefined) return;
    db.run(
      `INSERT INTO unknown_events (type, schema_version, events) VALUES (?, ?, 1)
       ON CONFLICT DO UPDATE SET events = events + 1`,
      event.type,
      event.metadata.schemaVersion,
    );
  },
};
