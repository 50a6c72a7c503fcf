import { Field, ID, ObjectType } from 'type-graphql';
import { ComponentDifference, DifferenceSummary, FieldDifference } from '../comparison/comparison.types.js';
import { PositionScalar } from '../scalars.js';

@ObjectType({
  description:
    'What became of an app between two moments: its components with the local changes of installs, as they were to be. Where it was not there at one of them, all of it was added, or removed.',
})
export class AppChanges {
  @Field(() => ID)
  appId!: string;

  @Field(() => PositionScalar)
  from!: string;

  @Field(() => PositionScalar)
  to!: string;

  @Field(() => [ComponentDifference])
  components!: ComponentDifference[];

  @Field(() => [FieldDifference], { description: 'App-level content.' })
  appFields!: FieldDifference[];

  @Field(() => DifferenceSummary)
  summary!: DifferenceSummary;
}
