import { report } from '../command.js';
import { RefusedError, UsageError } from '../errors.js';
import { OK, type ExitCode } from '../exit-code.js';
import { plain } from '../paint.js';
import { carryOut, type PlanOptions } from './carry-out.js';
import { installationOf, installedApp } from './installed.js';
import type { Remote } from './remote.js';

export interface RollbackOptions extends PlanOptions {
  readonly to?: string;
  readonly upgrade?: string;
  readonly installation?: string;
}

interface Record {
  readonly id: string;
  readonly kind: 'UPGRADE' | 'ROLLBACK';
  readonly state: string;
  readonly fromVersion: string;
  readonly toVersion: string;
  readonly startedAt: string;
}

/** Newest first. */
export const UPGRADE_RECORDS = `query ($id: ID!) { node(id: $id) { ... on Installation {
  upgradeRecords(first: 100) { edges { node { id kind state fromVersion toVersion startedAt } } }
} } }`;

/**
 * Undoes upgrades. Which is said by the version to come back to, or the upgrade; the last one where nothing is said, if somebody is asked: the
 * same command again would undo the one before it.
 */
export async function rollbackCommand(remote: Remote, appText: string, options: RollbackOptions): Promise<ExitCode> {
  const { caller, terminal, json } = remote;
  if (options.to !== undefined && options.upgrade !== undefined) throw new UsageError('give either --to or --upgrade');
  if (options.to === undefined && options.upgrade === undefined && options.yes) {
    throw new UsageError('with --yes, say what to go back to by --to or --upgrade: the same command twice would else go back twice');
  }
  const app = await installedApp(caller, appText);
  const installation = installationOf(app, options.installation);
  const { currentVersion, template } = installation;
  if (options.to === currentVersion && installation.pendingComponents.length === 0) {
    await report(
      terminal,
      json,
      { upgrade: null, currentVersion },
      `"${plain(app.name)}" is at ${template.name} ${currentVersion}: nothing to do.`,
    );
    return OK;
  }
  const { node } = await caller.ask<{ node: { upgradeRecords: { edges: readonly { node: Record }[] } } }>(UPGRADE_RECORDS, {
    id: installation.id,
  });
  const upgrade = toUndo(
    node.upgradeRecords.edges.map((edge) => edge.node),
    options,
  );
  return carryOut(
    remote,
    {
      name: app.name,
      title: `${app.name}: ${template.name} ${currentVersion} → ${upgrade.fromVersion} (rollback)`,
      names: { ours: 'changed here', theirs: `before ${upgrade.toVersion}` },
      request: { kind: 'rollback', appId: app.id, upgradeId: upgrade.id },
    },
    options,
  );
}

/** @throws RefusedError NOT_FOUND, with those that can be undone. */
function toUndo(records: readonly Record[], { to, upgrade }: RollbackOptions): Pick<Record, 'id' | 'fromVersion' | 'toVersion'> {
  const standing = records.filter(({ state }) => state !== 'ROLLED_BACK');
  const meant = standing.find((record) =>
    upgrade !== undefined ? record.id === upgrade : record.kind === 'UPGRADE' && (to === undefined || record.fromVersion === to),
  );
  if (meant) return meant;
  const those = standing.map(
    ({ id, kind, fromVersion, toVersion, startedAt }) => `  ${id}  ${kind.toLowerCase()} ${fromVersion} → ${toVersion}, ${startedAt}`,
  );
  const what = upgrade ?? (to === undefined ? 'an upgrade' : `an upgrade from ${to}`);
  throw new RefusedError('NOT_FOUND', `there is no ${what} to undo here; there are:\n${those.join('\n') || '  none'}`);
}
