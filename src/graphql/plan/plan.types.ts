import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Json } from '../../domain/json.js';
import { Risk } from '../comparison/comparison.types.js';
import { FieldKind, MergeOutcome, MergeSide, PlanAction } from '../enums.js';
import { JsonScalar } from '../scalars.js';

@ObjectType({
  description:
    'start counts from 1; where there are no lines, they would stand before that line. Each line is with its end, as it stands in the text.',
})
export class HunkLines {
  @Field(() => Int)
  start!: number;

  @Field(() => [String])
  lines!: readonly string[];
}

@ObjectType({ description: 'A place of a text of several lines that both sides changed differently.' })
export class TextHunk {
  @Field(() => HunkLines)
  base!: HunkLines;

  @Field(() => HunkLines)
  local!: HunkLines;

  @Field(() => HunkLines)
  target!: HunkLines;
}

@ObjectType({
  description:
    'base, local, target and result are null where the leaf is absent or secret; presentIn tells which. A conflict about a whole component has path "".',
})
export class FieldPlan {
  @Field(() => String)
  componentKey!: string;

  @Field(() => String)
  path!: string;

  @Field(() => FieldKind)
  field!: string;

  @Field(() => JsonScalar, { nullable: true })
  base?: Json | null;

  @Field(() => JsonScalar, { nullable: true })
  local?: Json | null;

  @Field(() => JsonScalar, { nullable: true })
  target?: Json | null;

  @Field(() => JsonScalar, { nullable: true })
  result?: Json | null;

  @Field(() => [MergeSide])
  presentIn!: string[];

  @Field(() => MergeOutcome)
  outcome!: string;

  @Field(() => [TextHunk], {
    nullable: true,
    description:
      'Where a text of several lines clashes. Null for what is no conflict of such a text, or one of texts too large (or too odd) to be merged by line.',
  })
  hunks?: readonly TextHunk[] | null;

  @Field(() => Boolean)
  secret!: boolean;

  @Field(() => Risk, { nullable: true })
  risk?: Risk | null;
}

@ObjectType({ description: 'key is unique within a plan: the key the component will have (or had, where it is removed).' })
export class ComponentPlan {
  @Field(() => ID, { nullable: true })
  componentId!: string | null;

  @Field(() => ID, { nullable: true })
  templateComponentId!: string | null;

  @Field(() => String)
  key!: string;

  @Field(() => PlanAction)
  action!: string;

  @Field(() => [FieldPlan])
  fields!: FieldPlan[];
}

@ObjectType()
export class FieldPlace {
  @Field(() => String)
  componentKey!: string;

  @Field(() => String)
  path!: string;
}

@ObjectType()
export class PlanProblem {
  @Field(() => String)
  code!: string;

  @Field(() => String)
  message!: string;

  @Field(() => String, { nullable: true })
  componentKey!: string | null;

  @Field(() => String, { nullable: true })
  path!: string | null;

  @Field(() => String, { nullable: true, description: 'Of a key that is taken: one that is free.' })
  proposal!: string | null;

  @Field(() => [String], { description: 'Of a key that is taken: components that depend on it by that key. They follow to another one.' })
  dependants!: readonly string[];

  @Field(() => [FieldPlace], { description: 'Of a key that is taken: texts that name it, such as a variable. They do not follow.' })
  namedBy!: readonly FieldPlace[];
}

@ObjectType()
export class VersionNotes {
  @Field(() => String)
  version!: string;

  @Field(() => String, { nullable: true })
  notes!: string | null;
}

@ObjectType()
export class PendingComponent {
  @Field(() => ID, { nullable: true })
  componentId!: string | null;

  @Field(() => String)
  key!: string;

  @Field(() => PlanAction)
  action!: string;

  @Field(() => String, { nullable: true })
  fromVersion!: string | null;

  @Field(() => String)
  toVersion!: string;
}

@ObjectType()
export class UpgradePlan {
  @Field(() => ID)
  appId!: string;

  @Field(() => ID)
  installationId!: string;

  @Field(() => String)
  fromVersion!: string;

  @Field(() => String)
  toVersion!: string;

  @Field(() => String, { description: 'Hash of base, local, target and choices; upgradeApp refuses it once any of them moved.' })
  fingerprint!: string;

  @Field(() => [ComponentPlan])
  components!: ComponentPlan[];

  @Field(() => [FieldPlan])
  appFields!: FieldPlan[];

  @Field(() => [FieldPlan])
  conflicts!: FieldPlan[];

  @Field(() => [PlanProblem], {
    description: 'What makes the plan inapplicable besides conflicts: a dependency on what is not there, a key that is taken.',
  })
  problems!: PlanProblem[];

  @Field(() => [Risk])
  risks!: Risk[];

  @Field(() => [VersionNotes], { description: 'Release notes of every version passed on the way.' })
  notes!: VersionNotes[];

  @Field(() => Boolean)
  applicable!: boolean;

  @Field(() => [PendingComponent], {
    description: 'What a plan for some components leaves to do: the current version moves once nothing is left.',
  })
  pending!: PendingComponent[];
}

@ObjectType({
  description: 'The shortest legal way of an installation to a version: the fewest hops, and of those with as few the largest stops.',
})
export class UpgradePath {
  @Field(() => ID)
  installationId!: string;

  @Field(() => String)
  fromVersion!: string;

  @Field(() => [String], { description: 'The version of each hop, in order; the last is the one that was asked for.' })
  versions!: readonly string[];
}
