import { readFileSync } from 'node:fs';
import { changeOf } from '../../src/domain/compare/compare-manifests.js';
import type { Manifest } from '../../src/domain/template/manifest.js';
import { DEFAULT_VISIBILITY } from '../../src/domain/template/evolve.js';
import { withDifference, type ManifestDifference } from '../../src/domain/template/state.js';
import { requireVersion, versionSortKey } from '../../src/domain/version.js';
import type { Projection, ReadModel } from '../../src/projector/projection.js';
import type { RecordedEvent } from '../../src/store/event-store.js';
import { handle, type Handlers } from '../typed-event.js';
import { manifestsOf, SNAPSHOT_EVERY, toSnapshot } from './manifests.js';
import type { VersionRow } from './queries.js';

/** Templates, their releases and versions, and the synchronization records of releases (of what changed; the rest follows from manifests). */
export const templatesProjection: Projection = {
  name: 'templates',
  readBack: true,
  version: 5,
  tables: readFileSync(new URL('./table.sql', import.meta.url), 'utf8'),
  apply(event, db) {
    handle(handlers, event, db);
  },
};

const handlers: Handlers = {
  TemplateCreated({ templateId, name, team, sourceAppId, visibility = DEFAULT_VISIBILITY }, { recordedAt }, db) {
    const sql = 'INSERT INTO templates (id, name, team, visibility, source_app_id, created_at) VALUES (?, ?, ?, ?, ?, ?)';
    db.run(sql, templateId, name, team, visibility, sourceAppId, recordedAt);
  },
  TemplateChanged({ templateId, visibility }, _event, db) {
    if (visibility) db.run('UPDATE templates SET visibility = ? WHERE id = ?', visibility, templateId);
  },
  ReleaseStarted(data, event, db) {
    const parent = data.basedOn === null ? undefined : versionAt(db, data.templateId, data.basedOn);
    const before = parent && manifestsOf(db, [parent.id]).get(parent.id);
    const after = withDifference(before, data.difference);
    const depth = (parent?.depth ?? -1) + 1;
    db.run(
      `INSERT INTO releases (id, template_id, app_id, version, sort_key, based_on, upgrade_from, parent_id, depth, difference, snapshot, alias, notes, state,
         started_at, actor_id, actor_kind, place) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'SYNCING', ?, ?, ?, ?)`,
      data.releaseId,
      data.templateId,
      data.sourceAppId,
      data.version,
      versionSortKey(requireVersion(data.version)),
      data.basedOn,
      data.upgradeFrom ?? null,
      parent?.id ?? null,
      depth,
      JSON.stringify(data.difference),
      depth % SNAPSHOT_EVERY === 0 ? toSnapshot(after) : null,
      data.alias ?? null,
      data.notes ?? null,
      event.recordedAt,
      event.metadata.actor.id,
      event.metadata.actor.kind,
      event.position,
    );
    insertSyncRecords(db, event, data.releaseId, before, data.difference);
  },
  ComponentSynced({ releaseId, templateComponentId }, { recordedAt }, db) {
    setSyncState(db, releaseId, templateComponentId, 'SYNCED', recordedAt, null);
    failOnceChecked(db, releaseId, recordedAt);
  },
  ComponentSyncFailed({ releaseId, templateComponentId, error }, { recordedAt }, db) {
    setSyncState(db, releaseId, templateComponentId, 'FAILED', null, error);
    failOnceChecked(db, releaseId, recordedAt);
  },
  ReleaseRetried({ releaseId }, _event, db) {
    db.run(`UPDATE releases SET state = 'SYNCING', finished_at = NULL WHERE id = ?`, releaseId);
    db.run(`UPDATE sync_records SET state = 'PENDING', error = NULL WHERE release_id = ? AND state = 'FAILED'`, releaseId);
  },
  ReleaseCancelled({ releaseId }, { recordedAt }, db) {
    db.run(`UPDATE releases SET state = 'CANCELLED', finished_at = ? WHERE id = ?`, recordedAt, releaseId);
  },
  TemplatePublished({ releaseId, manifest }, { recordedAt, metadata: { actor } }, db) {
    db.run(
      `UPDATE releases SET state = 'PUBLISHED', version_state = 'PUBLISHED', finished_at = ?, manifest = ?, published_by_id = ?, published_by_kind = ? WHERE id = ?`,
      recordedAt,
      manifest,
      actor.id,
      actor.kind,
      releaseId,
    );
  },
  VersionDeprecated(data, _event, db) {
    setVersionState(db, data, 'DEPRECATED', data.reason);
  },
  VersionWithdrawn(data, _event, db) {
    setVersionState(db, data, 'WITHDRAWN', data.reason);
  },
  VersionRestored(data, _event, db) {
    setVersionState(db, data, 'PUBLISHED', undefined);
  },
};

type OfVersion = Readonly<Record<'templateId' | 'version', string>>;

function setVersionState(db: ReadModel, of: OfVersion, state: VersionRow['state'], reason: string | undefined): void {
  const id = versionAt(db, of.templateId, of.version)?.id ?? null;
  db.run('UPDATE releases SET version_state = ?, state_reason = ? WHERE id = ?', state, reason ?? null, id);
}

function versionAt(db: ReadModel, templateId: string, label: string): { id: string; depth: number } | undefined {
  const sql = `SELECT id, depth FROM releases WHERE template_id = ? AND sort_key = ? AND state = 'PUBLISHED'`;
  return db.get(sql, templateId, versionSortKey(requireVersion(label)));
}

function insertSyncRecords(
  db: ReadModel,
  { recordedAt }: RecordedEvent,
  releaseId: string,
  before: Manifest | undefined,
  { set, removed }: ManifestDifference,
): void {
  const changed = set.map((entry) => [before?.components.get(entry.templateComponentId), entry] as const);
  const gone = removed.map((id) => [before?.components.get(id), undefined] as const);
  [...changed, ...gone].forEach(([old, now], place) => {
    const change = changeOf(old, now);
    const entry = now ?? old;
    if (!entry || change === 'UNCHANGED') return;
    db.run(
      `INSERT INTO sync_records (release_id, template_component_id, key, previous_key, change, state, before_digest, after_digest, synced_at, place)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      releaseId,
      entry.templateComponentId,
      entry.key,
      change === 'RENAMED' ? (old?.key ?? null) : null,
      change,
      change === 'REMOVED' ? 'SYNCED' : 'PENDING',
      old?.digest ?? null,
      now?.digest ?? null,
      change === 'REMOVED' ? recordedAt : null,
      place,
    );
  });
}

function setSyncState(db: ReadModel, releaseId: string, id: string, state: string, syncedAt: string | null, error: string | null): void {
  const sql = 'UPDATE sync_records SET state = ?, synced_at = ?, error = ? WHERE release_id = ? AND template_component_id = ?';
  db.run(sql, state, syncedAt, error, releaseId, id);
}

/** A release has failed when all its components are checked and any of them failed. */
function failOnceChecked(db: ReadModel, releaseId: string, recordedAt: string): void {
  db.run(
    `UPDATE releases SET state = 'FAILED', finished_at = ? WHERE id = ?
     AND EXISTS (SELECT 1 FROM sync_records WHERE release_id = releases.id AND state = 'FAILED')
     AND NOT EXISTS (SELECT 1 FROM sync_records WHERE release_id = releases.id AND state = 'PENDING')`,
    recordedAt,
    releaseId,
  );
}
