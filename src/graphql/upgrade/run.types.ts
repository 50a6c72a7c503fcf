import { ArrayMaxSize, IsOptional, Max, Min } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { MAX_LEASE_SECONDS, MIN_LEASE_SECONDS } from '../../domain/app/lease.js';
import { CommandInput } from '../command.js';
import { ReportedState, SettledState } from '../enums.js';
import { IsProse } from '../text.js';

const MAX_PROSE = 10_000;

@InputType()
export class ReportComponentUpgradeInput extends CommandInput {
  @Field(() => ID)
  appId!: string;

  @Field(() => ID)
  upgradeId!: string;

  @Field(() => ID, { description: "As the upgrade's record has it." })
  componentId!: string;

  @Field(() => ReportedState, { description: 'RUNNING: still at it, which keeps the upgrade from becoming UNKNOWN.' })
  state!: 'RUNNING' | 'COMPLETED' | 'FAILED';

  @Field(() => String, { nullable: true })
  @IsOptional()
  @IsProse(MAX_PROSE)
  message?: string | null;
}

@InputType()
export class RetryUpgradeInput extends CommandInput {
  @Field(() => ID)
  appId!: string;

  @Field(() => ID)
  upgradeId!: string;

  @Field(() => Int, { nullable: true, description: 'That of before where it is not given.' })
  @IsOptional()
  @Min(MIN_LEASE_SECONDS)
  @Max(MAX_LEASE_SECONDS)
  leaseSeconds?: number | null;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @IsProse(MAX_PROSE)
  reason?: string | null;

  @Field(() => Int, { nullable: true })
  expectedRevision?: number | null;
}

@InputType()
export class ComponentOutcomeInput {
  @Field(() => ID)
  componentId!: string;

  @Field(() => SettledState)
  outcome!: 'COMPLETED' | 'FAILED';
}

@InputType({ description: 'outcome: of the components that were not reported and that components does not name.' })
export class SettleUpgradeInput extends CommandInput {
  @Field(() => ID)
  appId!: string;

  @Field(() => ID)
  upgradeId!: string;

  @Field(() => SettledState, { nullable: true })
  outcome?: 'COMPLETED' | 'FAILED' | null;

  @Field(() => [ComponentOutcomeInput], { nullable: true })
  @IsOptional()
  @ArrayMaxSize(10_000)
  components?: ComponentOutcomeInput[] | null;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @IsProse(MAX_PROSE)
  reason?: string | null;

  @Field(() => Int, { nullable: true })
  expectedRevision?: number | null;
}
