import { Refusal } from '../errors.js';
import type { UpgradeId } from '../ids.js';
import type { AppView } from './state.js';
import type { RunOf } from './upgrade-steps.js';

/**
 * The upgrade that a report, a retry or a settlement is of: running, or the last one of its installation.
 * @throws Refusal UPGRADE_OVER where the app has none such: it was overtaken, or no integration carries it out.
 */
export function findRun(upgradeId: UpgradeId, { state }: AppView): RunOf {
  for (const { installationId, templateId, run } of state.installations.values()) {
    if (run?.upgradeId === upgradeId) return { ids: { appId: state.appId, upgradeId, installationId, templateId }, run };
  }
  const message = `upgrade ${upgradeId} is not one that an integration carries out, or another upgrade or rollback came after it: there is nothing left to do with it`;
  throw new Refusal('UPGRADE_OVER', message, { upgradeId });
}
