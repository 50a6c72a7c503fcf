import { Arg, Args, Ctx, FieldResolver, Int, Mutation, Resolver, Root } from 'type-graphql';
import { Allow } from '../allow.js';
import type { InstallationRow } from '../../../projections/apps/queries.js';
import type { CommandContext } from '../../commands/context.js';
import { handleUninstall } from '../../commands/apps.js';
import { handleInstall, type Install } from '../../commands/install.js';
import { digestsOfStale, staleInInstallation } from '../../domain/app/installed-stale.js';
import { toRenames } from '../../domain/app/renames.js';
import { Refusal } from '../../domain/errors.js';
import type { AppId, InstallationId, TemplateId } from '../../domain/ids.js';
import { pendingIn } from '../../domain/upgrade/pending.js';
import { Risk } from '../comparison/comparison.types.js';
import { answered, Command } from '../command.js';
import { connectionOf, PageArgs } from '../connection.js';
import type { RequestContext } from '../context.js';
import { loadApp, loadAppOfRecord, loadInstallation, loadTemplate, toUpgradeNode, toVersionNode, type VersionNode } from '../nodes.js';
import { Template, TemplateVersion } from '../template/template.types.js';
import { PendingComponent } from '../plan/plan.types.js';
import { UpgradeRecordConnection } from '../upgrade/upgrade.types.js';
import { requireFirst } from '../list-size.js';
import { blocked, countUpgradable, standingOf, upgradable } from './offer.js';
import {
  App,
  AppPayload,
  BlockedVersion,
  Installation,
  InstallPayload,
  InstallTemplateInput,
  UninstallTemplateInput,
} from './app.types.js';

@Resolver(() => Installation)
export class InstallationResolver {
  @FieldResolver(() => App)
  app(@Root() { appId }: InstallationRow, @Ctx() context: RequestContext): Promise<object> {
    return loadAppOfRecord(context, appId);
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
    @Root() installation: InstallationRow,
    @Ctx() { loaders }: RequestContext,
    @Arg('first', () => Int, { nullable: true }) first?: number | null,
  ): Promise<VersionNode[]> {
    if (installation.removedAt !== null) return [];
    const versions = await upgradable(loaders, await standingOf(loaders, installation), requireFirst(first));
    return versions.map(toVersionNode);
  }

  @FieldResolver(() => Int)
  async upgradableCount(@Root() installation: InstallationRow, @Ctx() { loaders }: RequestContext): Promise<number> {
    return installation.removedAt !== null ? 0 : countUpgradable(loaders, await standingOf(loaders, installation));
  }

  @FieldResolver(() => [BlockedVersion], {
    description: 'Larger published versions that are not offered, each with the reason, and the stop to make first where there is one.',
  })
  async blockedVersions(
    @Root() installation: InstallationRow,
    @Ctx() { loaders }: RequestContext,
    @Arg('first', () => Int, { nullable: true }) first?: number | null,
  ): Promise<object[]> {
    if (installation.removedAt !== null) return [];
    const versions = await blocked(loaders, await standingOf(loaders, installation), requireFirst(first));
    return versions.map(({ row, code, reason, viaVersion }) => ({
      version: toVersionNode(row),
      code,
      reason,
      viaVersion: viaVersion ?? null,
    }));
  }

  @FieldResolver(() => [PendingComponent], { description: 'What a partial upgrade has left to do.' })
  async pendingComponents(@Root() row: InstallationRow, @Ctx() { loaders }: RequestContext): Promise<PendingComponent[]> {
    if (row.pendingVersion === null) return [];
    const pending = pendingIn(await loaders.appView.load(row.appId), row.id as InstallationId);
    return pending.map((each) => ({ ...each, componentId: each.componentId ?? null, fromVersion: each.fromVersion ?? null }));
  }

  @FieldResolver(() => [Risk], {
    description: 'Texts that name a component by its key in the template, where it has another one in this app.',
  })
  async staleReferences(@Root() { appId, id }: InstallationRow, @Ctx() { loaders }: RequestContext): Promise<Risk[]> {
    const view = await loaders.appView.load(appId);
    const lookup = await loaders.contents.load(digestsOfStale(view, id as InstallationId));
    return staleInInstallation(view, id as InstallationId, lookup);
  }

  @FieldResolver(() => UpgradeRecordConnection)
  upgradeRecords(@Root() { id }: InstallationRow, @Args() page: PageArgs, @Ctx() { loaders }: RequestContext): Promise<object> {
    return connectionOf(loaders.upgradesOfInstallation, id, page, {}, toUpgradeNode);
  }

  @Allow('OPERATE')
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
      values: (input.values ?? []).map(({ componentKey, name, value }) => ({ componentKey, name, value })),
      into: installInto(input),
    };
    const { result, position } = await handleInstall(context.backend.services, command, install);
    return answered(context, position, async () => ({
      app: await loadApp(context, result.appId),
      installation: await loadInstallation(context, result.installationId),
    }));
  }

  @Allow('OPERATE')
  @Mutation(() => AppPayload, {
    description: 'Takes an installation and its components out of an app; refused while other components depend on them.',
  })
  async uninstallTemplate(
    @Arg('input') input: UninstallTemplateInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const uninstall = { installationId: input.installationId as InstallationId, acceptDataLoss: input.acceptDataLoss ?? false };
    const { result, position } = await handleUninstall(context.backend.services, command, { appId: input.appId as AppId }, uninstall);
    return answered(context, position, async () => ({ app: await loadApp(context, result) }));
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
