import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { Allow } from '../allow.js';
import type { CommandContext } from '../../commands/context.js';
import { handleVersionState } from '../../commands/version-state.js';
import type { TemplateId } from '../../domain/ids.js';
import type { JsonObject } from '../../domain/json.js';
import { deprecateVersion, restoreVersion, withdrawVersion } from '../../domain/template/decide-version-state.js';
import { answered, Command } from '../command.js';
import { toSpec } from '../component/spec.js';
import { TemplateComponent } from '../component/component.types.js';
import type { RequestContext } from '../context.js';
import { loadTemplate, type VersionNode } from '../nodes.js';
import { JsonScalar } from '../scalars.js';
import { Template, TemplatePayload, TemplateVersion, VersionStateInput } from './template.types.js';

@Resolver(() => TemplateVersion)
export class TemplateVersionResolver {
  @FieldResolver(() => Template)
  template(@Root() { templateId }: VersionNode, @Ctx() context: RequestContext): Promise<object> {
    return loadTemplate(context, templateId);
  }

  @FieldResolver(() => [TemplateComponent])
  async components(@Root() { releaseId }: VersionNode, @Ctx() { loaders }: RequestContext): Promise<TemplateComponent[]> {
    const entries = [...(await loaders.manifest.load(releaseId)).components.values()];
    const lookup = await loaders.contents.load(entries.map(({ digest }) => digest));
    return entries.map(({ digest, templateComponentId }) => ({ ...toSpec(lookup.definition(digest), digest), templateComponentId }));
  }

  @FieldResolver(() => JsonScalar, { nullable: true })
  async extra(@Root() { releaseId }: VersionNode, @Ctx() { loaders }: RequestContext): Promise<JsonObject | undefined> {
    const { content } = await loaders.manifest.load(releaseId);
    return (await loaders.contents.load([content])).appContent(content).extra;
  }

  @Allow('DEVELOP')
  @Mutation(() => TemplatePayload, { description: 'The version stays on offer, marked with the reason.' })
  deprecateVersion(
    @Arg('input') input: VersionStateInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    return changeState(context, command, input, deprecateVersion);
  }

  @Allow('DEVELOP')
  @Mutation(() => TemplatePayload, {
    description: 'The version can no longer be installed or upgraded to. Its content stays, and so do installs at it.',
  })
  withdrawVersion(
    @Arg('input') input: VersionStateInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    return changeState(context, command, input, withdrawVersion);
  }

  @Allow('DEVELOP')
  @Mutation(() => TemplatePayload, { description: 'A deprecated or withdrawn version is on offer again, as when it was published.' })
  restoreVersion(
    @Arg('input') input: VersionStateInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    return changeState(context, command, input, restoreVersion);
  }
}

async function changeState(
  context: RequestContext,
  command: CommandContext,
  { templateId, version, reason }: VersionStateInput,
  decide: typeof deprecateVersion,
): Promise<object> {
  const asked = { templateId: templateId as TemplateId, version, reason: reason ?? undefined };
  const { result, position } = await handleVersionState(context.backend.services, command, asked, decide);
  return answered(context, position, async () => ({ template: await loadTemplate(context, result) }));
}
