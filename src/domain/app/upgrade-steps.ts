import { digestOf } from '../canonical.js';
import type { Content } from '../definition/content.js';
import type { Patch } from '../definition/patch.js';
import { installedComponentId, type AppId, type InstallationId, type TemplateId, type UpgradeId } from '../ids.js';
import type { ComponentChange, ComponentPlan, UpgradePlan } from '../upgrade/plan.js';
import type { UpgradeRun } from '../upgrade/running.js';
import type { AppEvent } from './events.js';
import type { ExternalRun, UpgradeStep } from './upgrade-events.js';

/** What every event of an upgrade names. */
export interface UpgradeIds {
  readonly appId: AppId;
  readonly upgradeId: UpgradeId;
  readonly installationId: InstallationId;
  readonly templateId: TemplateId;
}

/** An upgrade that an integration carries out. */
export interface RunOf {
  readonly ids: UpgradeIds;
  readonly run: UpgradeRun;
}

/** What a plan comes to, as events tell it, and the contents that these name. */
export interface PlannedSteps {
  readonly components: readonly UpgradeStep[];
  /** Of the app-level content, where that changes. */
  readonly content: ContentStep | undefined;
  readonly contents: readonly Content[];
}

export type ContentStep = NonNullable<ExternalRun['content']>;

/** What integrations say of a step, and to when that puts off the end of the lease. */
export interface StepReport {
  readonly message?: string | undefined;
  readonly leaseUntil?: string | undefined;
}

export function stepsOf(plan: UpgradePlan): PlannedSteps {
  const steps = componentSteps(plan);
  const content = contentStep(plan);
  const patches = [...steps.map(({ patch }) => patch), content?.patch];
  return {
    components: steps.map(({ step }) => step),
    content: content?.step,
    contents: patches.flatMap((patch): Content[] => (patch ? [{ kind: 'patch', body: patch }] : [])),
  };
}

export function componentUpgraded(
  ids: UpgradeIds,
  { rewritten: _, ...step }: UpgradeStep,
  { message, leaseUntil }: StepReport = {},
): AppEvent {
  const componentId = installedComponentId(ids.installationId, step.templateComponentId);
  const report = { ...(message !== undefined && { message }), ...(leaseUntil !== undefined && { leaseUntil }) };
  return { type: 'ComponentUpgraded', data: { ...ids, componentId, ...step, ...report } };
}

export function contentUpgraded(ids: UpgradeIds, step: ContentStep): AppEvent {
  return { type: 'ComponentUpgraded', data: { ...ids, key: '', action: 'UPDATE', ...step } };
}

function componentSteps(plan: UpgradePlan): { step: UpgradeStep; patch: Patch | undefined }[] {
  return plan.components.flatMap((component) => {
    const { templateComponentId, action, change } = component;
    if (!change) return [];
    const { key, previousKey, base, basePatch, target, targetPatch, version, kept, mapped, unrelated, excluded } = change;
    const step: UpgradeStep = {
      templateComponentId,
      key,
      ...(previousKey !== undefined && { previousKey }),
      action: kept ? 'KEEP' : action === 'EXCLUDED' ? 'REMOVE' : action,
      ...(base && { base }),
      ...(basePatch && { basePatch }),
      ...(target && { target }),
      ...(targetPatch && { targetPatch: digestOf(targetPatch) }),
      ...(version !== undefined && { version }),
      ...(unrelated && { unrelated }),
      ...(mapped && { mapped }),
      ...(excluded && { excluded }),
      ...(isRewritten(component, change) && { rewritten: true }),
    };
    return [{ step, patch: targetPatch }];
  });
}

/** Whether a component stays what it is, but for the keys by which its local changes name its siblings. */
function isRewritten({ action, fields }: ComponentPlan, { base, target, previousKey, kept }: ComponentChange): boolean {
  const isSame = action === 'UPDATE' && !kept && base === target && previousKey === undefined;
  return isSame && fields.every(({ outcome }) => outcome === 'KEEP_LOCAL' || outcome === 'CONVERGED');
}

function contentStep({ appFields, appContentPatch }: UpgradePlan): { step: ContentStep; patch: Patch | undefined } | undefined {
  if (!appContentPatch) return undefined;
  const { before, after } = appContentPatch;
  const targetPatch = after && digestOf(after);
  if (appFields.length === 0 && before === targetPatch) return undefined;
  return { step: { ...(before && { basePatch: before }), ...(targetPatch && { targetPatch }) }, patch: after };
}
