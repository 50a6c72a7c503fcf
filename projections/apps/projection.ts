import { readFileSync } from 'node:fs';
import { parseInstalledComponentId } from '../../src/domain/ids.js';
import { requireVersion, versionSortKey } from '../../src/domain/version.js';
import type { Projection, ReadModel } from '../../src/projector/projection.js';
import { handle, type Handlers } from '../typed-event.js';
import { dropRun, reportStep, retryRun, setRunStatus, startRun } from './runs.js';

/**
 * Apps, their own components, their installations, and where these differ from their templates: the same story as `evolveApp`. Rows of apps and
 * installations outlive them, since records name them; lists and views leave out those that are gone.
 */
export const appsProjection: Projection = {
  name: 'apps',
  readBack: true,
  version: 7,
  tables: readFileSync(new URL('./table.sql', import.meta.url), 'utf8'),
  apply(event, db) {
    handle(handlers, event, db);
    if (event.stream.startsWith('app-')) {
      db.run('UPDATE apps SET revision = ? WHERE id = ?', event.revision, event.stream.slice('app-'.length));
    }
  },
};

/** What there is of an installation while it is there. */
const OF_INSTALLATIONS = ['overrides', 'holds', 'runs', 'run_steps'];

const handlers: Handlers = {
  AppCreated({ appId, name, team, target = 'RECORD' }, { revision, recordedAt }, db) {
    const sql = 'INSERT INTO apps (id, name, team, target, revision, created_at) VALUES (?, ?, ?, ?, ?, ?)';
    db.run(sql, appId, name, team, target, revision, recordedAt);
  },
  AppChanged({ appId, name, target, installationId, content, patch }, _event, db) {
    if (name !== undefined) {
      db.run('UPDATE apps SET name = ? WHERE id = ?', name, appId);
      db.run('UPDATE installations SET app_name = ? WHERE app_id = ? AND removed_at IS NULL', name, appId);
    }
    if (target !== undefined) db.run('UPDATE apps SET target = ? WHERE id = ?', target, appId);
    if (installationId) db.run('UPDATE installations SET content_patch = ? WHERE id = ?', patch ?? null, installationId);
    else if (content) db.run('UPDATE apps SET content = ? WHERE id = ?', content, appId);
  },
  AppDeleted({ appId }, { recordedAt }, db) {
    for (const table of OF_INSTALLATIONS) {
      db.run(`DELETE FROM ${table} WHERE installation_id IN (SELECT id FROM installations WHERE app_id = ? AND removed_at IS NULL)`, appId);
    }
    db.run('UPDATE installations SET removed_at = ? WHERE app_id = ? AND removed_at IS NULL', recordedAt, appId);
    db.run('DELETE FROM own_components WHERE app_id = ?', appId);
    db.run('UPDATE apps SET deleted_at = ?, content = NULL WHERE id = ?', recordedAt, appId);
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
    removeComponent(db, componentId, installationId, position);
  },
  ComponentMapped(data, { position }, db) {
    const { componentId, installationId, from, templateComponentId, key, patch, base, version, apart, mapped } = data;
    removeComponent(db, componentId, from && installationId, position);
    if (apart) override(db, installationId, templateComponentId, { kind: 'kept', key, patch, base, version, mapped }, position);
    else if (patch) override(db, installationId, templateComponentId, { kind: 'changed', key, patch }, position);
    else dropOverride(db, installationId, templateComponentId);
  },
  TemplateInstalled({ appId, installationId, templateId, version, keys }, { position }, db) {
    db.run(
      `INSERT INTO installations (id, app_id, template_id, version, sort_key, place, app_name, team)
       SELECT ?, id, ?, ?, ?, ?, name, team FROM apps WHERE id = ?`,
      installationId,
      templateId,
      version,
      versionSortKey(requireVersion(version)),
      position,
      appId,
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
    const { installationId, templateComponentId, key, action, base, target, targetPatch: patch, version, excluded, mapped } = data;
    if (!templateComponentId) {
      db.run('UPDATE installations SET content_patch = ? WHERE id = ?', patch ?? null, installationId);
      return;
    }
    const become = (columns: OverrideColumns): void => override(db, installationId, templateComponentId, columns, position);
    if (action === 'KEEP') {
      const standsAt = version ?? keptAt(db, installationId, templateComponentId);
      become({ kind: 'kept', key, patch, base: target ?? base, version: standsAt, mapped });
    } else if (action === 'REMOVE' && excluded) become({ kind: 'excluded' });
    else if (action === 'REMOVE' && version !== undefined) become({ kind: 'removed', version });
    else if (action !== 'REMOVE' && version !== undefined) become({ kind: 'ahead', key, patch, version });
    else if (action !== 'REMOVE' && patch) become({ kind: 'changed', key, patch });
    else dropOverride(db, installationId, templateComponentId);
  },
  TemplateUninstalled({ installationId }, { recordedAt }, db) {
    for (const table of OF_INSTALLATIONS) db.run(`DELETE FROM ${table} WHERE installation_id = ?`, installationId);
    db.run('UPDATE installations SET removed_at = ? WHERE id = ?', recordedAt, installationId);
  },
  RollbackStarted({ installationId }, _event, db) {
    dropRun(db, installationId);
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
  AppRolledBack({ installationId, toVersion, pendingVersion, reason, held, released }, _event, db) {
    standAt(db, installationId, toVersion, pendingVersion ?? null);
    const there = `installation_id = ? AND kind = 'ahead' AND version = ?`;
    db.run(`DELETE FROM overrides WHERE ${there} AND patch IS NULL`, installationId, toVersion);
    db.run(`UPDATE overrides SET kind = 'changed', version = NULL WHERE ${there}`, installationId, toVersion);
    for (const version of released) release(db, installationId, version);
    for (const version of held) {
      db.run(
        'INSERT OR REPLACE INTO holds (installation_id, version, sort_key, reason) VALUES (?, ?, ?, ?)',
        installationId,
        version,
        versionSortKey(requireVersion(version)),
        reason ?? null,
      );
    }
  },
  HoldReleased({ installationId, version }, _event, db) {
    release(db, installationId, version);
  },
  AppPartlyUpgraded({ installationId, toVersion }, _event, db) {
    db.run('UPDATE installations SET pending_version = ? WHERE id = ?', toVersion, installationId);
    setRunStatus(db, installationId, 'ENDED');
  },
};

function removeComponent(db: ReadModel, componentId: string, installationId: string | undefined, place: number): void {
  if (!installationId) {
    db.run('DELETE FROM own_components WHERE component_id = ?', componentId);
    return;
  }
  const id = templateComponentOf(componentId);
  const pending = pendingIn(db, installationId);
  if (kindOf(db, installationId, id) !== 'kept') override(db, installationId, id, { kind: 'excluded' }, place);
  // The version of the installation may still have what a partial upgrade kept.
  else if (pending !== undefined) override(db, installationId, id, { kind: 'removed', version: pending }, place);
  else dropOverride(db, installationId, id);
}

function standAt(db: ReadModel, installationId: string, version: string, pendingVersion: string | null): void {
  const sortKey = versionSortKey(requireVersion(version));
  const sql = 'UPDATE installations SET version = ?, sort_key = ?, pending_version = ? WHERE id = ?';
  db.run(sql, version, sortKey, pendingVersion, installationId);
}

function release(db: ReadModel, installationId: string, version: string): void {
  db.run('DELETE FROM holds WHERE installation_id = ? AND version = ?', installationId, version);
}

interface OverrideColumns {
  readonly kind: 'excluded' | 'changed' | 'ahead' | 'removed' | 'kept';
  readonly key?: string;
  readonly patch?: string | undefined;
  readonly base?: string | undefined;
  readonly version?: string | undefined;
  readonly mapped?: true | undefined;
}

function override(db: ReadModel, installationId: string, id: string, columns: OverrideColumns, place: number): void {
  db.run(
    `INSERT INTO overrides (installation_id, template_component_id, kind, key, patch, base, version, mapped, place) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET kind = excluded.kind, key = excluded.key, patch = excluded.patch, base = excluded.base, version = excluded.version,
       mapped = excluded.mapped`,
    installationId,
    id,
    columns.kind,
    columns.key ?? null,
    columns.patch ?? null,
    columns.base ?? null,
    columns.version ?? null,
    columns.mapped ? 1 : null,
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

/** The version that a partial upgrade has moved some components to. */
function pendingIn(db: ReadModel, installationId: string): string | undefined {
  const sql = 'SELECT pending_version AS version FROM installations WHERE id = ?';
  return db.get<{ version: string | null }>(sql, installationId)?.version ?? undefined;
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
