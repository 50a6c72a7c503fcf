import { Field, ID, ObjectType } from 'type-graphql';
import type { Json } from '../../domain/json.js';
import { connectionTypes } from '../connection.js';
import { BlameAction, BlameOrigin, FieldKind, ResolutionChoice } from '../enums.js';
import { Event } from '../history/history.types.js';
import { JsonScalar } from '../scalars.js';

@ObjectType({ description: 'What one event did to a place.' })
export class BlameEntry {
  @Field(() => BlameAction)
  action!: string;

  @Field(() => BlameOrigin)
  origin!: string;

  @Field(() => Boolean, { description: 'Whether something is there since; its value is null where nothing is, or a secret.' })
  present!: boolean;

  @Field(() => JsonScalar, { nullable: true })
  value!: Json | null;

  @Field(() => Boolean)
  secret!: boolean;

  @Field(() => Event, { description: "The app's event: who, when, in which command." })
  event!: Event;

  @Field(() => ResolutionChoice, {
    nullable: true,
    description: 'What was chosen in that upgrade for this place, or for one above or below it.',
  })
  choice!: string | null;
}

export const BlameConnection = connectionTypes('BlameEntry', () => BlameEntry);

@ObjectType({ description: 'Who set what is at a place, and the history of that one place.' })
export class Blame {
  @Field(() => ID)
  appId!: string;

  @Field(() => ID, { nullable: true, description: 'Null for the app-level content.' })
  componentId!: string | null;

  @Field(() => String)
  componentKey!: string;

  @Field(() => String)
  path!: string;

  @Field(() => FieldKind)
  field!: string;

  @Field(() => Boolean, { description: 'Whether something is there now; the value is null where nothing is, or a secret.' })
  present!: boolean;

  @Field(() => JsonScalar, { nullable: true, description: 'Of a path above several fields the object of them.' })
  value!: Json | null;

  @Field(() => Boolean)
  secret!: boolean;

  @Field(() => BlameEntry, { description: 'The last that set it, or removed it.' })
  setBy!: BlameEntry;
}
