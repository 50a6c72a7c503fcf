import type { Content, ContentLookup } from '../definition/content.js';
import type { Digest, InstallationId } from '../ids.js';
import { pendingIn } from '../upgrade/pending.js';
import { isReportable, stepsReported, type UpgradeRun } from '../upgrade/running.js';
import { digestsToCarryOver, editsToCarryOver } from './edits-meanwhile.js';
import type { AppEvent } from './events.js';
import type { UpgradeStep } from './upgrade-events.js';
import { evolvedView } from './evolved-view.js';
import type { AppView } from './state.js';
import { componentUpgraded, contentUpgraded, type RunOf } from './upgrade-steps.js';

interface End {
  readonly events: readonly AppEvent[];
  readonly contents: readonly Content[];
}

/**
 * How an upgrade ends of which every component is reported. Where all succeeded, the installation moves, and with it what no integration reports:
 * the app-level content, what is kept against the template, and what is only written in other keys. Where none did, nothing moves. Otherwise
 * components stand at two versions.
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
    const silent = silentSteps(run).map((step) => componentUpgraded(ids, step));
    const content = run.content ? [contentUpgraded(ids, run.content)] : [];
    return {
      events: [...silent, ...edits.steps.map((step) => componentUpgraded(ids, step)), ...content, { type: 'AppUpgraded', data }],
      contents: edits.contents,
    };
  }
  const silent = silentMeanwhile(run, view, ids.installationId).map((step) => componentUpgraded(ids, step));
  const stopped: AppEvent = { type: 'AppPartlyUpgraded', data: { ...data, pending: [] } };
  const pending = pendingIn(evolvedView(view, [...silent, stopped]), ids.installationId);
  const left = pending.map(({ templateComponentId, key, action }) => ({ templateComponentId, key, action }));
  return { events: [...silent, { type: 'AppPartlyUpgraded', data: { ...data, pending: left } }], contents: [] };
}

/** The contents that `endRun` may read. */
export function digestsToEnd({ ids, run }: RunOf, view: AppView): Digest[] {
  return run.whole ? digestsToCarryOver({ ids, run }, view) : [];
}

function isWholeSuccess(run: UpgradeRun): boolean {
  return run.whole && stepsReported(run, 'FAILED').length === 0;
}

/** What no integration reports. */
function silentSteps({ steps }: UpgradeRun): UpgradeStep[] {
  return [...steps.values()].filter((step) => !isReportable(step));
}

/**
 * What no integration reports, where the installation does not move. Of an upgrade of some components that is what was planned. Where it was to move as
 * a whole, what is kept against the template is kept as it is, in the keys of the version that the installation stands at; one that is written in those
 * of another version (it was moved there before the others) stays what it is, and is asked about again.
 */
function silentMeanwhile(run: UpgradeRun, { state }: AppView, installationId: InstallationId): UpgradeStep[] {
  if (!run.whole) return silentSteps(run);
  const overrides = state.installations.get(installationId)?.overrides;
  return silentSteps(run).flatMap((step) => {
    const before = overrides?.get(step.templateComponentId)?.kind;
    if (step.action !== 'KEEP' || before === 'kept' || before === 'ahead') return [];
    const { targetPatch: _inOtherKeys, ...same } = step;
    return [{ ...same, ...(step.basePatch && { targetPatch: step.basePatch }) }];
  });
}
