import { ArrayMaxSize, IsOptional } from 'class-validator';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { JsonObject } from '../../domain/json.js';
import { Component } from '../component/component.types.js';
import { connectionTypes } from '../connection.js';
import { BlockCode, UpgradeTarget } from '../enums.js';
import { Node } from '../node.js';
import { DateTimeScalar, JsonScalar, PositionScalar } from '../scalars.js';
import { TemplateVersion } from '../template/template.types.js';
import { IsName } from '../text.js';
import { CommandInput } from '../command.js';
import { Sensitive } from '../sensitive.js';

const UPGRADE_TARGET =
  'Who carries out upgrades. RECORD: they are done once they are recorded. EXTERNAL: an integration does them, and reports each component by reportComponentUpgrade.';

@ObjectType({ implements: Node })
export class App implements Node {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  team!: string;

  @Field(() => UpgradeTarget, { description: UPGRADE_TARGET })
  target!: string;

  @Field(() => Int)
  revision!: number;

  @Field(() => DateTimeScalar)
  createdAt!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it was deleted: only records and `node` still lead to it then, and it has no components and installations.',
  })
  deletedAt!: string | null;
}

@ObjectType({ implements: Node, description: "An app's link to a template: the row of the upgrade management page." })
export class Installation implements Node {
  @Field(() => ID)
  id!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'When it was uninstalled, or its app deleted: only records and `node` still lead to it then, and it is offered no versions.',
  })
  removedAt!: string | null;
}

@ObjectType()
export class BlockedVersion {
  @Field(() => TemplateVersion)
  version!: TemplateVersion;

  @Field(() => BlockCode)
  code!: string;

  @Field(() => String)
  reason!: string;

  @Field(() => String, { nullable: true })
  viaVersion!: string | null;
}

@ObjectType()
export class AppPayload {
  @Field(() => App)
  app!: App;

  @Field(() => PositionScalar)
  position!: string;
}

@ObjectType()
export class DeletePayload {
  @Field(() => ID)
  id!: string;

  @Field(() => PositionScalar)
  position!: string;
}

@ObjectType()
export class ComponentPayload {
  @Field(() => App)
  app!: App;

  @Field(() => Component)
  component!: Component;

  @Field(() => PositionScalar)
  position!: string;
}

@ObjectType()
export class InstallPayload {
  @Field(() => App)
  app!: App;

  @Field(() => Installation)
  installation!: Installation;

  @Field(() => PositionScalar)
  position!: string;
}

@InputType()
export class CreateAppInput extends CommandInput {
  @Field(() => String)
  @IsName()
  name!: string;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @IsName()
  team?: string | null;

  @Field(() => UpgradeTarget, { nullable: true, description: `${UPGRADE_TARGET} RECORD where it is not given.` })
  target?: 'RECORD' | 'EXTERNAL' | null;
}

@InputType()
export class DeleteAppInput extends CommandInput {
  @Field(() => ID)
  appId!: string;

  @Field(() => Int, { nullable: true })
  expectedRevision?: number | null;
}

@InputType({
  description:
    "Renames an app, says who carries out its upgrades, or edits app-level content: the app's own, or with installationId that of an install. Objects are merged by key.",
})
export class UpdateAppInput extends CommandInput {
  @Field(() => ID)
  appId!: string;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @IsName()
  name?: string | null;

  @Field(() => UpgradeTarget, { nullable: true, description: `${UPGRADE_TARGET} Upgrades that are under way go on as they started.` })
  target?: 'RECORD' | 'EXTERNAL' | null;

  @Field(() => ID, { nullable: true })
  installationId?: string | null;

  @Field(() => JsonScalar, { nullable: true })
  extra?: JsonObject | null;

  @Field(() => [String], { nullable: true, description: 'JSON Pointers, such as /extra/networks/backend.' })
  unset?: string[] | null;

  @Field(() => Int, { nullable: true })
  expectedRevision?: number | null;
}

@InputType()
export class RenameInput {
  @Field(() => String)
  from!: string;

  @Field(() => String)
  to!: string;
}

@InputType({
  description:
    'componentKey as the template has it; name is that of a variable, or the path of a config file. The value of a secret or generated one is encrypted.',
})
export class InstallValueInput {
  @Field(() => String)
  componentKey!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  @Sensitive()
  value!: string;
}

@InputType({
  description:
    'values: for variables that the template leaves open (openValues of the version); those that are missing are told by missingValues. keys: other keys for components whose key is taken.',
})
export class InstallTemplateInput extends CommandInput {
  @Field(() => ID)
  templateId!: string;

  @Field(() => String, { nullable: true })
  version?: string | null;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @IsName()
  appName?: string | null;

  @Field(() => ID, { nullable: true })
  appId?: string | null;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @IsName()
  team?: string | null;

  @Field(() => [InstallValueInput], { nullable: true })
  @IsOptional()
  @ArrayMaxSize(10_000)
  values?: InstallValueInput[] | null;

  @Field(() => UpgradeTarget, { nullable: true, description: `Of a new app. ${UPGRADE_TARGET} RECORD where it is not given.` })
  target?: 'RECORD' | 'EXTERNAL' | null;

  @Field(() => [RenameInput], { nullable: true })
  keys?: RenameInput[] | null;
}

@InputType({ description: 'acceptDataLoss: its persistent volumes may go.' })
export class UninstallTemplateInput extends CommandInput {
  @Field(() => ID)
  appId!: string;

  @Field(() => ID)
  installationId!: string;

  @Field(() => Boolean, { nullable: true })
  acceptDataLoss?: boolean | null;
}

export const AppConnection = connectionTypes('App', () => App);
export const InstallationConnection = connectionTypes('Installation', () => Installation);
