import type { ContentSource } from '../../commands/content-store.js';
import { judge, NOT_OFFERED, UNDER_WAY, type Judgement } from '../../domain/rehearsal/outcome.js';
import type { UpgradePlan } from '../../domain/upgrade/plan.js';
import { isOpen } from '../../domain/upgrade/running.js';
import { isOpenFrom } from '../../domain/template/upgrade-path.js';
import { compareVersions, requireVersion, versionSortKey } from '../../domain/version.js';
import type { ReadModel } from '../../projector/projection.js';
import { viewsOfStates } from '../app-views.js';
import { withUnpublished } from '../publish-preview.js';
import type { Case } from './cases.js';
import type { Pacer } from '../../pacer.js';
import { casePlan } from './plan-case.js';
import type { UnpublishedVersion } from './unpublished-version.js';

/** Cases whose views and contents are read at one go. */
const BATCH = 8;

/** Plans each case once. @param onJudged is told of each as it is done. */
export async function planCases(
  db: ReadModel,
  contents: ContentSource,
  cases: readonly Case[],
  target: UnpublishedVersion,
  pacer: Pacer,
  onJudged: (of: Case, judgement: Judgement, plan: UpgradePlan | undefined) => void,
): Promise<void> {
  const offered: Case[] = [];
  for (const each of cases) {
    if (!isOffered(each, target)) onJudged(each, NOT_OFFERED, undefined);
    else if (isOpen(each.state.installations.get(each.installationId)?.run)) onJudged(each, UNDER_WAY, undefined);
    else offered.push(each);
  }
  for (let at = 0; at < offered.length; at += BATCH) {
    const batch = offered.slice(at, at + BATCH);
    const views = viewsOfStates(
      db,
      batch.map(({ state }) => state),
    );
    const planned = batch.flatMap((each, n) => {
      const view = views[n];
      return view ? [{ each, ...casePlan(each, view, target) }] : [];
    });
    const digests = planned.flatMap((one) => one.digests).filter((digest) => !target.contents.has(digest));
    const lookup = withUnpublished(await contents.load(digests), target.contents);
    for (const { each, plan } of planned) {
      await pacer.breathe();
      const made = plan(lookup);
      onJudged(each, judge(made), made);
    }
  }
}

/**
 * Whether the version is larger than the one that the install stands at, or any of its components, and can be reached from it. That one may be
 * withdrawn: it is left as from any other.
 */
function isOffered({ state, installationId }: Case, { version, upgradeFrom }: UnpublishedVersion): boolean {
  const installed = state.installations.get(installationId);
  if (!installed) return false;
  const [from, to] = [requireVersion(installed.version), requireVersion(version)];
  const passed = isOpen(installed.run) ? installed.run.toVersion : installed.pendingVersion;
  if (passed !== undefined && compareVersions(to, requireVersion(passed)) < 0) return false;
  return compareVersions(to, from) > 0 && isOpenFrom({ upgradeFrom }, versionSortKey(from));
}
