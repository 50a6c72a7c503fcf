import type { ReadModel } from '../../src/projector/projection.js';
import type { Children } from '../children.js';
import { contains, list, toPage, where, type Condition, type Page } from '../page.js';

export interface AppRow {
  readonly id: string;
  readonly name: string;
  readonly team: string;
  readonly target: 'RECORD' | 'EXTERNAL';
  readonly revision: number;
  readonly createdAt: string;
  /** Digest of the app's own app-level content. */
  readonly content: string | null;
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
}

export interface OverrideRow {
  readonly installationId: string;
  readonly templateComponentId: string;
  readonly kind: 'excluded' | 'changed' | 'ahead' | 'removed' | 'kept';
  readonly key: string | null;
  readonly patch: string | null;
  readonly base: string | null;
  readonly version: string | null;
}

const APP = 'id, name, team, target, revision, created_at AS createdAt, content';
const INSTALLATION = `id, app_id AS appId, template_id AS templateId, version, sort_key AS sortKey, pending_version AS pendingVersion,
  content_patch AS contentPatch, place`;

export interface AppFilter {
  readonly team?: string | undefined;
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
  const { sql, parameters } = where(...appConditions(filter), after && ['(name, id) > (?, ?)', after.name, after.id]);
  return toPage(db.all<AppRow>(`SELECT ${APP} FROM apps ${sql} ORDER BY name, id LIMIT ?`, ...parameters, first + 1), first);
}

export function countApps(db: ReadModel, filter: AppFilter): number {
  const { sql, parameters } = where(...appConditions(filter));
  return db.get<{ n: number }>(`SELECT count(*) AS n FROM apps ${sql}`, ...parameters)?.n ?? 0;
}

function appConditions({ team, search, templateId, sortKey }: AppFilter): (Condition | undefined)[] {
  const installed: Condition | undefined =
    templateId === undefined
      ? undefined
      : sortKey === undefined
        ? ['id IN (SELECT app_id FROM installations WHERE template_id = ?)', templateId]
        : ['id IN (SELECT app_id FROM installations WHERE template_id = ? AND sort_key = ?)', templateId, sortKey];
  return [team === undefined ? undefined : ['team = ?', team], search ? contains('name', search) : undefined, installed];
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

export function installationsByApps(db: ReadModel, appIds: readonly string[]): InstallationRow[] {
  return db.all<InstallationRow>(
    `SELECT ${INSTALLATION} FROM installations WHERE app_id IN (SELECT value FROM json_each(?)) ORDER BY app_id, place`,
    list(appIds),
  );
}

export interface InstallationFilter {
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
  conditions: ({ sortKey }) => [sortKey === undefined ? undefined : ['sort_key = ?', sortKey]],
};

export function overridesByInstallations(db: ReadModel, installationIds: readonly string[]): OverrideRow[] {
  return db.all<OverrideRow>(
    `SELECT installation_id AS installationId, template_component_id AS templateComponentId, kind, key, patch, base, version FROM overrides
     WHERE installation_id IN (SELECT value FROM json_each(?)) ORDER BY installation_id, place`,
    list(installationIds),
  );
}
