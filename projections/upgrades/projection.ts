import { readFileSync } from 'node:fs';
import type { Projection, ReadModel } from '../../src/projector/projection.js';
import type { AppEvent } from '../../src/domain/app/events.js';
import type { RecordedEvent } from '../../src/store/event-store.js';
import { list } from '../page.js';
import { handle, type Handlers } from '../typed-event.js';

/** Upgrade records: who, when, from, to, and what became of each component. They outlive the app. */
export const upgradesProjection: Projection = {
  name: 'upgrades',
  readBack: true,
  version: 3,
  tables: readFileSync(new URL('./table.sql', import.meta.url), 'utf8'),
  apply(event, db) {
    handle(handlers, event, db);
  },
};

const handlers: Handlers = {
  UpgradeStarted(data, event, db) {
    start(db, 'UPGRADE', data, event);
  },
  RollbackStarted(data, event, db) {
    start(db, 'ROLLBACK', data, event);
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
  AppRolledBack({ upgradeId, undone, reinstated }, { recordedAt }, db) {
    finish(db, upgradeId, 'COMPLETED', recordedAt);
    db.run(`UPDATE upgrades SET state = 'ROLLED_BACK' WHERE id IN (SELECT value FROM json_each(?))`, list(undone));
    db.run(`UPDATE upgrades SET state = outcome WHERE id IN (SELECT value FROM json_each(?))`, list(reinstated));
  },
};

type Started = Extract<AppEvent, { type: 'UpgradeStarted' | 'RollbackStarted' }>['data'];

function start(db: ReadModel, kind: string, data: Started, { recordedAt, position, metadata: { actor } }: RecordedEvent): void {
  db.run(
    `INSERT INTO upgrades (id, kind, app_id, installation_id, template_id, from_version, to_version, state, started_at, actor_id, actor_kind, reason,
       policy, resolutions, place) VALUES (?, ?, ?, ?, ?, ?, ?, 'RUNNING', ?, ?, ?, ?, ?, ?, ?)`,
    data.upgradeId,
    kind,
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
}

function finish(db: ReadModel, upgradeId: string, outcome: string, at: string): void {
  db.run('UPDATE upgrades SET state = ?, outcome = ?, finished_at = ? WHERE id = ?', outcome, outcome, at, upgradeId);
}
