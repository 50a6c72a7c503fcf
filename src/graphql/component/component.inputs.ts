import { IsNotEmpty, IsOptional, Matches, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import type { JsonObject } from '../../domain/json.js';
import { JsonScalar } from '../scalars.js';
import {
  ConfigFileInput,
  DependencyInput,
  EnvVarInput,
  LabelInput,
  PortInput,
  ProbeInput,
  ResourcesInput,
  VolumeInput,
  KEY,
  KEY_MESSAGE,
} from './parts.inputs.js';
import { CommandInput } from '../command.js';

/** What a new component and an edit of one have in common. */
@InputType()
abstract class ComponentFields {
  @Field(() => String, { nullable: true })
  @IsOptional()
  @MaxLength(1000)
  title?: string | null;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @IsNotEmpty()
  @MaxLength(4096)
  image?: string | null;

  @Field(() => [String], { nullable: true })
  command?: string[] | null;

  @Field(() => [String], { nullable: true })
  entrypoint?: string[] | null;

  @Field(() => Int, { nullable: true })
  @IsOptional()
  @Min(0)
  @Max(100_000)
  replicas?: number | null;

  @Field(() => [EnvVarInput], { nullable: true })
  @IsOptional()
  @ValidateNested()
  env?: EnvVarInput[] | null;

  @Field(() => [PortInput], { nullable: true })
  @IsOptional()
  @ValidateNested()
  ports?: PortInput[] | null;

  @Field(() => [VolumeInput], { nullable: true })
  @IsOptional()
  @ValidateNested()
  volumes?: VolumeInput[] | null;

  @Field(() => [ConfigFileInput], { nullable: true })
  @IsOptional()
  @ValidateNested()
  configFiles?: ConfigFileInput[] | null;

  @Field(() => [DependencyInput], { nullable: true })
  @IsOptional()
  @ValidateNested()
  dependsOn?: DependencyInput[] | null;

  @Field(() => [ProbeInput], { nullable: true })
  @IsOptional()
  @ValidateNested()
  probes?: ProbeInput[] | null;

  @Field(() => ResourcesInput, { nullable: true })
  resources?: ResourcesInput | null;

  @Field(() => [LabelInput], { nullable: true })
  @IsOptional()
  @ValidateNested()
  labels?: LabelInput[] | null;

  @Field(() => JsonScalar, { nullable: true })
  extra?: JsonObject | null;
}

@InputType()
export class ComponentInput extends ComponentFields {
  @Field(() => String)
  @Matches(KEY, { message: KEY_MESSAGE })
  key!: string;
}

@InputType({ description: 'The same without key required; a key renames.' })
export class ComponentPatchInput extends ComponentFields {
  @Field(() => String, { nullable: true })
  @IsOptional()
  @Matches(KEY, { message: KEY_MESSAGE })
  key?: string | null;
}

@InputType()
export class AddComponentInput extends CommandInput {
  @Field(() => ID)
  appId!: string;

  @Field(() => ComponentInput)
  @ValidateNested()
  component!: ComponentInput;

  @Field(() => Int, { nullable: true })
  expectedRevision?: number | null;
}

@InputType()
export class UpdateComponentInput extends CommandInput {
  @Field(() => ID)
  appId!: string;

  @Field(() => ID)
  componentId!: string;

  @Field(() => ComponentPatchInput, { nullable: true })
  @IsOptional()
  @ValidateNested()
  set?: ComponentPatchInput | null;

  @Field(() => [String], { nullable: true, description: 'JSON Pointers (RFC 6901), such as /env/NAME.' })
  unset?: string[] | null;

  @Field(() => Int, { nullable: true })
  expectedRevision?: number | null;
}

@InputType()
export class MapComponentInput extends CommandInput {
  @Field(() => ID)
  appId!: string;

  @Field(() => ID)
  componentId!: string;

  @Field(() => ID, { nullable: true })
  installationId?: string | null;

  @Field(() => ID)
  templateComponentId!: string;

  @Field(() => Int, { nullable: true })
  expectedRevision?: number | null;
}

@InputType()
export class RemoveComponentInput extends CommandInput {
  @Field(() => ID)
  appId!: string;

  @Field(() => ID)
  componentId!: string;

  @Field(() => Int, { nullable: true })
  expectedRevision?: number | null;
}
