import { readFileSync } from 'node:fs';
import { audienceOf, type Audience } from '../../src/domain/access/audience.js';
import type { Projection, ReadModel } from '../../src/projector/projection.js';
import type { RecordedEvent } from '../../src/store/event-store.js';
import { subjectsOf } from './subjects.js';

/** Every event of the log by app, template, type, actor and time, also those that this program cannot read. */
export const historyProjection: Projection = {
  name: 'history',
  readBack: false,
  version: 5,
  tables: readFileSync(new URL('./table.sql', import.meta.url), 'utf8'),
  apply(event, db) {
    const { appId, templateId } = subjectsOf(event);
    rememberTeam(event, db);
    const audience = audienceOf(event);
    const [team, otherTeam] = teamsOfAudience(audience, db);
    db.run(
      `INSERT INTO history (position, type, app_id, template_id, audience, team, other_team, actor_id, recorded_at, latest_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?9, max(?9, coalesce((SELECT latest_at FROM history ORDER BY position DESC LIMIT 1), ?9)))`,
      event.position,
      event.type,
      appId ?? null,
      templateId ?? null,
      audience.kind,
      team ?? null,
      otherTeam === team ? null : (otherTeam ?? null),
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

function rememberTeam({ type, stream, data }: RecordedEvent, db: ReadModel): void {
  const { team } = data;
  if ((type !== 'AppCreated' && type !== 'TemplateCreated') || typeof team !== 'string') return;
  db.run('INSERT INTO history_teams (stream, team) VALUES (?, ?)', stream, team);
}

/** The teams that all have to be readable. An event of something that was never created has none, and is shown to who may read in all. */
function teamsOfAudience(audience: Audience, db: ReadModel): (string | undefined)[] {
  const teamOf = (stream: string): string | undefined =>
    db.get<{ team: string }>('SELECT team FROM history_teams WHERE stream = ?', stream)?.team;
  switch (audience.kind) {
    case 'APP':
      return [teamOf(`app-${audience.appId}`)];
    case 'TEMPLATE':
      return [teamOf(`template-${audience.templateId}`)];
    case 'RELEASE':
      return [teamOf(`template-${audience.templateId}`), ...(audience.appId === undefined ? [] : [teamOf(`app-${audience.appId}`)])];
    case 'TEAM':
      return [audience.team];
    case 'CONTENT':
    case 'SERVER':
      return [];
  }
}
