import { IsOptional } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { CommandInput } from '../command.js';
import { ApplyPlanInput } from '../plan/plan.inputs.js';
import { IsProse } from '../text.js';

@InputType({ description: 'upgradeId: the upgrade, or rollback, to undo, with those after it.' })
export class RollbackUpgradeInput extends ApplyPlanInput {
  @Field(() => ID)
  appId!: string;

  @Field(() => ID)
  upgradeId!: string;
}

@InputType()
export class ReleaseHoldInput extends CommandInput {
  @Field(() => ID)
  appId!: string;

  @Field(() => ID)
  installationId!: string;

  @Field(() => String)
  version!: string;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @IsProse(10_000)
  reason?: string | null;

  @Field(() => Int, { nullable: true })
  expectedRevision?: number | null;
}
