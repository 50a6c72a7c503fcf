import { IsOptional, ValidateNested } from 'class-validator';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { FieldDifference } from '../comparison/comparison.types.js';
import { connectionTypes } from '../connection.js';
import { ChangeKind, ReleaseState, SyncState, TemplateVisibility, VersionState } from '../enums.js';
import { Actor } from '../history/history.types.js';
import { Node } from '../node.js';
import { DateTimeScalar, PositionScalar } from '../scalars.js';
import { IsName, IsProse } from '../text.js';
import { CommandInput } from '../command.js';

@ObjectType({ implements: Node })
export class Template implements Node {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  team!: string;

  @Field(() => TemplateVisibility)
  visibility!: string;
}

@ObjectType({ implements: Node })
export class TemplateVersion implements Node {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  version!: string;

  @Field(() => String, { nullable: true })
  alias!: string | null;

  @Field(() => String, { nullable: true })
  notes!: string | null;

  @Field(() => VersionState)
  state!: string;

  @Field(() => String, { nullable: true, description: 'Why it was deprecated or withdrawn.' })
  stateReason!: string | null;

  @Field(() => String)
  digest!: string;

  @Field(() => DateTimeScalar)
  publishedAt!: string;

  @Field(() => Actor)
  publishedBy!: Actor;

  @Field(() => String, {
    nullable: true,
    description: 'From which versions it can be upgraded to, as written; null where that is every smaller one.',
  })
  upgradeFrom!: string | null;
}

@ObjectType({ implements: Node })
export class ReleaseRecord implements Node {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  version!: string;

  @Field(() => String, { nullable: true })
  basedOn!: string | null;

  @Field(() => ReleaseState)
  state!: string;

  @Field(() => String, { nullable: true })
  notes!: string | null;

  @Field(() => DateTimeScalar)
  startedAt!: string;

  @Field(() => DateTimeScalar, { nullable: true })
  finishedAt!: string | null;

  @Field(() => Actor)
  startedBy!: Actor;
}

@ObjectType({ description: 'One line of the application synchronization page.' })
export class SyncRecord {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  templateComponentId!: string;

  @Field(() => String)
  componentKey!: string;

  @Field(() => ChangeKind)
  change!: string;

  @Field(() => SyncState)
  state!: string;

  @Field(() => [FieldDifference])
  differences!: FieldDifference[];

  @Field(() => DateTimeScalar, { nullable: true })
  syncedAt!: string | null;

  @Field(() => String, { nullable: true })
  error!: string | null;
}

@ObjectType()
export class TemplatePayload {
  @Field(() => Template)
  template!: Template;

  @Field(() => PositionScalar)
  position!: string;
}

@ObjectType()
export class PublishPayload {
  @Field(() => Template)
  template!: Template;

  @Field(() => ReleaseRecord)
  release!: ReleaseRecord;

  @Field(() => PositionScalar)
  position!: string;
}

@InputType()
export class IdentityInput {
  @Field(() => ID)
  componentId!: string;

  @Field(() => ID)
  templateComponentId!: string;
}

@InputType({
  description:
    'components: only these are taken from the app, the others carried over. identities: which source component is which template component, where id and key do not say.',
})
export class PublishTemplateInput extends CommandInput {
  @Field(() => ID)
  appId!: string;

  @Field(() => ID, { nullable: true })
  templateId?: string | null;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @IsName()
  name?: string | null;

  @Field(() => TemplateVisibility, {
    nullable: true,
    description: 'Of a new template: who reads it beside its team. TEAM where it is not given.',
  })
  visibility?: 'TEAM' | 'PUBLIC' | null;

  @Field(() => String)
  version!: string;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @IsProse(200)
  alias?: string | null;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @IsProse(100_000)
  notes?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Publishes on a maintenance line: the differences are against this version, and the new one must be larger than it and not taken.',
  })
  basedOn?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'From which versions this one can be upgraded to, such as ">=1.4 <2 || 3.0"; from every smaller one where it is not given.',
  })
  upgradeFrom?: string | null;

  @Field(() => [ID], {
    nullable: true,
    description: 'Of the app. All else, app-level content too, is then as in the version before.',
  })
  components?: string[] | null;

  @Field(() => [IdentityInput], { nullable: true })
  @IsOptional()
  @ValidateNested()
  identities?: IdentityInput[] | null;

  @Field(() => Int, { nullable: true })
  expectedRevision?: number | null;
}

@InputType()
export class ReleaseInput extends CommandInput {
  @Field(() => ID)
  templateId!: string;

  @Field(() => ID)
  releaseId!: string;
}

@InputType()
export class ChangeTemplateVisibilityInput extends CommandInput {
  @Field(() => ID)
  templateId!: string;

  @Field(() => TemplateVisibility)
  visibility!: 'TEAM' | 'PUBLIC';
}

@InputType()
export class VersionStateInput extends CommandInput {
  @Field(() => ID)
  templateId!: string;

  @Field(() => String)
  version!: string;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @IsProse(10_000)
  reason?: string | null;
}

export const TemplateConnection = connectionTypes('Template', () => Template);
export const TemplateVersionConnection = connectionTypes('TemplateVersion', () => TemplateVersion);
export const ReleaseRecordConnection = connectionTypes('ReleaseRecord', () => ReleaseRecord);
