import { Field, ID, Int, InterfaceType, ObjectType } from 'type-graphql';
import type { JsonObject } from '../../domain/json.js';
import { PortProtocol, ProbeKind, VolumeKind } from '../enums.js';
import { Node } from '../node.js';
import { JsonScalar } from '../scalars.js';

@ObjectType()
export class EnvVar {
  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  value!: string | null;

  @Field(() => Boolean)
  secret!: boolean;

  @Field(() => Boolean)
  generated!: boolean;

  @Field(() => String, { nullable: true })
  generateGroup!: string | null;

  @Field(() => String, { nullable: true })
  description!: string | null;
}

@ObjectType()
export class PublishedPort {
  @Field(() => String, { nullable: true })
  hostIp!: string | null;

  @Field(() => Int)
  port!: number;
}

@ObjectType()
export class Port {
  @Field(() => Int)
  containerPort!: number;

  @Field(() => PortProtocol)
  protocol!: string;

  @Field(() => String, { nullable: true })
  appProtocol!: string | null;

  @Field(() => [PublishedPort])
  published!: PublishedPort[];

  @Field(() => Boolean)
  exposed!: boolean;

  @Field(() => String, { nullable: true })
  alias!: string | null;
}

@ObjectType()
export class Volume {
  @Field(() => String)
  mountPath!: string;

  @Field(() => VolumeKind)
  kind!: string;

  @Field(() => String, { nullable: true })
  name!: string | null;

  @Field(() => String, { nullable: true })
  source!: string | null;

  @Field(() => String, { nullable: true })
  size!: string | null;

  @Field(() => Boolean)
  readOnly!: boolean;
}

@ObjectType()
export class ConfigFile {
  @Field(() => String)
  path!: string;

  @Field(() => String, { nullable: true })
  content!: string | null;

  @Field(() => Boolean)
  secret!: boolean;

  @Field(() => String, { nullable: true })
  mode!: string | null;
}

@ObjectType()
export class Dependency {
  @Field(() => String)
  componentKey!: string;

  @Field(() => String, { nullable: true })
  condition!: string | null;
}

@ObjectType()
export class HttpProbe {
  @Field(() => String)
  path!: string;

  @Field(() => Int)
  port!: number;

  @Field(() => String, { nullable: true })
  scheme!: string | null;
}

@ObjectType()
export class Probe {
  @Field(() => ProbeKind)
  kind!: string;

  @Field(() => HttpProbe, { nullable: true })
  http!: HttpProbe | null;

  @Field(() => Int, { nullable: true })
  tcpPort!: number | null;

  @Field(() => [String], { nullable: true })
  exec!: readonly string[] | null;

  @Field(() => Int, { nullable: true })
  intervalSeconds!: number | null;

  @Field(() => Int, { nullable: true })
  timeoutSeconds!: number | null;

  @Field(() => Int, { nullable: true })
  retries!: number | null;

  @Field(() => Int, { nullable: true })
  startPeriodSeconds!: number | null;
}

@ObjectType()
export class Resources {
  @Field(() => String, { nullable: true })
  cpu!: string | null;

  @Field(() => String, { nullable: true })
  memory!: string | null;
}

@ObjectType()
export class Label {
  @Field(() => String)
  key!: string;

  @Field(() => String)
  value!: string;
}

@InterfaceType({ description: 'A definition, typed.' })
export abstract class ComponentSpec {
  @Field(() => String)
  key!: string;

  @Field(() => String, { nullable: true })
  title!: string | null;

  @Field(() => String, { nullable: true })
  image!: string | null;

  @Field(() => [String], { nullable: true })
  command!: readonly string[] | null;

  @Field(() => [String], { nullable: true })
  entrypoint!: readonly string[] | null;

  @Field(() => Int)
  replicas!: number;

  @Field(() => [EnvVar])
  env!: EnvVar[];

  @Field(() => [Port])
  ports!: Port[];

  @Field(() => [Volume])
  volumes!: Volume[];

  @Field(() => [ConfigFile])
  configFiles!: ConfigFile[];

  @Field(() => [Dependency])
  dependsOn!: Dependency[];

  @Field(() => [Probe])
  probes!: Probe[];

  @Field(() => Resources, { nullable: true })
  resources!: Resources | null;

  @Field(() => [Label])
  labels!: Label[];

  @Field(() => JsonScalar, { nullable: true, description: 'Everything else that an importer met.' })
  extra!: JsonObject | null;

  @Field(() => String)
  digest!: string;
}

@ObjectType({ implements: [Node, ComponentSpec] })
export class Component extends ComponentSpec implements Node {
  @Field(() => ID)
  id!: string;

  @Field(() => ID, { nullable: true })
  templateComponentId!: string | null;

  @Field(() => String, { nullable: true, description: 'The template version this component stands at, where it came from one.' })
  templateVersion!: string | null;
}

@ObjectType({ implements: [ComponentSpec] })
export class TemplateComponent extends ComponentSpec {
  @Field(() => ID)
  templateComponentId!: string;
}
