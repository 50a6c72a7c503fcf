import type { ReadModel } from '../../src/projector/projection.js';
import type { Children } from '../children.js';
import { contains, list, toPage, where, type Condition, type Page } from '../page.js';
import type { NameCursor } from '../apps/queries.js';

export interface TemplateRow {
  readonly id: string;
  readonly name: string;
  readonly team: string;
  readonly visibility: 'TEAM' | 'PUBLIC';
  readonly sourceAppId: string;
  readonly createdAt: string;
}

/** A published version. */
export interface VersionRow {
  /** Of the release that published it. */
  readonly id: string;
  readonly templateId: string;
  readonly version: string;
  readonly sortKey: string;
  readonly alias: string | null;
  readonly notes: string | null;
  readonly state: 'PUBLISHED' | 'DEPRECATED' | 'WITHDRAWN';
  /** Why it was deprecated or withdrawn. */
  readonly stateReason: string | null;
  /** Comparators, as written; null where it can be upgraded to from every smaller version. */
  readonly upgradeFrom: string | null;
  /** Digest of the manifest. */
  readonly manifest: string;
  readonly publishedAt: string;
  readonly publishedById: string;
  readonly publishedByKind: string;
}

const TEMPLATE = 'id, name, team, visibility, source_app_id AS sourceAppId, created_at AS createdAt';
const VERSION = `releases.id, releases.template_id AS templateId, releases.version, releases.sort_key AS sortKey, releases.alias, releases.notes,
  releases.version_state AS state, releases.state_reason AS stateReason, releases.upgrade_from AS upgradeFrom, releases.manifest, releases.finished_at AS publishedAt, releases.published_by_id AS publishedById, releases.published_by_kind AS publishedByKind`;
const PUBLISHED = `releases.state = 'PUBLISHED'`;
/** Parts of the published versions, each with an index of its own. */
const OFFERED = `version_state <> 'WITHDRAWN'`;
const FREE = `${OFFERED} AND upgrade_from IS NULL`;
const BOUNDED = `${OFFERED} AND upgrade_from IS NOT NULL`;
const WITHDRAWN = `version_state = 'WITHDRAWN'`;

export interface TemplateFilter {
  /** Only what is readable by those who may read in these. */
  readonly teams?: readonly string[] | undefined;
  readonly team?: string | undefined;
  readonly search?: string | undefined;
}

export function templatesByIds(db: ReadModel, ids: readonly string[], teams?: readonly string[]): TemplateRow[] {
  const { sql, parameters } = where(['id IN (SELECT value FROM json_each(?))', list(ids)], teams && readableBy(teams));
  return db.all<TemplateRow>(`SELECT ${TEMPLATE} FROM templates ${sql}`, ...parameters);
}

/**
 * The templates that are read by those who may read in some teams: those of these teams, the public ones, and those that an app of these teams has
 * or had installed, so that its records go on leading somewhere.
 */
export function readableBy(teams: readonly string[]): Condition {
  const of = list(teams);
  return [
    `templates.team IN (SELECT value FROM json_each(?)) OR visibility = 'PUBLIC' AND ? OR EXISTS (
       SELECT 1 FROM installations WHERE template_id = templates.id AND installations.team IN (SELECT value FROM json_each(?)))`,
    of,
    teams.length > 0 ? 1 : 0,
    of,
  ];
}

/** By name, then id. */
export function templatesPage(db: ReadModel, filter: TemplateFilter, first: number, after?: NameCursor): Page<TemplateRow> {
  const { sql, parameters } = where(...templateConditions(filter), after && ['(name, id) > (?, ?)', after.name, after.id]);
  return toPage(db.all<TemplateRow>(`SELECT ${TEMPLATE} FROM templates ${sql} ORDER BY name, id LIMIT ?`, ...parameters, first + 1), first);
}

export function countTemplates(db: ReadModel, filter: TemplateFilter): number {
  const { sql, parameters } = where(...templateConditions(filter));
  return db.get<{ n: number }>(`SELECT count(*) AS n FROM templates ${sql}`, ...parameters)?.n ?? 0;
}

function templateConditions({ team, teams, search }: TemplateFilter): (Condition | undefined)[] {
  return [teams && readableBy(teams), team === undefined ? undefined : ['team = ?', team], search ? contains('name', search) : undefined];
}

/** The templates that apps were published as, in the order of creation. */
export function templatesByApps(
  db: ReadModel,
  appIds: readonly string[],
  teams?: readonly string[],
): (TemplateRow & { readonly appId: string })[] {
  const { sql, parameters } = where(
    ['releases.app_id IN (SELECT value FROM json_each(?))', list(appIds)],
    [PUBLISHED],
    teams && readableBy(teams),
  );
  return db.all(
    `SELECT DISTINCT releases.app_id AS appId, templates.id, name, team, visibility, source_app_id AS sourceAppId, created_at AS createdAt
     FROM releases JOIN templates ON templates.id = releases.template_id
     ${sql} ORDER BY created_at, templates.id`,
    ...parameters,
  );
}

export function versionsByIds(db: ReadModel, ids: readonly string[]): VersionRow[] {
  return db.all<VersionRow>(`SELECT ${VERSION} FROM releases WHERE id IN (SELECT value FROM json_each(?)) AND ${PUBLISHED}`, list(ids));
}

export interface VersionKey {
  readonly templateId: string;
  readonly sortKey: string;
}

export function versionsByKeys(db: ReadModel, keys: readonly VersionKey[]): VersionRow[] {
  return db.all<VersionRow>(
    `SELECT ${VERSION} FROM json_each(?) AS wanted JOIN releases
       ON releases.template_id = wanted.value ->> 'templateId' AND releases.sort_key = wanted.value ->> 'sortKey' WHERE ${PUBLISHED}`,
    list(keys),
  );
}

/** The largest version of each template that is not withdrawn; none of a template that has none. */
export function latestVersions(db: ReadModel, templateIds: readonly string[]): VersionRow[] {
  return db.all<VersionRow>(
    `SELECT ${VERSION} FROM json_each(?) AS wanted JOIN releases ON releases.template_id = wanted.value
     WHERE ${PUBLISHED} AND releases.sort_key = (
       SELECT max(sort_key) FROM releases AS other WHERE other.template_id = wanted.value AND other.${OFFERED})`,
    list(templateIds),
  );
}

/** Largest first. */
export const versionsOfTemplates: Children<VersionRow, object> = {
  table: 'releases',
  columns: VERSION,
  parent: 'template_id',
  order: { column: 'sort_key', direction: 'DESC', type: '' },
  placeOf: ({ sortKey }) => sortKey,
  conditions: () => [[PUBLISHED]],
};

/** Where an installation stands, as its upgrades see it. */
export interface Standing extends VersionKey {
  /** Sort keys of the versions that are held back from it. */
  readonly held: readonly string[];
}

type Larger = VersionRow & { readonly than: number };

/**
 * The larger versions on offer that can be upgraded to from anywhere and are not held back, largest first, at most `first` of each standing: no more
 * of them are read.
 */
export function largerFree(db: ReadModel, standings: readonly Standing[], first: number): Larger[] {
  return largerOf(db, `${FREE} AND ${NOT_HELD}`, standings, first);
}

/** The withdrawn versions that are larger than each of those given, likewise. */
export function largerWithdrawn(db: ReadModel, keys: readonly VersionKey[], first: number): Larger[] {
  return largerOf(db, WITHDRAWN, keys, first);
}

const NOT_HELD = `sort_key NOT IN (SELECT value FROM json_each(wanted.value -> 'held'))`;

function largerOf(db: ReadModel, part: string, keys: readonly VersionKey[], first: number): Larger[] {
  return db.all(
    `SELECT ${VERSION}, wanted.key AS than FROM json_each(?) AS wanted CROSS JOIN releases
       ON releases.id IN (
         SELECT id FROM releases WHERE template_id = wanted.value ->> 'templateId' AND sort_key > wanted.value ->> 'sortKey' AND ${part}
         ORDER BY sort_key DESC LIMIT ?)
     ORDER BY releases.sort_key DESC`,
    list(keys),
    first,
  );
}

/** How many versions `largerFree` would find of each standing if `first` did not bound them, in their order. */
export function countLargerFree(db: ReadModel, standings: readonly Standing[]): number[] {
  const larger = `template_id = wanted.value ->> 'templateId' AND sort_key > wanted.value ->> 'sortKey' AND ${FREE}`;
  // To look at each version whether it is held back takes ten times as long as to count those that are, and take them off.
  return db
    .all<{ n: number }>(
      `SELECT (SELECT count(*) FROM releases WHERE ${larger})
            - (SELECT count(*) FROM json_each(wanted.value -> 'held') AS held CROSS JOIN releases ON sort_key = held.value AND ${larger}) AS n
       FROM json_each(?) AS wanted ORDER BY wanted.key`,
      list(standings),
    )
    .map(({ n }) => n);
}

/** A version that cannot be upgraded to from anywhere, without what only its reader needs. */
export interface BoundedRow extends VersionKey {
  readonly version: string;
  readonly upgradeFrom: string;
}

/**
 * The versions on offer that say from where they can be upgraded to, smallest first. Most templates have few; SQLite, which does not know that, is
 * told the index, so that it does not read all releases.
 */
export function boundedVersions(db: ReadModel, templateIds: readonly string[]): BoundedRow[] {
  return db.all<BoundedRow>(
    `SELECT template_id AS templateId, version, sort_key AS sortKey, upgrade_from AS upgradeFrom FROM releases INDEXED BY versions_bounded
     WHERE template_id IN (SELECT value FROM json_each(?)) AND ${BOUNDED} ORDER BY sort_key`,
    list(templateIds),
  );
}

/** Where a stop is looked for: among the sort keys at or after `from` and before `to`. */
export interface StopSearch {
  readonly templateId: string;
  readonly held: readonly string[];
  readonly from: string;
  readonly to: string;
}

/** The largest version of each search that can be upgraded to from anywhere and is not held back, with the place of the search. */
export function lastFree(
  db: ReadModel,
  searches: readonly StopSearch[],
): (VersionKey & { readonly version: string; readonly search: number })[] {
  return db.all(
    `SELECT wanted.key AS search, releases.template_id AS templateId, version, sort_key AS sortKey FROM json_each(?) AS wanted CROSS JOIN releases
       ON releases.id = (
         SELECT id FROM releases WHERE template_id = wanted.value ->> 'templateId' AND sort_key >= wanted.value ->> 'from'
           AND sort_key < wanted.value ->> 'to' AND ${FREE} AND ${NOT_HELD}
         ORDER BY sort_key DESC LIMIT 1)`,
    list(searches),
  );
}

/** The versions passed when going from one to another, both sort keys: after the first, up to and with the second; smallest first. */
/** Of versions of a template, those between two sort keys, both left out. */
export interface Between {
  readonly templateId: string;
  readonly after: string;
  readonly before: string;
}

/** The sort keys of the published versions between, with the place of the pair. */
export function keysBetween(db: ReadModel, pairs: readonly Between[]): { readonly pair: number; readonly sortKey: string }[] {
  return db.all(
    `SELECT wanted.key AS pair, sort_key AS sortKey FROM json_each(?) AS wanted CROSS JOIN releases
       ON template_id = wanted.value ->> 'templateId' AND sort_key > wanted.value ->> 'after' AND sort_key < wanted.value ->> 'before' AND ${PUBLISHED}`,
    list(pairs),
  );
}

export function versionsBetween(db: ReadModel, templateId: string, after: string, upTo: string): VersionRow[] {
  return db.all<VersionRow>(
    `SELECT ${VERSION} FROM releases WHERE template_id = ? AND sort_key > ? AND sort_key <= ? AND ${PUBLISHED} ORDER BY sort_key`,
    templateId,
    after,
    upTo,
  );
}
