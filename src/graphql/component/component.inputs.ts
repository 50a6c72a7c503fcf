import { ArrayMaxSize, IsInt, IsNotEmpty, IsOptional, Matches, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import type { JsonObject } from '../../domain/json.js';
import { PortProtocol, ProbeKind, VolumeKind } from '../enums.js';
import { JsonScalar } from '../scalars.js';

const KEY = /^[a-zA-Z0-9._-]{1,128}$/;
const KEY_MESSAGE = 'a key is 1 to 128 letters, digits, ".", "_" or "-"';

@InputType({ description: 'A variable has a value, or is left open.' })
export class EnvVarInput {
  @Field(() => String)
  @Matches(/^[^=\0]{1,1024}$/, { message: 'the name of a variable is 1 to 1,024 characters, without "="' })
  name!: string;

  @Field(() => String, { nullable: true })
  value?: string | null;

  @Field(() => String, { nullable: true })
  description?: string | null;
}

@InputType()
export class PublishedPortInput {
  @Field(() => String, { nullable: true })
  @IsOptional()
  @Matches(/^[0-9a-fA-F.:%\w-]{1,100}$/, { message: 'hostIp is an IP address' })
  hostIp?: string | null;

  @Field(() => Int)
  @IsInt()
  @Min(1)
  @Max(65_535)
  port!: number;
}

@InputType()
export class PortInput {
  @Field(() => Int)
  @IsInt()
  @Min(1)
  @Max(65_535)
  containerPort!: number;

  @Field(() => PortProtocol, { nullable: true })
  protocol?: string | null;

  @Field(() => String, { nullable: true })
  appProtocol?: string | null;

  @Field(() => [PublishedPortInput], { nullable: true })
  @IsOptional()
  @ArrayMaxSize(1000)
  @ValidateNested()
  published?: PublishedPortInput[] | null;

  @Field(() => Boolean, { nullable: true })
  exposed?: boolean | null;

  @Field(() => String, { nullable: true })
  alias?: string | null;
}

@InputType()
export class VolumeInput {
  @Field(() => String)
  @IsNotEmpty()
  @MaxLength(4096)
  mountPath!: string;

  @Field(() => VolumeKind, { nullable: true })
  kind?: 'PERSISTENT' | 'EPHEMERAL' | 'BIND' | 'SHARED' | null;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => String, { nullable: true })
  source?: string | null;

  @Field(() => String, { nullable: true })
  size?: string | null;

  @Field(() => Boolean, { nullable: true })
  readOnly?: boolean | null;
}

@InputType()
export class ConfigFileInput {
  @Field(() => String)
  @IsNotEmpty()
  @MaxLength(4096)
  path!: string;

  @Field(() => String, { nullable: true })
  content?: string | null;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @Matches(/^0?[0-7]{3,4}$/, { message: 'mode is octal, such as 0444' })
  mode?: string | null;
}

@InputType()
export class DependencyInput {
  @Field(() => String)
  @Matches(KEY, { message: KEY_MESSAGE })
  componentKey!: string;

  @Field(() => String, { nullable: true })
  condition?: string | null;
}

@InputType()
export class HttpProbeInput {
  @Field(() => String)
  path!: string;

  @Field(() => Int)
  @IsInt()
  @Min(1)
  @Max(65_535)
  port!: number;

  @Field(() => String, { nullable: true })
  scheme?: string | null;
}

@InputType()
export class ProbeInput {
  @Field(() => ProbeKind)
  kind!: string;

  @Field(() => HttpProbeInput, { nullable: true })
  @IsOptional()
  @ValidateNested()
  http?: HttpProbeInput | null;

  @Field(() => Int, { nullable: true })
  @IsOptional()
  @Min(1)
  @Max(65_535)
  tcpPort?: number | null;

  @Field(() => [String], { nullable: true })
  exec?: string[] | null;

  @Field(() => Int, { nullable: true })
  @IsOptional()
  @Min(0)
  intervalSeconds?: number | null;

  @Field(() => Int, { nullable: true })
  @IsOptional()
  @Min(0)
  timeoutSeconds?: number | null;

  @Field(() => Int, { nullable: true })
  @IsOptional()
  @Min(0)
  retries?: number | null;

  @Field(() => Int, { nullable: true })
  @IsOptional()
  @Min(0)
  startPeriodSeconds?: number | null;
}

@InputType()
export class ResourcesInput {
  @Field(() => String, { nullable: true })
  cpu?: string | null;

  @Field(() => String, { nullable: true })
  memory?: string | null;
}

@InputType()
export class LabelInput {
  @Field(() => String)
  @IsNotEmpty()
  key!: string;

  @Field(() => String)
  value!: string;
}

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
export class AddComponentInput {
  @Field(() => ID)
  appId!: string;

  @Field(() => ComponentInput)
  @ValidateNested()
  component!: ComponentInput;

  @Field(() => Int, { nullable: true })
  expectedRevision?: number | null;
}

@InputType()
export class UpdateComponentInput {
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
export class RemoveComponentInput {
  @Field(() => ID)
  appId!: string;

  @Field(() => ID)
  componentId!: string;

  @Field(() => Int, { nullable: true })
  expectedRevision?: number | null;
}
