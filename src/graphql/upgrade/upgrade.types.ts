import { Field, ID, ObjectType } from 'type-graphql';
import { App, Installation } from '../app/app.types.js';
import { connectionTypes } from '../connection.js';
import { PlanAction, UpgradeKind, UpgradeState } from '../enums.js';
import { Actor } from '../history/history.types.js';
import { Node } from '../node.js';
import { FieldPlan } from '../plan/plan.types.js';
import { DateTimeScalar, PositionScalar } from '../scalars.js';

@ObjectType({ implements: Node })
export class UpgradeRecord implements Node {
  @Field(() => ID)
  id!: string;

  @Field(() => UpgradeKind)
  kind!: string;

  @Field(() => String)
  fromVersion!: string;

  @Field(() => String)
  toVersion!: string;

  @Field(() => UpgradeState)
  state!: string;

  @Field(() => DateTimeScalar)
  startedAt!: string;

  @Field(() => DateTimeScalar, { nullable: true })
  finishedAt!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'Of an upgrade that an integration carries out and that is not over: when it becomes UNKNOWN, unless something is reported before.',
  })
  leaseUntil!: string | null;

  @Field(() => Actor)
  startedBy!: Actor;

  @Field(() => String, { nullable: true })
  reason!: string | null;
}

@ObjectType()
export class UpgradeRecordComponent {
  @Field(() => ID)
  componentId!: string;

  @Field(() => String)
  key!: string;

  @Field(() => PlanAction)
  action!: string;

  @Field(() => UpgradeState)
  state!: string;

  @Field(() => String, { nullable: true, description: 'What the integration that carries it out said last.' })
  message!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it said so.' })
  reportedAt!: string | null;

  @Field(() => [FieldPlan])
  fields!: FieldPlan[];
}

@ObjectType()
export class UpgradePayload {
  @Field(() => App)
  app!: App;

  @Field(() => Installation)
  installation!: Installation;

  @Field(() => UpgradeRecord, { description: 'The last one.' })
  upgrade!: UpgradeRecord;

  @Field(() => [UpgradeRecord], { description: 'One for each hop that the command made, in order.' })
  upgrades!: UpgradeRecord[];

  @Field(() => PositionScalar)
  position!: string;
}

export const UpgradeRecordConnection = connectionTypes('UpgradeRecord', () => UpgradeRecord);
