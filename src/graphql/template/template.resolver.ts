import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { Allow } from '../allow.js';
import { countTemplates, templatesPage, type TemplateRow } from '../../../projections/templates/queries.js';
import type { CommandContext } from '../../commands/context.js';
import { handleChangeVisibility, handlePublishTemplate, type PublishTemplate } from '../../commands/publish.js';
import { Refusal } from '../../domain/errors.js';
import type { AppId, ComponentId, TemplateComponentId, TemplateId } from '../../domain/ids.js';
import { requireVersion, versionSortKey } from '../../domain/version.js';
import { comparePublished } from '../../queries/compare-versions.js';
import { previewPublish } from '../../queries/publish-preview.js';
import { App, InstallationConnection } from '../app/app.types.js';
import { PublishPreview, VersionComparison } from '../comparison/comparison.types.js';
import { toVersionComparison } from '../comparison/to-comparison.js';
import { answered, Command } from '../command.js';
import { connectionOf, decodeCursor, firstOf, PageArgs, same, toConnection } from '../connection.js';
import type { RequestContext } from '../context.js';
import { loadTemplate, presentApp, toReleaseNode, toVersionNode, type VersionNode } from '../nodes.js';
import { AsOf, type AsOfInput } from '../past/as-of.js';
import { COST_OF_COMPARING } from '../query-cost.js';
import { sortKeyOf } from '../version-filter.js';
import { awaitRelease } from './await-release.js';
import {
  ChangeTemplateVisibilityInput,
  PublishPayload,
  PublishTemplateInput,
  ReleaseRecordConnection,
  Template,
  TemplateConnection,
  TemplatePayload,
  TemplateVersion,
  TemplateVersionConnection,
} from './template.types.js';

@Resolver(() => Template)
export class TemplateResolver {
  @Allow('READ')
  @Query(() => Template, {
    nullable: true,
    description: 'With asOf, it and everything beneath it is as it was then; null where it was not there.',
  })
  template(
    @Arg('id', () => ID) id: string,
    @Ctx() { loaders }: RequestContext,
    @AsOf() _asOf?: AsOfInput | null,
  ): Promise<object | undefined> {
    return loaders.template.load(id);
  }

  @Allow('READ')
  @Query(() => TemplateConnection)
  templates(
    @Args() page: PageArgs,
    @Ctx() { readModel, teams }: RequestContext,
    @Arg('team', () => String, { nullable: true }) team?: string | null,
    @Arg('search', () => String, { nullable: true }) search?: string | null,
  ): object {
    const filter = { team: team ?? undefined, teams, search: search ?? undefined };
    const after = decodeCursor(page.after, { name: '', id: '' });
    const rows = templatesPage(readModel, filter, firstOf(page), after);
    return toConnection(
      rows,
      after,
      ({ name, id }) => ({ name, id }),
      () => countTemplates(readModel, filter),
      same,
    );
  }

  @Allow('READ')
  @Query(() => VersionComparison, {
    description: 'Any two published versions of a template, in either direction.',
    complexity: COST_OF_COMPARING,
  })
  async compareVersions(
    @Arg('templateId', () => ID) templateId: string,
    @Arg('from', () => String) from: string,
    @Arg('to', () => String) to: string,
    @Ctx() context: RequestContext,
  ): Promise<object> {
    await loadTemplate(context, templateId);
    const compared = await comparePublished(context.readModel, context.contents, templateId, from, to);
    return toVersionComparison(compared, compared);
  }

  @Allow('DEVELOP')
  @Query(() => PublishPreview, {
    description:
      "What publishing the app now would do: how its components match the template's, differences to the last version (or the one it is based on), and the next version that they call for.",
    complexity: COST_OF_COMPARING,
  })
  async publishPreview(
    @Arg('appId', () => ID) appId: string,
    @Ctx() { backend, principal }: RequestContext,
    @Arg('templateId', () => ID, { nullable: true }) templateId?: string | null,
    @Arg('basedOn', () => String, { nullable: true }) basedOn?: string | null,
    @Arg('components', () => [ID], { nullable: true }) components?: string[] | null,
  ): Promise<object> {
    if (basedOn && !templateId) throw new Refusal('BAD_USER_INPUT', 'basedOn: say of which template by templateId', { path: 'basedOn' });
    const asked = {
      appId: appId as AppId,
      templateId: (templateId ?? undefined) as TemplateId | undefined,
      basedOn: basedOn === null || basedOn === undefined ? undefined : requireVersion(basedOn),
      components: toComponentIds(components),
    };
    const preview = await previewPublish(backend.services, asked, { principal, permission: 'DEVELOP' });
    const { comparison, base, latestVersion, suggestion, matches, problems } = preview;
    const versions = { templateId: templateId ?? '', from: base ?? '', to: suggestion.version };
    return {
      comparison: comparison ? toVersionComparison(comparison, versions) : null,
      latestVersion: latestVersion ?? null,
      suggestedVersion: suggestion.version,
      suggestionReason: suggestion.reason,
      matches: matches.map(({ source, by, templateComponentId }) => ({
        componentId: source.componentId,
        key: source.key,
        templateComponentId: templateComponentId ?? null,
        by,
      })),
      problems,
    };
  }

  @FieldResolver(() => App, { nullable: true })
  sourceApp(@Root() { sourceAppId }: TemplateRow, @Ctx() { loaders }: RequestContext): Promise<object | undefined> {
    return presentApp(loaders, sourceAppId);
  }

  @FieldResolver(() => TemplateVersion, { nullable: true, description: 'The largest one that is not withdrawn.' })
  async latestVersion(@Root() { id }: TemplateRow, @Ctx() { loaders }: RequestContext): Promise<VersionNode | null> {
    const version = await loaders.latestVersion.load(id);
    return version ? toVersionNode(version) : null;
  }

  @FieldResolver(() => TemplateVersion, { nullable: true })
  async version(
    @Root() { id }: TemplateRow,
    @Arg('version', () => String) label: string,
    @Ctx() { loaders }: RequestContext,
  ): Promise<VersionNode | null> {
    const version = await loaders.versionAt.load({ templateId: id, sortKey: versionSortKey(requireVersion(label)) });
    return version ? toVersionNode(version) : null;
  }

  @FieldResolver(() => TemplateVersionConnection, { description: 'Largest first.' })
  versions(@Root() { id }: TemplateRow, @Args() page: PageArgs, @Ctx() { loaders }: RequestContext): Promise<object> {
    return connectionOf(loaders.versionsOfTemplate, id, page, {}, toVersionNode);
  }

  @FieldResolver(() => ReleaseRecordConnection, { description: 'Shown to the team of the template.' })
  releaseRecords(@Root() { id }: TemplateRow, @Args() page: PageArgs, @Ctx() { loaders, teams }: RequestContext): Promise<object> {
    return connectionOf(loaders.releasesOfTemplate, id, page, { teams }, toReleaseNode);
  }

  @FieldResolver(() => InstallationConnection, {
    description:
      "Those of apps that one may read. totalCount counts all of them for the template's team: of others it sees their number, no more.",
  })
  installations(
    @Root() { id, team }: TemplateRow,
    @Args() page: PageArgs,
    @Ctx() { loaders, teams }: RequestContext,
    @Arg('version', () => String, { nullable: true }) version?: string | null,
  ): Promise<object> {
    const sortKey = sortKeyOf(version);
    const counted = teams?.includes(team) ? { sortKey } : { sortKey, teams };
    return connectionOf(loaders.installationsOfTemplate, id, page, { sortKey, teams }, same, counted);
  }

  @Allow('DEVELOP')
  @Mutation(() => PublishPayload, { description: 'Publishes an app as a new template (name) or as a new version of one (templateId).' })
  async publishTemplate(
    @Arg('input') input: PublishTemplateInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const { result, position } = await handlePublishTemplate(context.backend.services, command, {
      appId: input.appId as AppId,
      expectedRevision: input.expectedRevision,
      version: input.version,
      alias: input.alias ?? undefined,
      notes: input.notes ?? undefined,
      basedOn: input.basedOn ?? undefined,
      upgradeFrom: input.upgradeFrom ?? undefined,
      components: toComponentIds(input.components),
      identities: (input.identities ?? []).map(({ componentId, templateComponentId }) => ({
        componentId: componentId as ComponentId,
        templateComponentId: templateComponentId as TemplateComponentId,
      })),
      as: publishAs(input),
    });
    return awaitRelease(context, command, result, position);
  }

  @Allow('DEVELOP')
  @Mutation(() => TemplatePayload, {
    description: 'Says who reads a template beside its team. Whoever has it installed goes on reading it, and upgrades.',
  })
  async changeTemplateVisibility(
    @Arg('input') input: ChangeTemplateVisibilityInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const { templateId, visibility } = input;
    const { result, position } = await handleChangeVisibility(context.backend.services, command, templateId as TemplateId, visibility);
    return answered(context, position, async () => ({ template: await loadTemplate(context, result) }));
  }
}

function toComponentIds(components: readonly string[] | null | undefined): ReadonlySet<ComponentId> | undefined {
  return components ? new Set(components as readonly ComponentId[]) : undefined;
}

function publishAs({ name, templateId, visibility }: PublishTemplateInput): PublishTemplate['as'] {
  if (templateId && visibility) {
    throw new Refusal('BAD_USER_INPUT', 'visibility: the template is there already: say it by changeTemplateVisibility', {
      path: 'visibility',
    });
  }
  if (templateId && !name) return { templateId: templateId as TemplateId };
  if (name && !templateId) return { name, visibility: visibility ?? undefined };
  throw new Refusal('BAD_USER_INPUT', 'say as what to publish: a new template by name, or a new version of one by templateId', {
    path: 'name',
  });
}
