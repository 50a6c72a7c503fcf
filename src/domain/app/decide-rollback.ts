import type { Decision } from '../decision.js';
import type { UpgradeId } from '../ids.js';
import type { Run } from '../upgrade/runs.js';
import { compareVersions, requireVersion } from '../version.js';
import { applyPlan } from './apply-plan.js';
import type { RollBackUpgrade } from './commands.js';
import type { AppEvent } from './events.js';
import type { AppView } from './state.js';

/**
 * Puts an installation back as planned. It is kept from the versions of the upgrades that are undone, where they are larger than the one that it comes
 * to stand at, and no longer from those of upgrades that are there again.
 */
export function rollBackUpgrade(command: RollBackUpgrade, view: AppView): Decision<AppEvent> {
  const { rollsBack, pendingVersion, reason, plan } = command;
  const { undone, reinstated } = command.undoing;
  const undoneIds = idsOf(undone);
  const floor = requireVersion(plan.toVersion);
  const held = versionsOf(undone).filter((version) => compareVersions(requireVersion(version), floor) > 0);
  const back = new Set(versionsOf(reinstated));
  const released = [...(view.state.installations.get(plan.installationId)?.holds.keys() ?? [])].filter((version) => back.has(version));
  return applyPlan(command, view, {
    lease: undefined,
    started: (data) => ({ type: 'RollbackStarted', data: { ...data, rollsBack, undoes: undoneIds } }),
    ended: (data) => ({
      type: 'AppRolledBack',
      data: {
        ...data,
        ...(pendingVersion !== undefined && { pendingVersion }),
        undone: undoneIds,
        reinstated: idsOf(reinstated),
        held,
        released: released.filter((version) => !held.includes(version)),
        ...(reason !== undefined && { reason }),
      },
    }),
  });
}

/** The versions that the upgrades among some runs went to. */
function versionsOf(runs: readonly Run[]): string[] {
  return [...new Set(runs.flatMap(({ kind, toVersion }) => (kind === 'UPGRADE' ? [toVersion] : [])))];
}

function idsOf(runs: readonly Run[]): UpgradeId[] {
  return runs.map(({ upgradeId }) => upgradeId);
}
