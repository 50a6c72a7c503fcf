import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { Allow } from '../allow.js';
import type { CommandContext } from '../../commands/context.js';
import { handleUpgrade, planUpgradeOf, type Upgrade } from '../../commands/upgrade.js';
import { handleUpgradeAlongPath, HopRefused, upgradePathOf } from '../../commands/upgrade-along-path.js';
import { Refusal } from '../../domain/errors.js';
import type { AppId, InstallationId } from '../../domain/ids.js';
import type { Manifest } from '../../domain/template/manifest.js';
import { requireVersion, versionSortKey } from '../../domain/version.js';
import { digestsOfRecord, fieldsOfRecord, type SettledPlaces } from '../../queries/upgrade-record.js';
import { Installation } from '../app/app.types.js';
import { Command } from '../command.js';
import type { RequestContext } from '../context.js';
import { ConflictPolicy } from '../enums.js';
import { loadInstallation, type UpgradeNode } from '../nodes.js';
import { AsOf, type AsOfInput } from '../past/as-of.js';
import { COMPONENTS_CHOSEN, ResolutionInput, UpgradeAppInput } from '../plan/plan.inputs.js';
import { UpgradePath, UpgradePlan } from '../plan/plan.types.js';
import { showPlan } from '../plan/show-plan.js';
import { toFieldPlans } from '../plan/to-plan.js';
import { COST_OF_COMPARING } from '../query-cost.js';
import { upgradePayload } from './payload.js';
import { UpgradePayload, UpgradeRecord, UpgradeRecordComponent } from './upgrade.types.js';

@Resolver(() => UpgradeRecord)
export class UpgradeResolver {
  @Allow('READ')
  @Query(() => UpgradePlan, {
    description: 'Three-way plan of moving an installation to a version. Reads only.',
    complexity: COST_OF_COMPARING,
  })
  async upgradePlan(
    @Arg('appId', () => ID) appId: string,
    @Arg('toVersion', () => String) toVersion: string,
    @Ctx() context: RequestContext,
    @Arg('installationId', () => ID, { nullable: true }) installationId?: string | null,
    @Arg('components', () => [ID], { nullable: true, description: COMPONENTS_CHOSEN }) components?: string[] | null,
    @Arg('resolutions', () => [ResolutionInput], { nullable: true }) resolutions?: ResolutionInput[] | null,
    @Arg('policy', () => ConflictPolicy, { nullable: true }) policy?: 'ASK' | 'PREFER_LOCAL' | 'PREFER_TEMPLATE' | null,
    @AsOf() _asOf?: AsOfInput | null,
  ): Promise<UpgradePlan> {
    const request = {
      appId: appId as AppId,
      installationId: (installationId ?? undefined) as InstallationId | undefined,
      toVersion,
      components: components ?? undefined,
      resolutions: resolutions ?? [],
      policy: policy ?? 'ASK',
    } as const;
    const plan = await planUpgradeOf(context.backend.services, request, { principal: context.principal, permission: 'READ' });
    return showPlan(context, appId, plan);
  }

  @Allow('READ')
  @Query(() => UpgradePath, {
    description: 'The stops on the way to a larger version. Refused with NOT_UPGRADABLE, and why, where no way leads there.',
    complexity: COST_OF_COMPARING,
  })
  async upgradePath(
    @Arg('appId', () => ID) appId: string,
    @Arg('toVersion', () => String) toVersion: string,
    @Ctx() { backend, principal }: RequestContext,
    @Arg('installationId', () => ID, { nullable: true }) installationId?: string | null,
    @AsOf() _asOf?: AsOfInput | null,
  ): Promise<UpgradePath> {
    const request = { appId: appId as AppId, installationId: (installationId ?? undefined) as InstallationId | undefined, toVersion };
    const { path, ...found } = await upgradePathOf(backend.services, request, { principal, permission: 'READ' });
    return { ...found, versions: path };
  }

  @FieldResolver(() => Installation)
  installation(@Root() { installationId }: UpgradeNode, @Ctx() context: RequestContext): Promise<object> {
    return loadInstallation(context, installationId);
  }

  @FieldResolver(() => [UpgradeRecordComponent])
  async components(@Root() upgrade: UpgradeNode, @Ctx() context: RequestContext): Promise<UpgradeRecordComponent[]> {
    const { loaders } = context;
    const rows = await loaders.upgradeComponents.load(upgrade.id);
    const manifests = await manifestsOfUpgrade(upgrade, context);
    const lookup = await loaders.contents.load(rows.flatMap((row) => digestsOfRecord(row, manifests)));
    const settled = JSON.parse(upgrade.resolutions) as SettledPlaces;
    return rows.map((row) => ({
      componentId: row.componentId ?? upgrade.installationId,
      key: row.key,
      action: row.action,
      state: row.state === 'RUNNING' && upgrade.state === 'UNKNOWN' ? 'UNKNOWN' : row.state,
      message: row.message,
      reportedAt: row.reportedAt,
      fields: toFieldPlans(fieldsOfRecord(row, upgrade.kind, settled, manifests, lookup)),
    }));
  }

  @Allow('OPERATE')
  @Mutation(() => UpgradePayload)
  async upgradeApp(
    @Arg('input') input: UpgradeAppInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const { services } = context.backend;
    const asked = toUpgrade(input);
    if (!input.alongPath) {
      const { result, position } = await handleUpgrade(services, command, asked);
      return upgradePayload(context, [result.upgradeId], position);
    }
    try {
      const { result, position } = await handleUpgradeAlongPath(services, command, asked);
      const upgradeIds = result.map(({ upgradeId }) => upgradeId);
      return await upgradePayload(context, upgradeIds, position);
    } catch (error) {
      const last = error instanceof HopRefused ? error.done.at(-1) : undefined;
      if (!(error instanceof HopRefused) || !last) throw error;
      throw new Refusal(error.code, error.message, { ...error.details, position: await context.written(last.position) });
    }
  }
}

function toUpgrade(input: UpgradeAppInput): Upgrade {
  return {
    appId: input.appId as AppId,
    installationId: (input.installationId ?? undefined) as InstallationId | undefined,
    toVersion: input.toVersion,
    components: input.components ?? undefined,
    resolutions: input.resolutions ?? [],
    policy: input.policy ?? 'ASK',
    planFingerprint: input.planFingerprint ?? undefined,
    acceptDataLoss: input.acceptDataLoss ?? false,
    reason: input.reason ?? undefined,
    leaseSeconds: input.leaseSeconds ?? undefined,
    expectedRevision: input.expectedRevision,
  };
}

async function manifestsOfUpgrade(upgrade: UpgradeNode, { loaders }: RequestContext): Promise<[Manifest, Manifest]> {
  const { templateId, fromVersion, toVersion } = upgrade;
  const load = async (label: string): Promise<Manifest> => {
    const version = await loaders.versionAt.load({ templateId, sortKey: versionSortKey(requireVersion(label)) });
    if (!version) throw new Error(`version ${label} of template ${templateId} is not in the read models`);
    return loaders.manifest.load(version.id);
  };
  return [await load(fromVersion), await load(toVersion)];
}
