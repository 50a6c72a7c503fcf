import { Field, ID, ObjectType } from 'type-graphql';
import { ConflictPolicy, ResolutionChoice } from '../enums.js';
import { Actor, Event } from '../history/history.types.js';
import { DateTimeScalar } from '../scalars.js';

@ObjectType({ description: 'What was said of one place of the plan. A value that was given is in what came of it.' })
export class Decision {
  @Field(() => String)
  componentKey!: string;

  @Field(() => String)
  path!: string;

  @Field(() => ResolutionChoice)
  choice!: string;
}

@ObjectType({ description: 'What whoever started an upgrade decided.' })
export class UpgradeDecisions {
  @Field(() => Actor)
  actor!: Actor;

  @Field(() => DateTimeScalar)
  decidedAt!: string;

  @Field(() => String, { nullable: true })
  reason!: string | null;

  @Field(() => ConflictPolicy, { description: 'What became of conflicts that no resolution names.' })
  policy!: string;

  @Field(() => [Decision])
  resolutions!: readonly Decision[];

  @Field(() => [ID], { nullable: true, description: 'Template components, of an upgrade of some; null where it was of all.' })
  components!: readonly string[] | null;

  @Field(() => Boolean)
  acceptDataLoss!: boolean;

  @Field(() => String, { description: 'Of the plan that was carried out, with these decisions.' })
  planFingerprint!: string;
}

@ObjectType({ description: 'An event of an upgrade, and the component that it is about; null of what is about the upgrade as a whole.' })
export class ReplayStep {
  @Field(() => Event)
  event!: Event;

  @Field(() => ID, { nullable: true })
  componentId!: string | null;

  @Field(() => String, { nullable: true })
  componentKey!: string | null;
}

@ObjectType({
  description:
    'How an upgrade or a rollback went, so far: what there was, what there was to decide, what was decided, what was done, what came of it.',
})
export class UpgradeReplay {
  @Field(() => UpgradeDecisions)
  decisions!: UpgradeDecisions;

  @Field(() => [ReplayStep], { description: 'Every event that names it, oldest first.' })
  steps!: readonly ReplayStep[];
}
