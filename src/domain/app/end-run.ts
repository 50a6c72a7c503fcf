import type { Content, ContentLookup } from '../definition/content.js';
import type { Digest } from '../ids.js';
import { pendingIn } from '../upgrade/pending.js';
import { stepsReported, type UpgradeRun } from '../upgrade/running.js';
import { digestsToCarryOver, editsToCarryOver } from './edits-meanwhile.js';
import type { AppEvent, UpgradeStep } from './events.js';
import { evolvedView } from './evolved-view.js';
import type { AppView } from './state.js';
import { componentUpgraded, contentUpgraded, type RunOf } from './upgrade-steps.js';

interface End {
  readonly events: readonly AppEvent[];
  readonly contents: readonly Content[];
}

/**
 * How an upgrade ends of which every component is reported. Where all succeeded, the installation moves, and with it what no integration reports:
 * the app-level content, and what is kept against the template. Where none did, nothing moves. Otherwise components stand at two versions.
 * @param view the app with the last report.
 */
export function endRun({ ids, run }: RunOf, view: AppView, lookup: ContentLookup): End {
  const { fromVersion, toVersion, manifest } = run;
  const data = { ...ids, fromVersion, toVersion, manifest };
  if (stepsReported(run, 'COMPLETED').length === 0) {
    return { events: [{ type: 'UpgradeFailed', data: { ...ids, fromVersion, toVersion } }], contents: [] };
  }
  if (isWholeSuccess(run)) {
    const edits = editsToCarryOver({ ids, run }, view, lookup);
    const kept = keptSteps(run).map((step) => componentUpgraded(ids, step));
    const content = run.content ? [contentUpgraded(ids, run.content)] : [];
    return {
      events: [...kept, ...edits.steps.map((step) => componentUpgraded(ids, step)), ...content, { type: 'AppUpgraded', data }],
      contents: edits.contents,
    };
  }
  const kept = keptMeanwhile(run, view, ids.installationId).map((step) => componentUpgraded(ids, step));
  const stopped: AppEvent = { type: 'AppPartlyUpgraded', data: { ...data, pending: [] } };
  const pending = pendingIn(evolvedView(view, [...kept, stopped]), ids.installationId);
  const left = pending.map(({ templateComponentId, key, action }) => ({ templateComponentId, key, action }));
  return { events: [...kept, { type: 'AppPartlyUpgraded', data: { ...data, pending: left } }], contents: [] };
}

/** The contents that `endRun` may read. */
export function digestsToEnd({ ids, run }: RunOf, view: AppView): Digest[] {
  return run.whole ? digestsToCarryOver({ ids, run }, view) : [];
}

function isWholeSuccess(run: UpgradeRun): boolean {
  return run.whole && stepsReported(run, 'FAILED').length === 0;
}

function keptSteps({ steps }: UpgradeRun): UpgradeStep[] {
  return [...steps.values()].filter(({ action }) => action === 'KEEP');
}

/**
 * What is kept against the template though the installation does not move: as it is, in the keys of the version that the installation stands at. One
 * that is written in those of another version (it was moved there before the others) stays what it is, and is asked about again.
 */
function keptMeanwhile(run: UpgradeRun, { state }: AppView, installationId: RunOf['ids']['installationId']): UpgradeStep[] {
  const overrides = state.installations.get(installationId)?.overrides;
  return keptSteps(run).flatMap((step) => {
    const before = overrides?.get(step.templateComponentId)?.kind;
    if (before === 'kept' || before === 'ahead') return [];
    const { targetPatch: _inOtherKeys, ...same } = step;
    return [{ ...same, ...(step.basePatch && { targetPatch: step.basePatch }) }];
  });
}
