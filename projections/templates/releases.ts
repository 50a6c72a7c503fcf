import type { ReadModel } from '../../src/projector/projection.js';
import { newestFirst, type Children } from '../children.js';
import { among, list, type Condition } from '../page.js';

export interface ReleaseRow {
  readonly id: string;
  readonly templateId: string;
  readonly appId: string;
  readonly version: string;
  readonly basedOn: string | null;
  /** The release of the version that it is based on. */
  readonly parentId: string | null;
  readonly state: 'SYNCING' | 'FAILED' | 'PUBLISHED' | 'CANCELLED';
  readonly notes: string | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly actorId: string;
  readonly actorKind: string;
  readonly place: number;
}

/** Of a component that the release adds, changes, renames or removes. */
export interface SyncRow {
  readonly releaseId: string;
  readonly templateComponentId: string;
  readonly key: string;
  readonly previousKey: string | null;
  readonly change: 'ADDED' | 'CHANGED' | 'REMOVED' | 'RENAMED';
  readonly state: 'PENDING' | 'SYNCED' | 'FAILED';
  readonly beforeDigest: string | null;
  readonly afterDigest: string | null;
  readonly syncedAt: string | null;
  readonly error: string | null;
}

const RELEASE = `id, template_id AS templateId, app_id AS appId, version, based_on AS basedOn, parent_id AS parentId, state, notes,
  started_at AS startedAt, finished_at AS finishedAt, actor_id AS actorId, actor_kind AS actorKind, place`;

export interface ReleaseFilter {
  /** Only releases of templates of these. */
  readonly teams?: readonly string[] | undefined;
}

const conditions = ({ teams }: ReleaseFilter): (Condition | undefined)[] => [
  teams && among('(SELECT team FROM templates WHERE templates.id = template_id)', teams),
];

export const releasesOfApps: Children<ReleaseRow, ReleaseFilter> = { ...newestFirst('releases', RELEASE, 'app_id'), conditions };
export const releasesOfTemplates: Children<ReleaseRow, ReleaseFilter> = { ...newestFirst('releases', RELEASE, 'template_id'), conditions };

export function releasesByIds(db: ReadModel, ids: readonly string[]): ReleaseRow[] {
  return db.all<ReleaseRow>(`SELECT ${RELEASE} FROM releases WHERE id IN (SELECT value FROM json_each(?))`, list(ids));
}

/** The templates that some apps were published as by a position, or were about to be. */
export function templatesReleasedFrom(db: ReadModel, appIds: readonly string[], position: number): string[] {
  return db
    .all<{ id: string }>(
      'SELECT DISTINCT template_id AS id FROM releases WHERE app_id IN (SELECT value FROM json_each(?)) AND place <= ?',
      list(appIds),
      position,
    )
    .map(({ id }) => id);
}

/** Releases that started and came to no end yet: a restart takes them up again. */
export function unfinishedReleases(db: ReadModel): { readonly id: string; readonly templateId: string }[] {
  return db.all(`SELECT id, template_id AS templateId FROM releases WHERE state = 'SYNCING' ORDER BY place`);
}

export function syncRecordsByReleases(db: ReadModel, releaseIds: readonly string[]): SyncRow[] {
  return db.all<SyncRow>(
    `SELECT release_id AS releaseId, template_component_id AS templateComponentId, key, previous_key AS previousKey, change, state,
       before_digest AS beforeDigest, after_digest AS afterDigest, synced_at AS syncedAt, error
     FROM sync_records WHERE release_id IN (SELECT value FROM json_each(?)) ORDER BY release_id, place`,
    list(releaseIds),
  );
}
