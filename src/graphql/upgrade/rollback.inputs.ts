import { ArrayMaxSize, IsOptional, ValidateNested } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { CommandInput } from '../command.js';
import { ConflictPolicy } from '../enums.js';
import { ResolutionInput } from '../plan/plan.inputs.js';
import { IsProse } from '../text.js';

@InputType({ description: 'upgradeId: the upgrade, or rollback, to undo, with those after it.' })
export class RollbackUpgradeInput extends CommandInput {
  @Field(() => ID)
  appId!: string;

  @Field(() => ID)
  upgradeId!: string;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @IsProse(10_000)
  reason?: string | null;

  @Field(() => [ResolutionInput], { nullable: true })
  @IsOptional()
  @ArrayMaxSize(100_000)
  @ValidateNested()
  resolutions?: ResolutionInput[] | null;

  @Field(() => ConflictPolicy, { nullable: true })
  policy?: 'ASK' | 'PREFER_LOCAL' | 'PREFER_TEMPLATE' | null;

  @Field(() => String, { nullable: true })
  planFingerprint?: string | null;

  @Field(() => Boolean, { nullable: true })
  acceptDataLoss?: boolean | null;

  @Field(() => Int, { nullable: true })
  expectedRevision?: number | null;
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
