import { Arg, Args, Ctx, FieldResolver, Int, Mutation, Resolver, Root } from 'type-graphql';
import type { InstallationRow } from '../../../projections/apps/queries.js';
import type { CommandContext } from '../../commands/context.js';
import { handleInstall, type Install } from '../../commands/install.js';
import { toRenames } from '../../domain/app/renames.js';
import { Refusal } from '../../domain/errors.js';
import type { AppId, InstallationId, TemplateId } from '../../domain/ids.js';
import { withdrawnBecause } from '../../domain/template/offered.js';
import { pendingIn } from '../../domain/upgrade/pending.js';
import { answered, Command } from '../command.js';
import { connectionOf, PageArgs } from '../connection.js';
import type { RequestContext } from '../context.js';
import { loadApp, loadInstallation, loadTemplate, toUpgradeNode, toVersionNode, type VersionNode } from '../nodes.js';
import { Template, TemplateVersion } from '../template/template.types.js';
import { BlockCode } from '../enums.js';
import { PendingComponent } from '../plan/plan.types.js';
import { UpgradeRecordConnection } from '../upgrade/upgrade.types.js';
import { App, BlockedVersion, Installation, InstallPayload, InstallTemplateInput } from './app.types.js';

const DEFAULT_VERSIONS = 100;

@Resolver(() => Installation)
export class InstallationResolver {
  @FieldResolver(() => App)
  app(@Root() { appId }: InstallationRow, @Ctx() context: RequestContext): Promise<object> {
    return loadApp(context, appId);
  }

  @FieldResolver(() => Template)
  template(@Root() { templateId }: InstallationRow, @Ctx() context: RequestContext): Promise<object> {
    return loadTemplate(context, templateId);
  }

  @FieldResolver(() => String)
  currentVersion(@Root() { version }: InstallationRow): string {
    return version;
  }

  @FieldResolver(() => [TemplateVersion], { description: 'Published versions that this installation can move to, largest first.' })
  async upgradableVersions(
    @Root() { templateId, sortKey }: InstallationRow,
    @Ctx() { loaders }: RequestContext,
    @Arg('first', () => Int, { nullable: true }) first?: number | null,
  ): Promise<VersionNode[]> {
    const versions = await loaders.largerVersions.load({ templateId, sortKey, first: requireFirst(first) });
    return versions.map(toVersionNode);
  }

  @FieldResolver(() => Int)
  upgradableCount(@Root() { templateId, sortKey }: InstallationRow, @Ctx() { loaders }: RequestContext): Promise<number> {
    return loaders.largerCount.load({ templateId, sortKey });
  }

  @FieldResolver(() => [BlockedVersion], {
    description: 'Larger published versions that are not offered, each with the reason, and the stop to make first where there is one.',
  })
  async blockedVersions(
    @Root() { templateId, sortKey }: InstallationRow,
    @Ctx() { loaders }: RequestContext,
    @Arg('first', () => Int, { nullable: true }) first?: number | null,
  ): Promise<object[]> {
    const versions = await loaders.largerWithdrawn.load({ templateId, sortKey, first: requireFirst(first) });
    return versions.map((row) => ({
      version: toVersionNode(row),
      code: BlockCode.WITHDRAWN,
      reason: withdrawnBecause(row.version, row.stateReason),
      viaVersion: null,
    }));
  }

  @FieldResolver(() => [PendingComponent], { description: 'What a partial upgrade has left to do.' })
  async pendingComponents(@Root() row: InstallationRow, @Ctx() { loaders }: RequestContext): Promise<PendingComponent[]> {
    if (row.pendingVersion === null) return [];
    const pending = pendingIn(await loaders.appView.load(row.appId), row.id as InstallationId);
    return pending.map((each) => ({ ...each, componentId: each.componentId ?? null, fromVersion: each.fromVersion ?? null }));
  }

  @FieldResolver(() => UpgradeRecordConnection)
  upgradeRecords(@Root() { id }: InstallationRow, @Args() page: PageArgs, @Ctx() { loaders }: RequestContext): Promise<object> {
    return connectionOf(loaders.upgradesOfInstallation, id, page, {}, toUpgradeNode);
  }

  @Mutation(() => InstallPayload, { description: 'Installs into a new app (appName) or an existing one (appId).' })
  async installTemplate(
    @Arg('input') input: InstallTemplateInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const install = {
      templateId: input.templateId as TemplateId,
      version: input.version ?? undefined,
      keys: toRenames('keys', input.keys ?? []),
      into: installInto(input),
    };
    const { result, position } = await handleInstall(context.backend.services, command, install);
    return answered(context, position, async () => ({
      app: await loadApp(context, result.appId),
      installation: await loadInstallation(context, result.installationId),
    }));
  }
}

function installInto({ appName, appId, team, target }: InstallTemplateInput): Install['into'] {
  if (appId && !appName) {
    if (!target) return { appId: appId as AppId };
    throw new Refusal('BAD_USER_INPUT', 'target: the app is there already: say it by updateApp', { path: 'target' });
  }
  if (appName && !appId) return { name: appName, team: team ?? undefined, target: target ?? undefined };
  throw new Refusal('BAD_USER_INPUT', 'say where to install: a new app by appName, or an existing one by appId', { path: 'appName' });
}

function requireFirst(first: number | null | undefined): number {
  if (first === null || first === undefined) return DEFAULT_VERSIONS;
  if (first >= 1 && first <= 1000) return first;
  throw new Refusal('BAD_USER_INPUT', 'first: 1 to 1000', { path: 'first' });
}
