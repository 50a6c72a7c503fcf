import type { Decision } from '../decision.js';
import { applyPlan } from './apply-plan.js';
import type { UpgradeApp } from './commands.js';
import type { AppEvent } from './events.js';
import type { AppView } from './state.js';

/** Moves an installation to a version as planned. It stands at the version once nothing is left to do. */
export function upgradeApp(command: UpgradeApp, view: AppView): Decision<AppEvent> {
  const { plan, chosen } = command;
  const pending = plan.pending.map(({ templateComponentId, key, action }) => ({ templateComponentId, key, action }));
  return applyPlan(command, view, {
    lease: command.lease,
    started: (data, external) => ({
      type: 'UpgradeStarted',
      data: { ...data, ...(chosen && { components: [...chosen] }), ...(external && { external }) },
    }),
    ended: (data) => (pending.length === 0 ? { type: 'AppUpgraded', data } : { type: 'AppPartlyUpgraded', data: { ...data, pending } }),
  });
}
