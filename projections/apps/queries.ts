import type { ReadModel } from '../../src/projector/projection.js';
import type { Children } from '../children.js';
import { among, contains, list, toPage, where, type Condition, type Page } from '../page.js';

export interface AppRow {
  readonly id: string;
  readonly name: string;
  readonly team: string;
  readonly target: 'RECORD' | 'EXTERNAL';
  readonly revision: number;
  readonly createdAt: string;
  /** Digest of the app's own app-level content. */
  readonly content: string | null;
  readonly deletedAt: string | null;
}

export interface OwnComponentRow {
  readonly componentId: string;
  readonly appId: string;
  readonly key: string;
  readonly digest: string;
}

export interface InstallationRow {
  readonly id: string;
  readonly appId: string;
  readonly templateId: string;
  readonly version: string;
  readonly sortKey: string;
  readonly pendingVersion: string | null;
  readonly contentPatch: string | null;
  readonly place: number;
  /** That of its app. */
  readonly team: string;
  /** When it was uninstalled, or its app deleted. */
  readonly removedAt: string | null;
}

export interface OverrideRow {
  readonly installationId: string;
  readonly templateComponentId: string;
  readonly kind: 'excluded' | 'changed' | 'ahead' | 'removed' | 'kept';
  readonly key: string | null;
  readonly patch: string | null;
  readonly base: string | null;
  readonly version: string | null;
  readonly mapped: 1 | null;
}

/** A version that an installation is kept from since it was rolled back from it. */
export interface HoldRow {
  readonly installationId: string;
  readonly version: string;
  readonly sortKey: string;
  /** Why it was rolled back. */
  readonly reason: string | null;
}

const APP = 'id, name, team, target, revision, created_at AS createdAt, content, deleted_at AS deletedAt';
const INSTALLATION = `id, app_id AS appId, template_id AS templateId, version, sort_key AS sortKey, pending_version AS pendingVersion,
  content_patch AS contentPatch, place, team, removed_at AS removedAt`;
/** What is there, by the indexes of it alone. */
const PRESENT: Condition = ['deleted_at IS NULL'];
const INSTALLED: Condition = ['removed_at IS NULL'];

export interface AppFilter {
  readonly team?: string | undefined;
  /** Only what is of these. */
  readonly teams?: readonly string[] | undefined;
  readonly search?: string | undefined;
  readonly templateId?: string | undefined;
  /** Sort key of the version; with templateId only. */
  readonly sortKey?: string | undefined;
}

export interface NameCursor {
  readonly name: string;
  readonly id: string;
}

export function appsByIds(db: ReadModel, ids: readonly string[]): AppRow[] {
  return db.all<AppRow>(`SELECT ${APP} FROM apps WHERE id IN (SELECT value FROM json_each(?))`, list(ids));
}

/** By name, then id. */
export function appsPage(db: ReadModel, filter: AppFilter, first: number, after?: NameCursor): Page<AppRow> {
  if (filter.templateId === undefined) {
    const { sql, parameters } = where(...appConditions(filter), after && ['(name, id) > (?, ?)', after.name, after.id]);
    return toPage(db.all<AppRow>(`SELECT ${APP} FROM apps ${sql} ORDER BY name, id LIMIT ?`, ...parameters, first + 1), first);
  }
  const { sql, parameters } = appsOfTemplate(filter, after);
  const rows = db.all<AppRow>(
    `SELECT ${APP} FROM (${sql} ORDER BY app_name, app_id LIMIT ?) AS page JOIN apps ON apps.id = page.app_id ORDER BY name, id`,
    ...parameters,
    first + 1,
  );
  return toPage(rows, first);
}

export function countApps(db: ReadModel, filter: AppFilter): number {
  const conditions = where(...appConditions(filter));
  const { sql, parameters } =
    filter.templateId === undefined ? { ...conditions, sql: `SELECT id FROM apps ${conditions.sql}` } : appsOfTemplate(filter);
  return db.get<{ n: number }>(`SELECT count(*) AS n FROM (${sql})`, ...parameters)?.n ?? 0;
}

function appConditions({ team, teams, search }: AppFilter): (Condition | undefined)[] {
  return [
    PRESENT,
    teams && among('team', teams),
    team === undefined ? undefined : ['team = ?', team],
    search ? contains('name', search) : undefined,
  ];
}

/** The apps that have a template installed, each once, read in the order of an index: a page costs its rows, not what is installed. */
function appsOfTemplate({ templateId = '', sortKey, team, teams, search }: AppFilter, after?: NameCursor): ReturnType<typeof where> {
  const { sql, parameters } = where(
    ['template_id = ?', templateId],
    INSTALLED,
    sortKey === undefined ? undefined : ['sort_key = ?', sortKey],
    team === undefined ? undefined : ['(SELECT team FROM apps WHERE apps.id = app_id) = ?', team],
    teams && among('team', teams),
    search ? contains('app_name', search) : undefined,
    after && ['(app_name, app_id) > (?, ?)', after.name, after.id],
  );
  return { sql: `SELECT DISTINCT app_name, app_id FROM installations ${sql}`, parameters };
}

export function ownComponentsByApps(db: ReadModel, appIds: readonly string[]): OwnComponentRow[] {
  return db.all<OwnComponentRow>(
    `SELECT component_id AS componentId, app_id AS appId, key, digest FROM own_components
     WHERE app_id IN (SELECT value FROM json_each(?)) ORDER BY app_id, place, component_id`,
    list(appIds),
  );
}

export function appIdsOfOwnComponents(db: ReadModel, componentIds: readonly string[]): { componentId: string; appId: string }[] {
  return db.all(
    'SELECT component_id AS componentId, app_id AS appId FROM own_components WHERE component_id IN (SELECT value FROM json_each(?))',
    list(componentIds),
  );
}

export function installationsByIds(db: ReadModel, ids: readonly string[]): InstallationRow[] {
  return db.all<InstallationRow>(`SELECT ${INSTALLATION} FROM installations WHERE id IN (SELECT value FROM json_each(?))`, list(ids));
}

/** The apps that some templates were installed into by a position, also those where they are no more. */
export function appsThatInstalled(db: ReadModel, templateIds: readonly string[], position: number): string[] {
  return db
    .all<{ id: string }>(
      'SELECT DISTINCT app_id AS id FROM installations WHERE template_id IN (SELECT value FROM json_each(?)) AND place <= ?',
      list(templateIds),
      position,
    )
    .map(({ id }) => id);
}

export function installationsByApps(db: ReadModel, appIds: readonly string[]): InstallationRow[] {
  return db.all<InstallationRow>(
    `SELECT ${INSTALLATION} FROM installations WHERE app_id IN (SELECT value FROM json_each(?)) AND removed_at IS NULL
     ORDER BY app_id, place`,
    list(appIds),
  );
}

export interface InstallationFilter {
  /** Only those of apps of these. */
  readonly teams?: readonly string[] | undefined;
  /** Sort key of the version. */
  readonly sortKey?: string | undefined;
}

/** In the order of installing. */
export const installationsOfTemplates: Children<InstallationRow, InstallationFilter> = {
  table: 'installations',
  columns: INSTALLATION,
  parent: 'template_id',
  order: { column: 'place', direction: 'ASC', type: 0 },
  placeOf: ({ place }) => place,
  conditions: ({ sortKey, teams }) => [
    INSTALLED,
    teams && among('team', teams),
    sortKey === undefined ? undefined : ['sort_key = ?', sortKey],
  ],
};

export function overridesByInstallations(db: ReadModel, installationIds: readonly string[]): OverrideRow[] {
  return db.all<OverrideRow>(
    `SELECT installation_id AS installationId, template_component_id AS templateComponentId, kind, key, patch, base, version, mapped FROM overrides
     WHERE installation_id IN (SELECT value FROM json_each(?)) ORDER BY installation_id, place`,
    list(installationIds),
  );
}

export function holdsByInstallations(db: ReadModel, installationIds: readonly string[]): HoldRow[] {
  return db.all<HoldRow>(
    `SELECT installation_id AS installationId, version, sort_key AS sortKey, reason FROM holds
     WHERE installation_id IN (SELECT value FROM json_each(?)) ORDER BY installation_id, version`,
    list(installationIds),
  );
}
