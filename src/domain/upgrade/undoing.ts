import { Refusal } from '../errors.js';
import type { UpgradeId } from '../ids.js';
import { standingFrom, type Run, type UpgradeRuns } from './runs.js';

/** What a rollback undoes. */
export interface Undoing {
  /** The run that is undone, and all later ones of its installation, oldest first: what happened between then and now. */
  readonly runs: readonly [Run, ...Run[]];
  /** Those that are rolled back by it, oldest first. One that was undone before is not among them. */
  readonly undone: readonly Run[];
  /** Those that are no longer rolled back, since what had undone them is undone. */
  readonly reinstated: readonly Run[];
}

/**
 * What undoing a run undoes: it and everything after it, so that the installation is as it was before it.
 * @throws Refusal NOT_FOUND, UPGRADE_RUNNING while a run of the installation is not over, ALREADY_ROLLED_BACK.
 */
export function undoing(upgradeId: UpgradeId, runs: UpgradeRuns): Undoing {
  const asked = runs.get(upgradeId);
  if (!asked) throw new Refusal('NOT_FOUND', `the app has no upgrade ${upgradeId}`, { upgradeId });
  const all = runs.of(asked.installationId);
  const running = all.find(({ ended }) => ended === undefined);
  if (running) {
    const message = `upgrade ${running.upgradeId} is not over: wait until it is, or say how it came out (settleUpgrade), then roll back`;
    throw new Refusal('UPGRADE_RUNNING', message, { upgradeId: running.upgradeId });
  }
  const standing = runs.standing(asked.installationId);
  if (asked.failed) {
    throw new Refusal('ALREADY_ROLLED_BACK', `upgrade ${upgradeId} failed, and moved nothing: there is nothing to roll back`, {
      upgradeId,
    });
  }
  if (!standing.some((run) => run.upgradeId === upgradeId)) {
    throw new Refusal('ALREADY_ROLLED_BACK', `upgrade ${upgradeId} is rolled back already: to bring it back, roll back that rollback`, {
      upgradeId,
    });
  }
  const then = standingFrom(asked.before);
  return {
    runs: [asked, ...all.filter(({ started }) => started > asked.started)],
    undone: without(standing, then),
    reinstated: without(then, standing),
  };
}

/** Oldest first. */
function without(runs: readonly Run[], others: readonly Run[]): Run[] {
  const ids = new Set(others.map(({ upgradeId }) => upgradeId));
  return runs.filter(({ upgradeId }) => !ids.has(upgradeId)).reverse();
}
