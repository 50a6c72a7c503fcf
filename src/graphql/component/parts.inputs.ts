import { ArrayMaxSize, IsInt, IsNotEmpty, IsOptional, Length, Matches, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { Field, InputType, Int } from 'type-graphql';
import { Sensitive } from '../sensitive.js';
import { PortProtocol, ProbeKind, VolumeKind } from '../enums.js';

export const KEY = /^[a-zA-Z0-9._-]{1,128}$/;
export const KEY_MESSAGE = 'a key is 1 to 128 letters, digits, ".", "_" or "-"';

@InputType({
  description:
    'A variable has a value, or is left open, or is secret (value encrypted, never shown), or is generated at install (one value for all that name the same generateGroup). secret and generate stay until they are said to be false; a value for a secret or generated variable is encrypted.',
})
export class EnvVarInput {
  @Field(() => String)
  @Matches(/^[^=\0]{1,1024}$/, { message: 'the name of a variable is 1 to 1,024 characters, without "="' })
  name!: string;

  @Field(() => String, { nullable: true })
  @Sensitive()
  value?: string | null;

  @Field(() => Boolean, { nullable: true })
  secret?: boolean | null;

  @Field(() => Boolean, { nullable: true })
  generate?: boolean | null;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @Length(1, 100)
  generateGroup?: string | null;

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
  @Sensitive()
  content?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Its content is encrypted and never shown. Stays until it is said to be false.' })
  secret?: boolean | null;

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
