import { Ctx, Field, ObjectType, Query, Resolver } from 'type-graphql';
import { Allow } from '../allow.js';
import type { RequestContext } from '../context.js';

@ObjectType({ description: 'What proves later what the log was. Keep it where nobody who runs this server can write.' })
export class LogCheckpoint {
  @Field(() => String, {
    nullable: true,
    description:
      'The newest checkpoint (c2sp.org/tlog-checkpoint): the number of events and the root of the Merkle tree over them, signed. Keep it byte by byte, for `regraft verify --checkpoint`. Null before the first one is made.',
  })
  note!: string | null;

  @Field(() => String, { description: 'What checks its signature, for `regraft verify --key` (c2sp.org/signed-note).' })
  publicKey!: string;
}

@Resolver()
export class CheckpointResolver {
  @Allow('AUDIT')
  @Query(() => LogCheckpoint, {
    nullable: true,
    description: 'The newest signed checkpoint of the log, by this node. Null where this server signs none.',
  })
  checkpoint(@Ctx() { backend: { checkpoints } }: RequestContext): LogCheckpoint | null {
    return checkpoints ? { note: checkpoints.newest, publicKey: checkpoints.publicKey } : null;
  }
}
