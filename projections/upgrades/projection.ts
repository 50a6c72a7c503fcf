import { readFileSync } from 'node:fs';
import type { Projection, ReadModel } from '../../src/projector/projection.js';
import { handle, type Handlers } from '../typed-event.js';

/** Upgrade records: who, when, from, to, and what became of each component. They outlive the app. */
export const upgradesProjection: Projection = {
  name: 'upgrades',
  readBack: true,
  version: 2,
  tables: readFileSync(new URL('./table.sql', import.meta.url), 'utf8'),
  apply(event, db) {
    handle(handlers, event, db);
  },
};

const handlers: Handlers = {
  UpgradeStarted(data, { recordedAt, position, metadata: { actor } }, db) {
    db.run(
      `INSERT INTO upgrades (id, app_id, installation_id, template_id, from_version, to_version, state, started_at, actor_id, actor_kind, reason, policy,
         resolutions, place) VALUES (?, ?, ?, ?, ?, ?, 'RUNNING', ?, ?, ?, ?, ?, ?, ?)`,
      data.upgradeId,
      data.appId,
      data.installationId,
      data.templateId,
      data.fromVersion,
      data.toVersion,
      recordedAt,
      actor.id,
      actor.kind,
      data.reason ?? null,
      data.policy,
      JSON.stringify(data.resolutions),
      position,
    );
  },
  ComponentUpgraded(data, { position }, db) {
    db.run(
      `INSERT INTO upgrade_components (upgrade_id, place, component_id, template_component_id, key, previous_key, action, base, base_patch, target,
         target_patch, unrelated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      data.upgradeId,
      position,
      data.componentId ?? null,
      data.templateComponentId ?? null,
      data.key,
      data.previousKey ?? null,
      data.action,
      data.base ?? null,
      data.basePatch ?? null,
      data.target ?? null,
      data.targetPatch ?? null,
      data.unrelated ? 1 : null,
    );
  },
  AppUpgraded({ upgradeId }, { recordedAt }, db) {
    finish(db, upgradeId, 'COMPLETED', recordedAt);
  },
  AppPartlyUpgraded({ upgradeId }, { recordedAt }, db) {
    finish(db, upgradeId, 'PARTLY_COMPLETED', recordedAt);
  },
};

function finish(db: ReadModel, upgradeId: string, state: string, at: string): void {
  db.run('UPDATE upgrades SET state = ?, finished_at = ? WHERE id = ?', state, at, upgradeId);
}
