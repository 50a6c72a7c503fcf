import { Ctx, Query, Resolver } from 'type-graphql';
import { Allow } from '../allow.js';
import type { RequestContext } from '../context.js';
import { Me } from './me.types.js';
import { toGrant } from './to-grant.js';

@Resolver()
export class MeResolver {
  @Allow('READ')
  @Query(() => Me, { description: 'Who this request is asked by, and what they may do where.' })
  me(@Ctx() { principal: { actor, grants } }: RequestContext): Me {
    return { actor: { ...actor }, grants: grants.map(toGrant) };
  }
}
