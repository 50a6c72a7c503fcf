import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Json } from '../../domain/json.js';
import { ChangeKind, FieldKind, MatchKind, RiskCode } from '../enums.js';
import { JsonScalar } from '../scalars.js';

@ObjectType()
export class Risk {
  @Field(() => RiskCode)
  code!: string;

  @Field(() => String)
  message!: string;
}

@ObjectType({
  description:
    "path is a JSON Pointer within the definition, such as /env/REDIS_HOST; change says on which side the leaf is (ADDED, REMOVED, CHANGED). A secret's sides are null.",
})
export class FieldDifference {
  @Field(() => String)
  path!: string;

  @Field(() => FieldKind)
  field!: string;

  @Field(() => ChangeKind)
  change!: string;

  @Field(() => JsonScalar, { nullable: true })
  before?: Json | null;

  @Field(() => JsonScalar, { nullable: true })
  after?: Json | null;

  @Field(() => Boolean)
  secret!: boolean;

  @Field(() => Risk, { nullable: true })
  risk?: Risk | null;
}

@ObjectType()
export class ComponentDifference {
  @Field(() => ID, { nullable: true })
  templateComponentId?: string | null;

  @Field(() => String)
  key!: string;

  @Field(() => String, { nullable: true })
  previousKey?: string | null;

  @Field(() => ChangeKind)
  change!: string;

  @Field(() => [FieldDifference])
  fields!: FieldDifference[];
}

@ObjectType()
export class DifferenceSummary {
  @Field(() => Int)
  added!: number;

  @Field(() => Int)
  changed!: number;

  @Field(() => Int)
  removed!: number;

  @Field(() => Int)
  renamed!: number;

  @Field(() => Int)
  unchanged!: number;

  @Field(() => Int)
  fields!: number;
}

@ObjectType()
export class VersionComparison {
  @Field(() => String)
  from!: string;

  @Field(() => String)
  to!: string;

  @Field(() => [ComponentDifference])
  components!: ComponentDifference[];

  @Field(() => [FieldDifference], { description: 'App-level content.' })
  appFields!: FieldDifference[];

  @Field(() => DifferenceSummary)
  summary!: DifferenceSummary;
}

@ObjectType({ description: 'How a source component is recognised: by its id, by its key, as said, or as new.' })
export class ComponentMatch {
  @Field(() => ID)
  componentId!: string;

  @Field(() => String)
  key!: string;

  @Field(() => ID, { nullable: true })
  templateComponentId!: string | null;

  @Field(() => MatchKind)
  by!: string;
}

@ObjectType({ description: 'A dependency on what would not be in the version, or a key that two of its components would have.' })
export class PublishProblem {
  @Field(() => String)
  code!: string;

  @Field(() => String)
  message!: string;

  @Field(() => String)
  componentKey!: string;

  @Field(() => String)
  path!: string;
}

@ObjectType()
export class PublishPreview {
  @Field(() => VersionComparison, { nullable: true })
  comparison!: VersionComparison | null;

  @Field(() => String, { nullable: true })
  latestVersion!: string | null;

  @Field(() => String)
  suggestedVersion!: string;

  @Field(() => String)
  suggestionReason!: string;

  @Field(() => [ComponentMatch])
  matches!: ComponentMatch[];

  @Field(() => [PublishProblem], { description: 'Why it would be refused, besides its version.' })
  problems!: readonly PublishProblem[];
}
