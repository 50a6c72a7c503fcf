import { Field, ObjectType } from 'type-graphql';
import { Role } from '../enums.js';
import { Actor } from '../history/history.types.js';

@ObjectType({ description: 'A role, and where it is given: docs/access.md says what it permits.' })
export class Grant {
  @Field(() => Role)
  role!: string;

  @Field(() => [String], { description: 'The teams in which it is given; empty where it is in all.' })
  teams!: readonly string[];

  @Field(() => Boolean, { description: 'In all teams that are and will be.' })
  allTeams!: boolean;
}

@ObjectType({ description: 'Who asks, and what they were given.' })
export class Me {
  @Field(() => Actor, { description: 'Events that come of what they do name it.' })
  actor!: Actor;

  @Field(() => [Grant])
  grants!: readonly Grant[];
}
