import { reportComponentUpgrade, digestsToReport } from '../../src/domain/app/decide-report.js';
import { retryUpgrade } from '../../src/domain/app/decide-retry.js';
import { digestsToSettle, expireUpgrade, settleUpgrade } from '../../src/domain/app/decide-settle.js';
import { updateComponent, removeComponent } from '../../src/domain/app/decide.js';
import type { AppEvent } from '../../src/domain/app/events.js';
import type { Decision } from '../../src/domain/decision.js';
import type { ComponentId } from '../../src/domain/ids.js';
import type { JsonObject } from '../../src/domain/json.js';
import { pendingIn } from '../../src/domain/upgrade/pending.js';
import type { UpgradeRun } from '../../src/domain/upgrade/running.js';
import { appId, installationId, installed, Scenario, upgradeId } from './scenario.js';

export type Decide = (view: Scenario['view'], contents: Scenario['contents']) => Decision<AppEvent>;
type Outcome = 'COMPLETED' | 'FAILED';

/** Upgrades of scenarios start at this instant. */
export const START = '2026-01-01T00:00:00.000Z';
export const at = (seconds: number): string => new Date(Date.parse(START) + seconds * 1000).toISOString();

/** The app's upgrades are carried out by an integration from now on. */
export const external = (scenario: Scenario): Scenario =>
  scenario.given({ type: 'AppChanged', data: { appId, target: 'EXTERNAL', set: [], unset: [] } });

export function report(id: string, state: Outcome | 'RUNNING' = 'COMPLETED', more: { message?: string; now?: string } = {}): Decide {
  const command = { upgradeId, componentId: installed(id), state, now: START, ...more };
  return (view, contents) => reportComponentUpgrade(command, view, contents.only(digestsToReport(command, view)));
}

export const retry =
  (now = START, seconds?: number): Decide =>
  (view) =>
    retryUpgrade({ upgradeId, lease: { now, seconds } }, view);

export function settle(outcome: Outcome | undefined, components: Readonly<Record<string, Outcome>> = {}, reason?: string): Decide {
  const named = new Map<ComponentId, Outcome>(Object.entries(components).map(([id, each]) => [installed(id), each]));
  const command = { upgradeId, outcome, components: named, reason };
  return (view, contents) => settleUpgrade(command, view, contents.only(digestsToSettle(command, view)));
}

export const expire =
  (now: string): Decide =>
  (view) =>
    expireUpgrade(upgradeId, now, view);

export const edit =
  (componentId: ComponentId, set: JsonObject): Decide =>
  (view, contents) =>
    updateComponent({ componentId, edit: { set, unset: [] } }, view, contents);

export const remove =
  (componentId: ComponentId): Decide =>
  (view) =>
    removeComponent(componentId, view);

export function runOf(scenario: Scenario): UpgradeRun {
  const run = scenario.view.state.installations.get(installationId)?.run;
  if (!run) throw new Error('no integration carries out an upgrade');
  return run;
}

export const standing = (scenario: Scenario): { version: string | undefined; pending: string[] } => ({
  version: scenario.view.state.installations.get(installationId)?.version,
  pending: pendingIn(scenario.view, installationId).map(({ key, action }) => `${action} ${key}`),
});
