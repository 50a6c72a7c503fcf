import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { JsonObject } from '../../domain/json.js';
import { ActorKind, ContentKind } from '../enums.js';
import { connectionTypes } from '../connection.js';
import { DateTimeScalar, JsonScalar, PositionScalar } from '../scalars.js';

@ObjectType()
export class Actor {
  @Field(() => String)
  id!: string;

  @Field(() => ActorKind)
  kind!: string;
}

@ObjectType({
  description: 'A content that an event names: a definition, app-level content, or a local patch (set: values by path, unset: paths).',
})
export class NamedContent {
  @Field(() => String, { description: 'Where in the data of the event it is named, as a JSON Pointer.' })
  path!: string;

  @Field(() => String)
  digest!: string;

  @Field(() => ContentKind)
  kind!: string;

  @Field(() => JsonScalar)
  body!: object;
}

@ObjectType({ description: 'data is the event in its newest schema version.' })
export class Event {
  @Field(() => ID)
  id!: string;

  @Field(() => PositionScalar)
  position!: string;

  @Field(() => String)
  stream!: string;

  @Field(() => Int)
  revision!: number;

  @Field(() => String)
  type!: string;

  @Field(() => Int)
  schemaVersion!: number;

  @Field(() => DateTimeScalar)
  occurredAt!: string;

  @Field(() => DateTimeScalar)
  recordedAt!: string;

  @Field(() => Actor)
  actor!: Actor;

  @Field(() => String, { nullable: true })
  commandId!: string | null;

  @Field(() => String, { nullable: true })
  correlationId!: string | null;

  @Field(() => String, { nullable: true })
  causationId!: string | null;

  @Field(() => JsonScalar)
  data!: JsonObject;

  @Field(() => String, {
    nullable: true,
    description: 'The hash of the event before it in its stream; null where it is the first, or its stream holds a content.',
  })
  previousHash!: string | null;

  @Field(() => String, {
    description:
      'SHA-256 over the canonical JSON (RFC 8785) of type, data and metadata as recorded, in hexadecimal. The next event of the stream names it, and signed checkpoints are over it.',
  })
  readonly hash!: string;
}

@ObjectType({
  description:
    'An event, or (event null) word that everything up to a position has been looked at: at least once when history is caught up and then every half minute.',
})
export class EventMessage {
  @Field(() => Event, { nullable: true })
  event!: Event | null;

  @Field(() => PositionScalar)
  position!: string;

  @Field(() => Boolean)
  caughtUp!: boolean;
}

@InputType()
export class HistoryFilter {
  @Field(() => ID, { nullable: true })
  appId?: string | null;

  @Field(() => ID, { nullable: true })
  templateId?: string | null;

  @Field(() => [String], { nullable: true })
  types?: string[] | null;

  @Field(() => String, { nullable: true })
  actorId?: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  from?: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  to?: string | null;
}

export const HistoryConnection = connectionTypes('History', () => Event, { edge: 'Event', totalNullable: true });
