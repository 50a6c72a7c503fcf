import type { AppView } from '../../domain/app/state.js';
import type { ContentLookup } from '../../domain/definition/content.js';
import type { Digest } from '../../domain/ids.js';
import type { PlanRequest } from '../../domain/upgrade/plan-request.js';
import { digestsToPlan, planUpgrade } from '../../domain/upgrade/plan-upgrade.js';
import { versionTarget } from '../../domain/upgrade/target.js';
import type { UpgradePlan } from '../../domain/upgrade/plan.js';
import type { Case } from './cases.js';
import type { UnpublishedVersion } from './unpublished-version.js';

/** The plan of a case, in two steps: what it reads, then the plan itself. No choice is made in it. */
export interface CasePlan {
  readonly digests: readonly Digest[];
  readonly plan: (lookup: ContentLookup) => UpgradePlan;
}

export function casePlan({ installationId }: Case, view: AppView, { version, manifest }: UnpublishedVersion): CasePlan {
  const installation = view.state.installations.get(installationId);
  if (!installation) throw new Error(`no installation ${installationId}`);
  const request: PlanRequest = { view, installation, target: versionTarget(version, manifest), resolutions: [], policy: 'ASK' };
  return { digests: digestsToPlan(request), plan: (lookup) => planUpgrade(request, lookup) };
}
