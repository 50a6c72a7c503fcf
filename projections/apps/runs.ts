import type { AppEvent } from '../../src/domain/app/events.js';
import type { ReadModel } from '../../src/projector/projection.js';
import { list } from '../page.js';

/** An upgrade that an integration carries out, and that is not over. */
export interface RunRow {
  readonly installationId: string;
  readonly upgradeId: string;
  readonly fromVersion: string;
  readonly toVersion: string;
  readonly status: 'RUNNING' | 'UNKNOWN';
  readonly leaseSeconds: number;
  readonly leaseUntil: string;
  readonly whole: number;
  readonly manifest: string;
  /** JSON, as `UpgradeStarted` has it. */
  readonly content: string | null;
  readonly followers: string;
}

export interface RunStepRow {
  readonly installationId: string;
  readonly templateComponentId: string;
  /** JSON, as `UpgradeStarted` has it. */
  readonly step: string;
  readonly state: 'RUNNING' | 'COMPLETED' | 'FAILED' | null;
  readonly message: string | null;
}

export function openRuns(db: ReadModel, installationIds: readonly string[]): RunRow[] {
  return db.all<RunRow>(
    `SELECT installation_id AS installationId, upgrade_id AS upgradeId, from_version AS fromVersion, to_version AS toVersion, status,
       lease_seconds AS leaseSeconds, lease_until AS leaseUntil, whole, manifest, content, followers
     FROM runs WHERE status <> 'ENDED' AND installation_id IN (SELECT value FROM json_each(?))`,
    list(installationIds),
  );
}

export function runSteps(db: ReadModel, installationIds: readonly string[]): RunStepRow[] {
  return db.all<RunStepRow>(
    `SELECT installation_id AS installationId, template_component_id AS templateComponentId, step, state, message FROM run_steps
     WHERE installation_id IN (SELECT value FROM json_each(?)) ORDER BY installation_id, place`,
    list(installationIds),
  );
}

type DataOf<Name extends AppEvent['type']> = Extract<AppEvent, { type: Name }>['data'];

/** What came before is over for good. */
export function startRun(db: ReadModel, { installationId, upgradeId, fromVersion, toVersion, external }: DataOf<'UpgradeStarted'>): void {
  dropRun(db, installationId);
  if (!external) return;
  const { leaseSeconds, leaseUntil, whole, manifest, content, followers, steps } = external;
  db.run(
    `INSERT INTO runs (installation_id, upgrade_id, from_version, to_version, status, lease_seconds, lease_until, whole, manifest, content, followers)
     VALUES (?, ?, ?, ?, 'RUNNING', ?, ?, ?, ?, ?, ?)`,
    installationId,
    upgradeId,
    fromVersion,
    toVersion,
    leaseSeconds,
    leaseUntil,
    whole ? 1 : 0,
    manifest,
    content ? JSON.stringify(content) : null,
    JSON.stringify(followers),
  );
  for (const [place, step] of steps.entries()) {
    db.run(
      'INSERT INTO run_steps (installation_id, template_component_id, step, place) VALUES (?, ?, ?, ?)',
      installationId,
      step.templateComponentId,
      JSON.stringify(step),
      place,
    );
  }
}

/** A report, which also tells that the integration is there. */
export function reportStep(
  db: ReadModel,
  {
    installationId,
    templateComponentId,
    message,
    leaseUntil,
  }: Pick<DataOf<'ComponentUpgraded'>, 'installationId' | 'templateComponentId' | 'message' | 'leaseUntil'>,
  state: 'RUNNING' | 'COMPLETED' | 'FAILED',
): void {
  if (templateComponentId) {
    const sql = 'UPDATE run_steps SET state = ?, message = ? WHERE installation_id = ? AND template_component_id = ?';
    db.run(sql, state, message ?? null, installationId, templateComponentId);
  }
  if (leaseUntil === undefined) return;
  db.run(`UPDATE runs SET status = 'RUNNING', lease_until = ? WHERE installation_id = ?`, leaseUntil, installationId);
}

export function setRunStatus(db: ReadModel, installationId: string, status: 'UNKNOWN' | 'ENDED'): void {
  db.run('UPDATE runs SET status = ? WHERE installation_id = ?', status, installationId);
}

export function retryRun(db: ReadModel, { installationId, leaseSeconds, leaseUntil, components }: DataOf<'UpgradeRetried'>): void {
  const sql = `UPDATE runs SET status = 'RUNNING', lease_seconds = ?, lease_until = ? WHERE installation_id = ?`;
  db.run(sql, leaseSeconds, leaseUntil, installationId);
  db.run(
    `UPDATE run_steps SET state = NULL, message = NULL
     WHERE installation_id = ? AND template_component_id IN (SELECT value FROM json_each(?))`,
    installationId,
    list(components),
  );
}

export function dropRun(db: ReadModel, installationId: string): void {
  db.run('DELETE FROM runs WHERE installation_id = ?', installationId);
  db.run('DELETE FROM run_steps WHERE installation_id = ?', installationId);
}
