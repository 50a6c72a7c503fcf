import { accept, refuse, type Decision } from '../decision.js';
import { installedComponentId, type Digest } from '../ids.js';
import { installedOf } from '../upgrade/installed-of.js';
import type { UpgradePlan } from '../upgrade/plan.js';
import { isReportable } from '../upgrade/running.js';
import { requireFree } from './change-definition.js';
import type { Lease } from './commands.js';
import type { AppEvent } from './events.js';
import type { ExternalRun, UpgradeStep } from './upgrade-events.js';
import { DEFAULT_LEASE_SECONDS, leaseUntil } from './lease.js';
import type { AppView } from './state.js';
import { componentUpgraded, contentUpgraded, stepsOf, type UpgradeIds } from './upgrade-steps.js';
import { upgradeRunning } from './under-way.js';

/** A plan that was accepted. */
export interface CarryOut {
  readonly ids: UpgradeIds;
  readonly plan: UpgradePlan;
  /** Names the content of the version. */
  readonly manifest: Digest;
  /** Undefined where it is done at once, whoever the app's target is. */
  readonly lease: Lease | undefined;
  /** The first event; with what there is to do, where an integration does it. */
  readonly started: (external: ExternalRun | undefined) => AppEvent;
  /** The last one, where nobody but the record carries it out. */
  readonly ended: AppEvent;
}

/**
 * Carries a plan out: all in one append, where the app's target is the record, or where there is nothing that an integration could do. Otherwise it
 * only starts, and holds what it changes until an integration has reported every component (`recordOutcomes`).
 * @throws Refusal UPGRADE_RUNNING where another upgrade that is under way holds what it would change.
 */
export function carryOut(command: CarryOut, view: AppView): Decision<AppEvent> {
  const { ids, plan, lease } = command;
  const { components: steps, content, contents } = stepsOf(plan);
  const isExternal = view.state.target === 'EXTERNAL';
  if (lease?.seconds !== undefined && !isExternal) {
    const message = 'leaseSeconds: an upgrade of this app is done once it is recorded, since its target is RECORD: leave leaseSeconds out';
    return refuse('BAD_USER_INPUT', message, { path: 'leaseSeconds' });
  }
  requireHeldByNobody(steps, ids, view);
  if (lease && isExternal && steps.some(isReportable)) {
    const refusal = refusePassedKeys(steps, ids, view);
    return refusal ?? accept([command.started(externalRun(command, lease, steps, content))], contents);
  }
  return accept(
    [
      command.started(undefined),
      ...steps.map((step) => componentUpgraded(ids, step)),
      ...(content ? [contentUpgraded(ids, content)] : []),
      ...plan.followers.map(({ change }) => change.event),
      command.ended,
    ],
    [...contents, ...plan.followers.flatMap(({ change }) => change.contents)],
  );
}

function externalRun(
  { plan, manifest }: CarryOut,
  lease: Lease,
  steps: readonly UpgradeStep[],
  content: ExternalRun['content'],
): ExternalRun {
  const leaseSeconds = lease.seconds ?? DEFAULT_LEASE_SECONDS;
  return {
    leaseSeconds,
    leaseUntil: leaseUntil(lease.now, leaseSeconds),
    whole: plan.pending.length === 0,
    manifest,
    steps: [...steps],
    ...(content && { content }),
    followers: plan.followers.map(({ componentId }) => componentId),
  };
}

/** @throws Refusal UPGRADE_RUNNING. */
export function requireHeldByNobody(steps: readonly UpgradeStep[], { installationId }: UpgradeIds, view: AppView): void {
  for (const { templateComponentId, key, previousKey, action } of steps) {
    requireFree(installedComponentId(installationId, templateComponentId), view);
    const run = view.underWay.holdingKey(key);
    if (run && (action === 'ADD' || previousKey !== undefined)) throw upgradeRunning(`the key "${key}" is not free`, run);
  }
}

/**
 * Components are done one by one, and each may fail: while one has a key, no other can take it over.
 * @returns PLAN_INAPPLICABLE where one gives a key up (it goes, or gets another one) and another takes it.
 */
function refusePassedKeys(
  steps: readonly UpgradeStep[],
  { installationId }: UpgradeIds,
  view: AppView,
): ReturnType<typeof refuse> | undefined {
  const here = installedOf(view, { installationId });
  const given = new Map(steps.map(({ templateComponentId }) => [here.get(templateComponentId)?.key, templateComponentId]));
  const problems = steps
    .filter(({ templateComponentId, key }) => (given.get(key) ?? templateComponentId) !== templateComponentId)
    .map(({ key }) => ({ code: 'KEY_TAKEN', message: passedOn(key), componentKey: key, path: '/key' }));
  return problems.length > 0 ? refuse('PLAN_INAPPLICABLE', problems.map(({ message }) => message).join('; '), { problems }) : undefined;
}

function passedOn(key: string): string {
  return `"${key}" passes from one component to another, which an integration cannot do one by one: upgrade the one that gives it up first (components), or give another key by a resolution of /key`;
}
