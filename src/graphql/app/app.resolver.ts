import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { Allow } from '../allow.js';
import type { AppRow } from '../../../projections/apps/queries.js';
import { DEFAULT_TEAM, teamOfNew } from '../../commands/access.js';
import { handleChangeApp, handleCreateApp, handleDeleteApp } from '../../commands/apps.js';
import type { CommandContext } from '../../commands/context.js';
import { appContentDigests, appContentOf } from '../../domain/app/components.js';
import { Refusal } from '../../domain/errors.js';
import type { AppId, InstallationId } from '../../domain/ids.js';
import { isJsonObject, type JsonObject } from '../../domain/json.js';
import type { Position } from '../../store/event-store.js';
import { Component } from '../component/component.types.js';
import { connectionOf, decodeCursor, firstOf, PageArgs, same, toConnection } from '../connection.js';
import { answered, Command } from '../command.js';
import type { RequestContext } from '../context.js';
import { componentsOf, loadApp, presentApp, toReleaseNode, toUpgradeNode, type ComponentNode } from '../nodes.js';
import { AsOf, type AsOfInput } from '../past/as-of.js';
import { JsonScalar } from '../scalars.js';
import { sortKeyOf } from '../version-filter.js';
import { ReleaseRecordConnection, Template } from '../template/template.types.js';
import { UpgradeRecordConnection } from '../upgrade/upgrade.types.js';
import {
  App,
  AppConnection,
  AppPayload,
  CreateAppInput,
  DeleteAppInput,
  DeletePayload,
  Installation,
  UpdateAppInput,
} from './app.types.js';

@Resolver(() => App)
export class AppResolver {
  @Allow('READ')
  @Query(() => App, {
    nullable: true,
    description: 'With asOf, it and everything beneath it is as it was then; null where it was not there.',
  })
  app(@Arg('id', () => ID) id: string, @Ctx() { loaders }: RequestContext, @AsOf() _asOf?: AsOfInput | null): Promise<object | undefined> {
    return presentApp(loaders, id);
  }

  @Allow('READ')
  @Query(() => AppConnection)
  async apps(
    @Args() page: PageArgs,
    @Ctx() { loaders, teams }: RequestContext,
    @Arg('team', () => String, { nullable: true }) team?: string | null,
    @Arg('templateId', () => ID, { nullable: true }) templateId?: string | null,
    @Arg('version', () => String, { nullable: true }) version?: string | null,
    @Arg('search', () => String, { nullable: true }) search?: string | null,
  ): Promise<object> {
    const sortKey = sortKeyOf(version);
    if (sortKey !== undefined && !templateId)
      throw new Refusal('BAD_USER_INPUT', 'version: say of which template, by templateId', { path: 'version' });
    const filter = {
      team: team ?? undefined,
      teams,
      templateId: templateId ?? undefined,
      sortKey,
      search: search ?? undefined,
    };
    const after = decodeCursor(page.after, { name: '', id: '' });
    return toConnection(
      await loaders.appsPage.load({ filter, first: firstOf(page), after }),
      after,
      ({ name, id }) => ({ name, id }),
      () => loaders.appsCount.load(filter),
      same,
    );
  }

  @FieldResolver(() => [Component])
  async components(@Root() { id }: AppRow, @Ctx() { loaders }: RequestContext): Promise<ComponentNode[]> {
    return componentsOf(loaders, await loaders.appView.load(id));
  }

  @FieldResolver(() => JsonScalar, {
    nullable: true,
    description: 'App-level content that an importer met: networks, named volumes, extensions.',
  })
  async extra(@Root() { id }: AppRow, @Ctx() { loaders }: RequestContext): Promise<JsonObject | undefined> {
    const view = await loaders.appView.load(id);
    return appContentOf(view, await loaders.contents.load(appContentDigests(view))).extra;
  }

  @FieldResolver(() => [Installation])
  installations(@Root() { id }: AppRow, @Ctx() { loaders }: RequestContext): Promise<object[]> {
    return loaders.installationsOfApp.load(id);
  }

  @FieldResolver(() => [Template], { description: 'Templates that this app was published as.' })
  templates(@Root() { id }: AppRow, @Ctx() { loaders }: RequestContext): Promise<object[]> {
    return loaders.templatesOfApp.load(id);
  }

  @FieldResolver(() => ReleaseRecordConnection)
  releaseRecords(@Root() { id }: AppRow, @Args() page: PageArgs, @Ctx() { loaders, teams }: RequestContext): Promise<object> {
    return connectionOf(loaders.releasesOfApp, id, page, { teams }, toReleaseNode);
  }

  @FieldResolver(() => UpgradeRecordConnection)
  upgradeRecords(@Root() { id }: AppRow, @Args() page: PageArgs, @Ctx() { loaders }: RequestContext): Promise<object> {
    return connectionOf(loaders.upgradesOfApp, id, page, {}, toUpgradeNode);
  }

  @Allow('DEVELOP')
  @Mutation(() => AppPayload)
  async createApp(
    @Arg('input') input: CreateAppInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const create = {
      name: input.name,
      team: teamOfNew(command.access, input.team ?? undefined, DEFAULT_TEAM),
      target: input.target ?? undefined,
    };
    const { result, position } = await handleCreateApp(context.backend.services, command, create);
    return appPayload(context, result, position);
  }

  @Allow('DEVELOP')
  @Mutation(() => AppPayload)
  async updateApp(
    @Arg('input') input: UpdateAppInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    if (input.extra !== undefined && input.extra !== null && !isJsonObject(input.extra)) {
      throw new Refusal('BAD_USER_INPUT', 'extra: an object is expected', { path: 'extra' });
    }
    const change = {
      name: input.name ?? undefined,
      target: input.target ?? undefined,
      installationId: (input.installationId ?? undefined) as InstallationId | undefined,
      edit: { set: setOf(input.extra), unset: input.unset ?? [] },
    };
    const to = { appId: input.appId as AppId, expectedRevision: input.expectedRevision };
    const { position } = await handleChangeApp(context.backend.services, command, to, change);
    return appPayload(context, input.appId, position);
  }

  @Allow('DEVELOP')
  @Mutation(() => DeletePayload)
  async deleteApp(
    @Arg('input') input: DeleteAppInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<DeletePayload> {
    const to = { appId: input.appId as AppId, expectedRevision: input.expectedRevision };
    const { position } = await handleDeleteApp(context.backend.services, command, to);
    return { id: input.appId, position: await context.written(position) };
  }
}

function setOf(extra: JsonObject | null | undefined): JsonObject {
  return extra ? { extra } : {};
}

function appPayload(context: RequestContext, appId: string, position: Position): Promise<object> {
  return answered(context, position, async () => ({ app: await loadApp(context, appId) }));
}
