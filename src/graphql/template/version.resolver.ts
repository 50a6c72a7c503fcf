import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { JsonObject } from '../../domain/json.js';
import { toSpec } from '../component/spec.js';
import { TemplateComponent } from '../component/component.types.js';
import type { RequestContext } from '../context.js';
import { loadTemplate, type VersionNode } from '../nodes.js';
import { JsonScalar } from '../scalars.js';
import { Template, TemplateVersion } from './template.types.js';

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
}
