import type { ReadModel } from '../../src/projector/projection.js';
import { readableBy } from '../templates/queries.js';
import { list, toPage, where, type Condition, type Page } from '../page.js';

/** Where an event is. */
export interface HistoryRow {
  readonly position: number;
}

/** Who asks. */
export interface HistoryReader {
  /** Those that they may read; undefined where that is all. */
  readonly teams: readonly string[] | undefined;
  /** Whether they see the server's own events. */
  readonly server: boolean;
}

export interface HistoryFilter {
  /** Everybody, where it is not given. */
  readonly readable?: HistoryReader | undefined;
  readonly appId?: string | undefined;
  readonly templateId?: string | undefined;
  readonly types?: readonly string[] | undefined;
  readonly actorId?: string | undefined;
  /** ISO 8601 in UTC, of recording; from is included, to is not. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Oldest first. */
export function historyPage(db: ReadModel, filter: HistoryFilter, first: number, after?: { readonly position: number }): Page<HistoryRow> {
  const wanted = [...conditions(filter), after && (['position > ?', after.position] as const)];
  const teams = filter.readable?.teams;
  // One app or template has few events beside the log: its own index finds them.
  if (teams && filter.appId === undefined && filter.templateId === undefined) return pageOfTeams(db, teams, wanted, first);
  const { sql, parameters } = where(...wanted, readableTo(filter.readable));
  return toPage(db.all<HistoryRow>(`SELECT position FROM history ${sql} ORDER BY position LIMIT ?`, ...parameters, first + 1), first);
}

/** The same page of the events of each team, by its index, and of those of templates that are shown to it: the first of all of these. */
function pageOfTeams(db: ReadModel, teams: readonly string[], wanted: readonly (Condition | undefined)[], first: number): Page<HistoryRow> {
  const ofTeam = where(['team = mine.value'], inBoth(teams), ...wanted);
  const ofTemplates = where([`audience = 'TEMPLATE'`], ofReadableTemplates(teams), ...wanted);
  const rows = db.all<HistoryRow>(
    `SELECT history.position FROM json_each(?) AS mine CROSS JOIN history
       ON history.position IN (SELECT position FROM history ${ofTeam.sql} ORDER BY position LIMIT ?)
     UNION SELECT * FROM (SELECT position FROM history INDEXED BY history_of_templates ${ofTemplates.sql} ORDER BY position LIMIT ?)
     ORDER BY position LIMIT ?`,
    list(teams),
    ...ofTeam.parameters,
    first + 1,
    ...ofTemplates.parameters,
    first + 1,
    first + 1,
  );
  return toPage(rows, first);
}

/** The number of events that match; null where more than one filter would make counting a search. */
export function countHistory(db: ReadModel, filter: HistoryFilter): number | null {
  const present = conditions(filter).filter((condition) => condition !== undefined);
  if (present.length > 1) return null;
  const { sql, parameters } = where(...present, readableTo(filter.readable));
  return db.get<{ n: number }>(`SELECT count(*) AS n FROM history ${sql}`, ...parameters)?.n ?? 0;
}

/** The apps that something happened to, at one position or more after the first and up to the last; also those that are deleted since. */
export function appsChangedBetween(db: ReadModel, after: number, upTo: number): string[] {
  const sql = 'SELECT DISTINCT app_id AS id FROM history WHERE position > ? AND position <= ? AND app_id IS NOT NULL';
  return db.all<{ id: string }>(sql, after, upTo).map(({ id }) => id);
}

/**
 * The position of the last event that was recorded at a time or before it, and with it every event before it: a clock may be set back, and what comes
 * after an event that was recorded later does not count. Found by halving, so that it costs the same far back.
 * @param time milliseconds since 1970.
 * @returns undefined where there is none.
 */
export function lastRecordedBy(db: ReadModel, time: number): number | undefined {
  const latestAt = (upTo: number): Recorded | undefined =>
    db.get<Recorded>('SELECT position, latest_at AS latestAt FROM history WHERE position <= ? ORDER BY position DESC LIMIT 1', upTo);
  let last = latestAt(Number.MAX_SAFE_INTEGER);
  if (last && last.latestAt <= time) return last.position;
  let found: number | undefined;
  // Everything before `low` was recorded by then, and the event at `high` was not.
  for (let [low, high] = [0, last?.position ?? 0]; low < high;) {
    const middle = Math.floor((low + high) / 2);
    last = latestAt(middle);
    if (last && last.latestAt > time) high = last.position;
    else [low, found] = [middle + 1, last?.position ?? found];
  }
  return found;
}

interface Recorded {
  readonly position: number;
  readonly latestAt: number;
}

/** Events of the log that this program cannot read, by type and version. */
export interface UnknownEvents {
  readonly type: string;
  readonly schemaVersion: number;
  /** Recorded events, each counted once. */
  readonly events: number;
}

/** What is in the log and no schema of this program describes: types that it does not know, and newer versions of those that it does. */
export function unknownEvents(db: ReadModel): UnknownEvents[] {
  return db.all<UnknownEvents>('SELECT type, schema_version AS schemaVersion, events FROM unknown_events ORDER BY type, schema_version');
}

/** What is hidden from nobody has no condition. */
function readableTo({ teams, server }: HistoryReader = { teams: undefined, server: true }): Condition | undefined {
  if (teams === undefined) return server ? undefined : [`audience <> 'SERVER'`];
  const [both, ...others] = inBoth(teams);
  const [shown, ...templates] = ofReadableTemplates(teams);
  return [
    `team IN (SELECT value FROM json_each(?)) AND (${both}) OR audience = 'TEMPLATE' AND ${shown}`,
    list(teams),
    ...others,
    ...templates,
  ];
}

/** Where there is another team that has to be readable, it is. */
function inBoth(teams: readonly string[]): Condition {
  return ['other_team IS NULL OR other_team IN (SELECT value FROM json_each(?))', list(teams)];
}

function ofReadableTemplates(teams: readonly string[]): Condition {
  const [shown, ...parameters] = readableBy(teams);
  return [`template_id IN (SELECT id FROM templates WHERE ${shown})`, ...parameters];
}

function conditions({ appId, templateId, types, actorId, from, to }: HistoryFilter): (Condition | undefined)[] {
  return [
    appId === undefined ? undefined : ['app_id = ?', appId],
    templateId === undefined ? undefined : ['template_id = ?', templateId],
    types ? ['type IN (SELECT value FROM json_each(?))', list(types)] : undefined,
    actorId === undefined ? undefined : ['actor_id = ?', actorId],
    from === undefined ? undefined : ['recorded_at >= ?', Date.parse(from)],
    to === undefined ? undefined : ['recorded_at < ?', Date.parse(to)],
  ];
}
