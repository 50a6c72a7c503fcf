import { Max, Min } from 'class-validator';
import { ArgsType, Field, ID, Int, ObjectType } from 'type-graphql';
import { connectionTypes } from '../connection.js';
import { RehearsalOutcome, RehearsalState } from '../enums.js';
import { Node } from '../node.js';
import { PositionScalar } from '../scalars.js';
import { IdentityInput } from '../template/template.types.js';

const WAIT_SECONDS = 10;

@ArgsType()
export class RehearseArgs {
  @Field(() => ID)
  appId!: string;

  @Field(() => ID)
  templateId!: string;

  @Field(() => String, {
    nullable: true,
    description: 'As it would be published; the one that publishPreview suggests where it is not given.',
  })
  version?: string | null;

  @Field(() => String, { nullable: true, description: 'As for publishing.' })
  basedOn?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'As for publishing: installs that it does not let through are not offered the version.',
  })
  upgradeFrom?: string | null;

  @Field(() => [ID], { nullable: true, description: 'As for publishing.' })
  components?: string[] | null;

  @Field(() => [IdentityInput], { nullable: true, description: 'As for publishing.' })
  identities?: IdentityInput[] | null;

  @Field(() => Int, {
    defaultValue: WAIT_SECONDS,
    description: `How long the answer waits for the rehearsal to be done, 0 to ${WAIT_SECONDS} seconds; it goes on by itself if it takes longer.`,
  })
  @Min(0)
  @Max(WAIT_SECONDS)
  waitSeconds!: number;
}

@ObjectType({
  description: 'How many installs there are of each outcome; and how many would lose data, which are among those that are blocked.',
})
export class RehearsalSummary {
  @Field(() => Int, { description: 'Upgrading them as they are would succeed.' })
  clean!: number;

  @Field(() => Int, { description: 'Likewise, and nothing that they run would change.' })
  unchanged!: number;

  @Field(() => Int, { description: 'They would need choices.' })
  conflicts!: number;

  @Field(() => Int, { description: 'Problems of the plan, or data that would be lost, stand in the way; there may be conflicts besides.' })
  blocked!: number;

  @Field(() => Int, { description: 'They stand at a version that is not smaller.' })
  notOffered!: number;

  @Field(() => Int)
  dataLoss!: number;
}

@ObjectType({
  description:
    "A place where installs clash with the template. componentKey is the template's, whatever installs call it; empty for app-level content.",
})
export class RehearsalPath {
  @Field(() => String)
  componentKey!: string;

  @Field(() => String)
  path!: string;

  @Field(() => Int)
  installs!: number;
}

@ObjectType({
  description: 'How many installs something stands in the way of: a problem of the plan, or DATA_LOSS. One that several do counts at each.',
})
export class RehearsalProblem {
  @Field(() => String)
  code!: string;

  @Field(() => Int)
  installs!: number;
}

@ObjectType({
  description: 'A place that somebody would have to look at, named as the plan of this install shows it: CONFLICT, or what blocks.',
})
export class RehearsalPlace {
  @Field(() => String)
  code!: string;

  @Field(() => String)
  componentKey!: string;

  @Field(() => String)
  path!: string;
}

@ObjectType({ description: 'An install as it was when it was rehearsed, and what the new version would mean for it.' })
export class RehearsalInstall {
  @Field(() => ID)
  appId!: string;

  @Field(() => ID)
  installationId!: string;

  @Field(() => String)
  currentVersion!: string;

  @Field(() => RehearsalOutcome)
  outcome!: string;

  @Field(() => Int)
  conflicts!: number;

  @Field(() => Int)
  problems!: number;

  @Field(() => Int, { description: 'Places whose data would be lost.' })
  losses!: number;

  @Field(() => [RehearsalPlace], {
    description: 'The first few: what blocks, then conflicts. upgradePlan has them all, once it is published.',
  })
  places!: RehearsalPlace[];
}

@ObjectType({ description: 'How far a rehearsal is. total is null until the installs are counted.' })
export class RehearsalProgress {
  @Field(() => ID)
  id!: string;

  @Field(() => RehearsalState)
  state!: string;

  @Field(() => Int)
  processed!: number;

  @Field(() => Int, { nullable: true })
  total!: number | null;
}

@ObjectType({
  implements: Node,
  description:
    'What publishing an app would mean for the installs of a template. It is kept for a while in the memory of the node that made it, and is never in the log.',
})
export class Rehearsal implements Node {
  @Field(() => ID)
  id!: string;

  @Field(() => RehearsalState)
  state!: string;

  @Field(() => String, { nullable: true, description: 'Why it failed.' })
  error!: string | null;

  @Field(() => String, { description: 'The version that would be published.' })
  version!: string;

  @Field(() => String, { nullable: true })
  basedOn!: string | null;

  @Field(() => Int, { description: 'The revision of the app that would be published.' })
  appRevision!: number;

  @Field(() => PositionScalar, { nullable: true, description: 'The installs are as they were there. Null until they are read.' })
  position!: string | null;

  @Field(() => Int, { description: 'Installs whose outcome is known: what is told of installs is told of these.' })
  processed!: number;

  @Field(() => Int, { nullable: true, description: 'Installs of the template; null until they are counted.' })
  total!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Plans that it takes: installs that differ in nothing but their ids have one in common.',
  })
  cases!: number | null;

  @Field(() => RehearsalSummary)
  summary!: RehearsalSummary;

  @Field(() => [RehearsalPath], { description: 'The ten places that the most installs clash at, the most common first.' })
  conflictPaths!: RehearsalPath[];

  @Field(() => [RehearsalProblem])
  blocking!: RehearsalProblem[];
}

export const RehearsalInstallConnection = connectionTypes('RehearsalInstall', () => RehearsalInstall);
