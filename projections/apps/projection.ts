import { readFileSync } from 'node:fs';
import { parseInstalledComponentId } from '../../src/domain/ids.js';
import { requireVersion, versionSortKey } from '../../src/domain/version.js';
import type { Projection, ReadModel } from '../../src/projector/projection.js';
import { handle, type Handlers } from '../typed-event.js';
import { dropRun, reportStep, retryRun, setRunStatus, startRun } from './runs.js';

/** Apps, their own components, their installations, and where these differ from their templates: the same story as `evolveApp`. */
export const appsProjection: Projection = {
  name: 'apps',
  readBack: true,
  version: 4,
  tables: readFileSync(new URL('./table.sql', import.meta.url), 'utf8'),
  apply(event, db) {
    handle(handlers, event, db);
    if (event.stream.startsWith('app-')) {
      db.run('UPDATE apps SET revision = ? WHERE id = ?', event.revision, event.stream.slice('app-'.length));
    }
  },
};

const handlers: Handlers = {
  AppCreated({ appId, name, team, target = 'RECORD' }, { revision, recordedAt }, db) {
    const sql = 'INSERT INTO apps (id, name, team, target, revision, created_at) VALUES (?, ?, ?, ?, ?, ?)';
    db.run(sql, appId, name, team, target, revision, recordedAt);
  },
  AppChanged({ appId, name, target, installationId, content, patch }, _event, db) {
    if (name !== undefined) db.run('UPDATE apps SET name = ? WHERE id = ?', name, appId);
    if (target !== undefined) db.run('UPDATE apps SET target = ? WHERE id = ?', target, appId);
    if (installationId) db.run('UPDATE installations SET content_patch = ? WHERE id = ?', patch ?? null, installationId);
    else if (content) db.run('UPDATE apps SET content = ? WHERE id = ?', content, appId);
  },
  AppDeleted({ appId }, _event, db) {
    for (const table of ['overrides', 'runs', 'run_steps']) {
      db.run(`DELETE FROM ${table} WHERE installation_id IN (SELECT id FROM installations WHERE app_id = ?)`, appId);
    }
    db.run('DELETE FROM installations WHERE app_id = ?', appId);
    db.run('DELETE FROM own_components WHERE app_id = ?', appId);
    db.run('DELETE FROM apps WHERE id = ?', appId);
  },
  ComponentAdded({ appId, componentId, key, digest }, { position }, db) {
    db.run(
      'INSERT INTO own_components (component_id, app_id, key, digest, place) VALUES (?, ?, ?, ?, ?)',
      componentId,
      appId,
      key,
      digest,
      position,
    );
  },
  ComponentChanged({ componentId, installationId, key, digest, patch }, { position }, db) {
    if (!installationId) {
      db.run('UPDATE own_components SET key = ?, digest = ? WHERE component_id = ?', key, digest, componentId);
      return;
    }
    const id = templateComponentOf(componentId);
    const kind = kindOf(db, installationId, id);
    if (kind === 'kept' || kind === 'ahead') {
      db.run(
        'UPDATE overrides SET key = ?, patch = ? WHERE installation_id = ? AND template_component_id = ?',
        key,
        patch ?? null,
        installationId,
        id,
      );
    } else if (patch) override(db, installationId, id, { kind: 'changed', key, patch }, position);
    else dropOverride(db, installationId, id);
  },
  ComponentRemoved({ componentId, installationId }, { position }, db) {
    if (!installationId) {
      db.run('DELETE FROM own_components WHERE component_id = ?', componentId);
      return;
    }
    const id = templateComponentOf(componentId);
    if (kindOf(db, installationId, id) === 'kept') dropOverride(db, installationId, id);
    else override(db, installationId, id, { kind: 'excluded' }, position);
  },
  TemplateInstalled({ appId, installationId, templateId, version, keys }, { position }, db) {
    db.run(
      'INSERT INTO installations (id, app_id, template_id, version, sort_key, place) VALUES (?, ?, ?, ?, ?, ?)',
      installationId,
      appId,
      templateId,
      version,
      versionSortKey(requireVersion(version)),
      position,
    );
    for (const { templateComponentId, key, patch } of keys) {
      override(db, installationId, templateComponentId, { kind: 'changed', key, patch }, position);
    }
  },
  UpgradeStarted(data, _event, db) {
    startRun(db, data);
  },
  ComponentUpgraded(data, { position }, db) {
    reportStep(db, data, 'COMPLETED');
    const { installationId, templateComponentId, key, action, base, target, targetPatch: patch, version, excluded } = data;
    if (!templateComponentId) {
      db.run('UPDATE installations SET content_patch = ? WHERE id = ?', patch ?? null, installationId);
      return;
    }
    const become = (columns: OverrideColumns): void => override(db, installationId, templateComponentId, columns, position);
    if (action === 'KEEP') {
      const standsAt = version ?? keptAt(db, installationId, templateComponentId);
      become({ kind: 'kept', key, patch, base: target ?? base, version: standsAt });
    } else if (action === 'REMOVE' && excluded) become({ kind: 'excluded' });
    else if (action === 'REMOVE' && version !== undefined) become({ kind: 'removed', version });
    else if (action !== 'REMOVE' && version !== undefined) become({ kind: 'ahead', key, patch, version });
    else if (action !== 'REMOVE' && patch) become({ kind: 'changed', key, patch });
    else dropOverride(db, installationId, templateComponentId);
  },
  ComponentUpgradeFailed(data, _event, db) {
    reportStep(db, data, 'FAILED');
  },
  ComponentUpgradeProgressed(data, _event, db) {
    reportStep(db, data, 'RUNNING');
  },
  UpgradeFailed({ installationId }, _event, db) {
    setRunStatus(db, installationId, 'ENDED');
  },
  UpgradeOutcomeUnknown({ installationId }, _event, db) {
    setRunStatus(db, installationId, 'UNKNOWN');
  },
  UpgradeRetried(data, _event, db) {
    retryRun(db, data);
  },
  AppUpgraded({ installationId, toVersion }, _event, db) {
    dropRun(db, installationId);
    standAt(db, installationId, toVersion, null);
    db.run(`DELETE FROM overrides WHERE installation_id = ? AND (kind = 'removed' OR kind = 'ahead' AND patch IS NULL)`, installationId);
    db.run(`UPDATE overrides SET kind = 'changed', version = NULL WHERE installation_id = ? AND kind = 'ahead'`, installationId);
  },
  AppPartlyUpgraded({ installationId, toVersion }, _event, db) {
    db.run('UPDATE installations SET pending_version = ? WHERE id = ?', toVersion, installationId);
    setRunStatus(db, installationId, 'ENDED');
  },
};

function standAt(db: ReadModel, installationId: string, version: string, pendingVersion: string | null): void {
  const sortKey = versionSortKey(requireVersion(version));
  const sql = 'UPDATE installations SET version = ?, sort_key = ?, pending_version = ? WHERE id = ?';
  db.run(sql, version, sortKey, pendingVersion, installationId);
}

interface OverrideColumns {
  readonly kind: 'excluded' | 'changed' | 'ahead' | 'removed' | 'kept';
  readonly key?: string;
  readonly patch?: string | undefined;
  readonly base?: string | undefined;
  readonly version?: string | undefined;
}

function override(db: ReadModel, installationId: string, id: string, columns: OverrideColumns, place: number): void {
  db.run(
    `INSERT INTO overrides (installation_id, template_component_id, kind, key, patch, base, version, place) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET kind = excluded.kind, key = excluded.key, patch = excluded.patch, base = excluded.base, version = excluded.version`,
    installationId,
    id,
    columns.kind,
    columns.key ?? null,
    columns.patch ?? null,
    columns.base ?? null,
    columns.version ?? null,
    place,
  );
}

function dropOverride(db: ReadModel, installationId: string, id: string): void {
  db.run('DELETE FROM overrides WHERE installation_id = ? AND template_component_id = ?', installationId, id);
}

/** The version that a kept component stands at: that of the installation when it was first kept. */
function keptAt(db: ReadModel, installationId: string, id: string): string | undefined {
  const sql = `SELECT coalesce((SELECT version FROM overrides WHERE installation_id = installations.id AND template_component_id = ? AND kind = 'kept'),
    version) AS version FROM installations WHERE id = ?`;
  return db.get<{ version: string }>(sql, id, installationId)?.version;
}

function kindOf(db: ReadModel, installationId: string, id: string): string | undefined {
  const sql = 'SELECT kind FROM overrides WHERE installation_id = ? AND template_component_id = ?';
  return db.get<{ kind: string }>(sql, installationId, id)?.kind;
}

function templateComponentOf(componentId: string): string {
  const parsed = parseInstalledComponentId(componentId);
  if (!parsed) throw new Error(`${componentId} is not an installed component`);
  return parsed.templateComponentId;
}
