import { readFileSync } from 'node:fs';
import type { AppEvent } from '../../src/domain/app/events.js';
import type { UpgradeStep } from '../../src/domain/app/upgrade-events.js';
import { installedComponentId } from '../../src/domain/ids.js';
import { isReportable } from '../../src/domain/upgrade/running.js';
import type { Projection, ReadModel } from '../../src/projector/projection.js';
import type { RecordedEvent } from '../../src/store/event-store.js';
import { list } from '../page.js';
import { handle, type Handlers } from '../typed-event.js';

/** Upgrade records: who, when, from, to, and what became of each component. They outlive the app. */
export const upgradesProjection: Projection = {
  name: 'upgrades',
  readBack: true,
  version: 4,
  tables: readFileSync(new URL('./table.sql', import.meta.url), 'utf8'),
  apply(event, db) {
    handle(handlers, event, db);
  },
};

const handlers: Handlers = {
  UpgradeStarted(data, event, db) {
    const { upgradeId, installationId, external } = data;
    start(db, 'UPGRADE', data, event);
    const steps = (external?.steps ?? []).filter(isReportable);
    for (const [n, step] of steps.entries()) {
      const componentId = installedComponentId(installationId, step.templateComponentId);
      // Before whatever is recorded later, in the order of the plan.
      addComponent(db, upgradeId, { ...step, componentId }, { state: 'RUNNING', place: n - steps.length });
    }
  },
  RollbackStarted(data, event, db) {
    start(db, 'ROLLBACK', data, event);
  },
  ComponentUpgraded(data, { position, recordedAt }, db) {
    addComponent(db, data.upgradeId, data, { state: 'COMPLETED', place: position, message: data.message, reportedAt: recordedAt });
    extendLease(db, data);
  },
  ComponentUpgradeFailed(data, { recordedAt }, db) {
    report(db, data, 'FAILED', recordedAt);
  },
  ComponentUpgradeProgressed(data, { recordedAt }, db) {
    report(db, data, 'RUNNING', recordedAt);
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
  UpgradeFailed({ upgradeId }, { recordedAt }, db) {
    finish(db, upgradeId, 'FAILED', recordedAt);
  },
  UpgradeOutcomeUnknown({ upgradeId }, _event, db) {
    db.run(`UPDATE upgrades SET state = 'UNKNOWN' WHERE id = ?`, upgradeId);
  },
  UpgradeRetried({ upgradeId, components, leaseUntil }, _event, db) {
    db.run(`UPDATE upgrades SET state = 'RUNNING', finished_at = NULL, lease_until = ? WHERE id = ?`, leaseUntil, upgradeId);
    db.run(
      `UPDATE upgrade_components SET state = 'RUNNING', message = NULL, reported_at = NULL
       WHERE upgrade_id = ? AND part IN (SELECT value FROM json_each(?))`,
      upgradeId,
      list(components),
    );
  },
};

type Started = Extract<AppEvent, { type: 'UpgradeStarted' | 'RollbackStarted' }>['data'];

function start(db: ReadModel, kind: string, data: Started, { recordedAt, position, metadata: { actor } }: RecordedEvent): void {
  db.run(
    `INSERT INTO upgrades (id, kind, app_id, installation_id, template_id, from_version, to_version, state, started_at, lease_until, actor_id,
       actor_kind, reason, policy, resolutions, place) VALUES (?, ?, ?, ?, ?, ?, ?, 'RUNNING', ?, ?, ?, ?, ?, ?, ?, ?)`,
    data.upgradeId,
    kind,
    data.appId,
    data.installationId,
    data.templateId,
    data.fromVersion,
    data.toVersion,
    recordedAt,
    'external' in data ? (data.external?.leaseUntil ?? null) : null,
    actor.id,
    actor.kind,
    data.reason ?? null,
    data.policy,
    JSON.stringify(data.resolutions),
    position,
  );
}

interface ComponentState {
  readonly state: 'RUNNING' | 'COMPLETED';
  readonly place: number;
  readonly message?: string | undefined;
  /** ISO 8601; kept of a component that the upgrade began with. */
  readonly reportedAt?: string;
}

/** A component of the record, or what became of it where it is there. */
function addComponent(
  db: ReadModel,
  upgradeId: string,
  step: Omit<UpgradeStep, 'templateComponentId'> & { readonly templateComponentId?: string; readonly componentId?: string },
  { state, place, message, reportedAt }: ComponentState,
): void {
  db.run(
    `INSERT INTO upgrade_components (upgrade_id, part, place, component_id, template_component_id, key, previous_key, action, base, base_patch, target,
       target_patch, unrelated, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET state = excluded.state, target_patch = excluded.target_patch, message = ?, reported_at = ?`,
    upgradeId,
    step.templateComponentId ?? '',
    place,
    step.componentId ?? null,
    step.templateComponentId ?? null,
    step.key,
    step.previousKey ?? null,
    step.action,
    step.base ?? null,
    step.basePatch ?? null,
    step.target ?? null,
    step.targetPatch ?? null,
    step.unrelated ? 1 : null,
    state,
    message ?? null,
    reportedAt ?? null,
  );
}

interface Report {
  readonly upgradeId: string;
  readonly templateComponentId: string;
  readonly message?: string;
  readonly leaseUntil?: string;
}

function report(db: ReadModel, data: Report, state: 'RUNNING' | 'FAILED', reportedAt: string): void {
  const sql = 'UPDATE upgrade_components SET state = ?, message = ?, reported_at = ? WHERE upgrade_id = ? AND part = ?';
  db.run(sql, state, data.message ?? null, reportedAt, data.upgradeId, data.templateComponentId);
  extendLease(db, data);
}

/** Who reports is there. */
function extendLease(db: ReadModel, { upgradeId, leaseUntil }: Pick<Report, 'upgradeId' | 'leaseUntil'>): void {
  if (leaseUntil === undefined) return;
  db.run(`UPDATE upgrades SET state = 'RUNNING', lease_until = ? WHERE id = ?`, leaseUntil, upgradeId);
}

function finish(db: ReadModel, upgradeId: string, outcome: string, at: string): void {
  db.run('UPDATE upgrades SET state = ?, outcome = ?, finished_at = ?, lease_until = NULL WHERE id = ?', outcome, outcome, at, upgradeId);
}
