import { ArrayMaxSize, IsOptional, Matches, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { DEFAULT_LEASE_SECONDS, MAX_LEASE_SECONDS, MIN_LEASE_SECONDS } from '../../domain/app/lease.js';
import type { Json } from '../../domain/json.js';
import { CommandInput } from '../command.js';
import { ConflictPolicy, ResolutionChoice } from '../enums.js';
import { JsonScalar } from '../scalars.js';
import { IsProse } from '../text.js';

export const COMPONENTS_CHOSEN =
  'Only these components, by their id or for what is to be added by templateComponentId; what they newly need comes along. All where not given.';

@InputType({ description: 'componentKey and path as the plan shows them.' })
export class ResolutionInput {
  @Field(() => String)
  @MaxLength(256)
  componentKey!: string;

  @Field(() => String)
  @Matches(/^(\/|$)/, { message: 'path is a JSON Pointer as the plan shows it' })
  path!: string;

  @Field(() => ResolutionChoice)
  choice!: 'LOCAL' | 'TEMPLATE' | 'VALUE';

  @Field(() => JsonScalar, { nullable: true })
  value?: Json;
}

const LEASE_SECONDS = `Of an app whose target is EXTERNAL: how long the integration may be silent before the outcome is UNKNOWN, ${MIN_LEASE_SECONDS} to ${MAX_LEASE_SECONDS} seconds; ${DEFAULT_LEASE_SECONDS} where it is not given. Each report begins it anew.`;

/** What the input of every mutation that applies a plan has. */
@InputType()
export abstract class ApplyPlanInput extends CommandInput {
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

  @Field(() => String, { nullable: true })
  @IsOptional()
  @IsProse(10_000)
  reason?: string | null;

  @Field(() => Int, { nullable: true })
  expectedRevision?: number | null;
}

@InputType()
export class UpgradeAppInput extends ApplyPlanInput {
  @Field(() => ID)
  appId!: string;

  @Field(() => ID, { nullable: true })
  installationId?: string | null;

  @Field(() => String)
  toVersion!: string;

  @Field(() => [ID], { nullable: true, description: COMPONENTS_CHOSEN })
  @IsOptional()
  @ArrayMaxSize(10_000)
  components?: string[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Makes every hop of upgradePath, each an upgrade of its own with the same policy, where the version is behind stops. A hop that is refused ends it; the hops before it stay (extensions.upgradeIds), and the same command again goes on from there.',
  })
  alongPath?: boolean | null;

  @Field(() => Int, { nullable: true, description: LEASE_SECONDS })
  @IsOptional()
  @Min(MIN_LEASE_SECONDS)
  @Max(MAX_LEASE_SECONDS)
  leaseSeconds?: number | null;
}
