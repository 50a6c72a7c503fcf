import { versionsBetween } from '../../../projections/templates/queries.js';
import type { UpgradePlan as DomainPlan } from '../../domain/upgrade/plan.js';
import { requireVersion, versionSortKey } from '../../domain/version.js';
import type { RequestContext } from '../context.js';
import { loadInstallation } from '../nodes.js';
import type { UpgradePlan } from './plan.types.js';
import { toUpgradePlan } from './to-plan.js';

/** A plan with the notes of the versions that it passes, upwards or downwards. */
export async function showPlan(context: RequestContext, appId: string, plan: DomainPlan): Promise<UpgradePlan> {
  const { templateId } = await loadInstallation(context, plan.installationId);
  const [smaller = '', larger = ''] = [plan.fromVersion, plan.toVersion].map((label) => versionSortKey(requireVersion(label))).sort();
  const passed = versionsBetween(context.readModel, templateId, smaller, larger);
  return toUpgradePlan(
    appId,
    plan,
    passed.map(({ version, notes }) => ({ version, notes })),
  );
}
