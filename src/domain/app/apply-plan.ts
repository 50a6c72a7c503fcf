import { refuse, type Decision } from '../decision.js';
import type { JsonObject } from '../json.js';
import type { FieldPlan, KeyClash, PlanProblem, UpgradePlan } from '../upgrade/plan.js';
import { carryOut } from './carry-out.js';
import type { ApplyPlan, Lease } from './commands.js';
import { refuseDataLoss } from './data-loss.js';
import type { AppEvent } from './events.js';
import type { ExternalRun } from './upgrade-events.js';
import type { AppView } from './state.js';

/** What the events that an upgrade or a rollback starts and ends with have in common. */
export type Moved = Pick<
  Extract<AppEvent, { type: 'AppUpgraded' }>['data'],
  'appId' | 'upgradeId' | 'installationId' | 'templateId' | 'fromVersion' | 'toVersion'
>;

/** What it was decided on, and with which choices. */
export type DecidedOn = Pick<
  Extract<AppEvent, { type: 'UpgradeStarted' }>['data'],
  'templateRevision' | 'fingerprint' | 'policy' | 'resolutions' | 'acceptDataLoss' | 'reason'
>;

/** The events around those of the components. */
export interface Frame {
  /** Of what an integration may carry out; without one it is done at once, whoever the app's target is. */
  readonly lease: Lease | undefined;
  readonly started: (data: Moved & DecidedOn, external: ExternalRun | undefined) => AppEvent;
  readonly ended: (data: Moved & { readonly manifest: ApplyPlan['manifestDigest'] }) => AppEvent;
}

/** Applies a plan: refused where it is not the one that was asked for, where it is not settled, and where it would lose data unaccepted. */
export function applyPlan(command: ApplyPlan, view: AppView, { lease, started, ended }: Frame): Decision<AppEvent> {
  const { appId } = view.state;
  const { plan, upgradeId, templateId } = command;
  const lost = plan.components.flatMap(({ fields }) => fields);
  const refusal = refuseOutdated(command) ?? refuseUnsettled(plan) ?? refuseDataLoss(lost, command.acceptDataLoss);
  if (refusal) return refusal;

  const { installationId, fromVersion, toVersion } = plan;
  const ids = { appId, upgradeId, installationId, templateId };
  const moved: Moved = { ...ids, fromVersion, toVersion };
  const decidedOn: DecidedOn = {
    templateRevision: command.templateRevision,
    fingerprint: plan.fingerprint,
    policy: command.policy,
    resolutions: command.resolutions.map(({ componentKey, path, choice }) => ({ componentKey, path, choice })),
    acceptDataLoss: command.acceptDataLoss,
    ...(command.reason !== undefined && { reason: command.reason }),
  };
  return carryOut(
    {
      ids,
      plan,
      manifest: command.manifestDigest,
      lease,
      started: (external) => started({ ...moved, ...decidedOn }, external),
      ended: ended({ ...moved, manifest: command.manifestDigest }),
    },
    view,
  );
}

function refuseOutdated({ plan, planFingerprint }: ApplyPlan): ReturnType<typeof refuse> | undefined {
  if (planFingerprint === undefined || planFingerprint === plan.fingerprint) return undefined;
  return refuse('PLAN_OUTDATED', 'the app, the template or the choices are not those of the plan any more: plan again', {
    expected: planFingerprint,
    actual: plan.fingerprint,
  });
}

function refuseUnsettled({ conflicts, problems }: UpgradePlan): ReturnType<typeof refuse> | undefined {
  if (conflicts.length > 0) {
    return refuse('CONFLICTS_UNRESOLVED', `${conflicts.length} conflicts are not settled: give resolutions or a policy`, {
      conflicts: conflicts.map(placeOf),
    });
  }
  return refuseProblems(problems);
}

export function refuseProblems(problems: readonly PlanProblem[]): ReturnType<typeof refuse> | undefined {
  if (problems.length === 0) return undefined;
  return refuse('PLAN_INAPPLICABLE', problems.map(({ message }) => message).join('; '), {
    problems: problems.map(({ code, message, componentKey, path, clash }) => ({ code, message, componentKey, path, ...asDetails(clash) })),
  });
}

function asDetails(clash: KeyClash | undefined): JsonObject {
  return clash ? { ...clash, namedBy: clash.namedBy.map((place) => ({ ...place })) } : {};
}

function placeOf({ componentKey, path }: FieldPlan): JsonObject {
  return { componentKey, path };
}
