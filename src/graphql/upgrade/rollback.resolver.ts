import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { Allow } from '../allow.js';
import type { CommandContext } from '../../commands/context.js';
import { handleReleaseHold } from '../../commands/hold.js';
import { handleRollback, planRollbackOf } from '../../commands/rollback.js';
import type { AppId, InstallationId, UpgradeId } from '../../domain/ids.js';
import { InstallPayload } from '../app/app.types.js';
import { answered, Command } from '../command.js';
import type { RequestContext } from '../context.js';
import { ConflictPolicy } from '../enums.js';
import { loadApp, loadInstallation } from '../nodes.js';
import { AsOf, type AsOfInput } from '../past/as-of.js';
import { ResolutionInput } from '../plan/plan.inputs.js';
import { UpgradePlan } from '../plan/plan.types.js';
import { showPlan } from '../plan/show-plan.js';
import { COST_OF_COMPARING } from '../query-cost.js';
import { upgradePayload } from './payload.js';
import { ReleaseHoldInput, RollbackUpgradeInput } from './rollback.inputs.js';
import { UpgradePayload } from './upgrade.types.js';

@Resolver()
export class RollbackResolver {
  @Allow('READ')
  @Query(() => UpgradePlan, {
    description:
      'Plan of going back to what an installation was before an upgrade, or before a rollback; later ones are undone with it. target is what was there, base what the upgrade left; local changes made since are kept, or listed in conflicts. Reads only.',
    complexity: COST_OF_COMPARING,
  })
  async rollbackPlan(
    @Arg('appId', () => ID) appId: string,
    @Arg('upgradeId', () => ID) upgradeId: string,
    @Ctx() context: RequestContext,
    @Arg('resolutions', () => [ResolutionInput], { nullable: true }) resolutions?: ResolutionInput[] | null,
    @Arg('policy', () => ConflictPolicy, { nullable: true }) policy?: 'ASK' | 'PREFER_LOCAL' | 'PREFER_TEMPLATE' | null,
    @AsOf() _asOf?: AsOfInput | null,
  ): Promise<UpgradePlan> {
    const request = {
      appId: appId as AppId,
      upgradeId: upgradeId as UpgradeId,
      resolutions: resolutions ?? [],
      policy: policy ?? 'ASK',
    } as const;
    const plan = await planRollbackOf(context.backend.services, request, { principal: context.principal, permission: 'READ' });
    return showPlan(context, appId, plan);
  }

  @Allow('OPERATE')
  @Mutation(() => UpgradePayload, {
    description:
      'Undoes an upgrade, or a rollback, and those after it. The installation is then not offered the versions that it was rolled back from, until releaseHold.',
  })
  async rollbackUpgrade(
    @Arg('input') input: RollbackUpgradeInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const { result, position } = await handleRollback(context.backend.services, command, {
      appId: input.appId as AppId,
      upgradeId: input.upgradeId as UpgradeId,
      resolutions: input.resolutions ?? [],
      policy: input.policy ?? 'ASK',
      planFingerprint: input.planFingerprint ?? undefined,
      acceptDataLoss: input.acceptDataLoss ?? false,
      reason: input.reason ?? undefined,
      expectedRevision: input.expectedRevision,
    });
    return upgradePayload(context, [result.upgradeId], position);
  }

  @Allow('OPERATE')
  @Mutation(() => InstallPayload, { description: 'Offers an installation again a version that it was rolled back from.' })
  async releaseHold(
    @Arg('input') input: ReleaseHoldInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const { result, position } = await handleReleaseHold(context.backend.services, command, {
      appId: input.appId as AppId,
      installationId: input.installationId as InstallationId,
      version: input.version,
      reason: input.reason ?? undefined,
      expectedRevision: input.expectedRevision,
    });
    return answered(context, position, async () => ({
      app: await loadApp(context, input.appId),
      installation: await loadInstallation(context, result),
    }));
  }
}
