import { digestOf } from '../canonical.js';
import { accept, refuse, type Decision } from '../decision.js';
import type { Content } from '../definition/content.js';
import type { Patch } from '../definition/patch.js';
import { installedComponentId } from '../ids.js';
import type { JsonObject } from '../json.js';
import type { FieldPlan, KeyClash, PlanProblem, UpgradePlan } from '../upgrade/plan.js';
import type { UpgradeApp } from './commands.js';
import { refuseDataLoss } from './data-loss.js';
import type { AppEvent } from './events.js';
import type { AppView } from './state.js';

type ComponentUpgraded = Extract<AppEvent, { type: 'ComponentUpgraded' }>['data'];

/** Applies a plan: refused where it is not the one that was asked for, where it is not settled, and where it would lose data unaccepted. */
export function upgradeApp(command: UpgradeApp, view: AppView): Decision<AppEvent> {
  const { plan } = command;
  const lost = plan.components.flatMap(({ fields }) => fields);
  const refusal = refuseOutdated(command) ?? refuseUnsettled(plan) ?? refuseDataLoss(lost, command.acceptDataLoss);
  if (refusal) return refusal;

  const { appId } = view.state;
  const { upgradeId, templateId } = command;
  const { installationId, fromVersion, toVersion } = plan;
  const steps = [...componentSteps(plan), ...appContentStep(plan)];
  const events: AppEvent[] = [
    {
      type: 'UpgradeStarted',
      data: {
        appId,
        upgradeId,
        installationId,
        templateId,
        fromVersion,
        toVersion,
        templateRevision: command.templateRevision,
        fingerprint: plan.fingerprint,
        policy: command.policy,
        resolutions: command.resolutions.map(({ componentKey, path, choice }) => ({ componentKey, path, choice })),
        acceptDataLoss: command.acceptDataLoss,
        ...(command.chosen && { components: [...command.chosen] }),
        ...(command.reason !== undefined && { reason: command.reason }),
      },
    },
    ...steps.map(({ data }): AppEvent => ({ type: 'ComponentUpgraded', data: { appId, upgradeId, installationId, templateId, ...data } })),
    ...plan.followers.map(({ change }) => change.event),
    upgradeEnded(plan, { appId, upgradeId, installationId, templateId, fromVersion, toVersion, manifest: command.manifestDigest }),
  ];
  const patches = steps.flatMap(({ patch }): Content[] => (patch ? [{ kind: 'patch', body: patch }] : []));
  return accept(events, [...patches, ...plan.followers.flatMap(({ change }) => change.contents)]);
}

/** The installation stands at the version once nothing is left to do. */
function upgradeEnded({ pending }: UpgradePlan, data: Extract<AppEvent, { type: 'AppUpgraded' }>['data']): AppEvent {
  if (pending.length === 0) return { type: 'AppUpgraded', data };
  const left = pending.map(({ templateComponentId, key, action }) => ({ templateComponentId, key, action }));
  return { type: 'AppPartlyUpgraded', data: { ...data, pending: left } };
}

interface Step {
  readonly data: Omit<ComponentUpgraded, 'appId' | 'upgradeId' | 'installationId' | 'templateId'>;
  readonly patch: Patch | undefined;
}

function componentSteps(plan: UpgradePlan): Step[] {
  return plan.components.flatMap(({ componentId, templateComponentId, action, change }): Step[] => {
    if (!change || action === 'EXCLUDED') return [];
    const { key, previousKey, base, basePatch, target, targetPatch, version, kept, mapped, unrelated, excluded } = change;
    const data: Step['data'] = {
      componentId: componentId ?? installedComponentId(plan.installationId, templateComponentId),
      templateComponentId,
      key,
      ...(previousKey !== undefined && { previousKey }),
      action: kept ? 'KEEP' : action,
      ...(base && { base }),
      ...(basePatch && { basePatch }),
      ...(target && { target }),
      ...(targetPatch && { targetPatch: digestOf(targetPatch) }),
      ...(version !== undefined && { version }),
      ...(unrelated && { unrelated }),
      ...(mapped && { mapped }),
      ...(excluded && { excluded }),
    };
    return [{ data, patch: targetPatch }];
  });
}

function appContentStep({ appFields, appContentPatch }: UpgradePlan): Step[] {
  if (!appContentPatch) return [];
  const { before, after } = appContentPatch;
  const afterDigest = after && digestOf(after);
  if (appFields.length === 0 && before === afterDigest) return [];
  const data = {
    key: '',
    action: 'UPDATE' as const,
    ...(before && { basePatch: before }),
    ...(afterDigest && { targetPatch: afterDigest }),
  };
  return [{ data, patch: after }];
}

function refuseOutdated({ plan, planFingerprint }: UpgradeApp): ReturnType<typeof refuse> | undefined {
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
