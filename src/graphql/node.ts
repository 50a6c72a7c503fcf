import { Field, ID, InterfaceType } from 'type-graphql';

/** What `node` answers with: a row that says of which type it is. */
export interface TypedNode {
  readonly __typename: string;
  readonly id: string;
}

@InterfaceType()
export abstract class Node {
  @Field(() => ID)
  id!: string;
}
