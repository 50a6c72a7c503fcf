import { Ctx, Field, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { Allow } from '../allow.js';
import { requireOverAll } from '../../commands/access.js';
import type { RequestContext } from '../context.js';

@ObjectType({
  description: 'Read models that are being made anew. When they have come as far as those that answer, they take their place.',
})
export class RebuildReadModelsPayload {
  @Field(() => Int, { description: 'Of the read models that answer now.' })
  servingGeneration!: number;

  @Field(() => Int, { description: 'Of those that are being made: /health/ready tells how far they are.' })
  generation!: number;
}

@Resolver()
export class ReadModelsResolver {
  @Allow('ADMINISTER')
  @Mutation(() => RebuildReadModelsPayload, {
    description:
      'Makes the read models of this node anew from the log, while those that are there go on answering. Answers at once; while one is under way it starts no other.',
  })
  rebuildReadModels(@Ctx() { principal, backend: { readModels } }: RequestContext): RebuildReadModelsPayload {
    requireOverAll(principal, 'ADMINISTER');
    return { servingGeneration: readModels.status.generation, generation: readModels.rebuild().generation };
  }
}
