import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../context.js';
import { Template } from '../template/template.types.js';
import { VersionComparison } from './comparison.types.js';

@Resolver(() => VersionComparison)
export class VersionComparisonResolver {
  @FieldResolver(() => Template, { nullable: true })
  template(@Root() { templateId }: { templateId: string }, @Ctx() { loaders }: RequestContext): Promise<object | undefined> {
    return loaders.template.load(templateId);
  }
}
