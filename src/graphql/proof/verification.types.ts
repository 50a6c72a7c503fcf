import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { PositionScalar } from '../scalars.js';

export const VerificationState = { RUNNING: 'RUNNING', WHOLE: 'WHOLE', BROKEN: 'BROKEN' } as const;
registerEnumType(VerificationState, { name: 'VerificationState' });

@ObjectType({ description: 'The first event of the log that cannot be as it was written; nothing after it was looked at.' })
export class BrokenEvent {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  stream!: string;

  @Field(() => Int)
  revision!: number;

  @Field(() => PositionScalar)
  position!: string;

  @Field(() => String)
  problem!: string;
}

@ObjectType({ description: 'The first signed checkpoint that the log does not bear out, though each of its events may be right.' })
export class BrokenCheckpoint {
  @Field(() => Int, { description: 'Of how many events it is.' })
  size!: number;

  @Field(() => String)
  root!: string;

  @Field(() => String)
  problem!: string;
}

@ObjectType()
export class HistoryVerification {
  @Field(() => VerificationState, { description: 'RUNNING, until the last message: WHOLE or BROKEN.' })
  state!: string;

  @Field(() => Float, { description: 'About how much of the log was looked at, from 0 to 1.' })
  progress!: number;

  @Field(() => Int, { description: 'Events that were found right.' })
  events!: number;

  @Field(() => Int, { nullable: true, description: 'In how many streams; null while it runs.' })
  streams!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How many of the events a signed checkpoint of this node covers; 0 where there is none, null while it runs.',
  })
  proven!: number | null;

  @Field(() => BrokenEvent, { nullable: true })
  broken!: BrokenEvent | null;

  @Field(() => BrokenCheckpoint, { nullable: true })
  brokenCheckpoint!: BrokenCheckpoint | null;
}
