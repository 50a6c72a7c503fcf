import { Field, ID, Int, ObjectType } from 'type-graphql';
import { connectionTypes } from '../connection.js';
import { DeliveryKind, DeliveryProblem, WebhookDisabledReason } from '../enums.js';
import { DateTimeScalar, PositionScalar } from '../scalars.js';

@ObjectType({
  description: 'A receiver of the events of a team, over HTTP. Its secret is told once, when it is made, and by nothing here.',
})
export class Webhook {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: 'It gets what who may READ in this team, and in no other, is shown by subscriptions.' })
  team!: string;

  @Field(() => String)
  url!: string;

  @Field(() => String, { nullable: true })
  description!: string | null;

  @Field(() => [String], { nullable: true, description: 'Types of events; null: all.' })
  types!: readonly string[] | null;

  @Field(() => ID, { nullable: true, description: 'Events about this app only.' })
  appId!: string | null;

  @Field(() => ID, { nullable: true, description: 'Events about this template only.' })
  templateId!: string | null;

  @Field(() => WebhookDisabledReason, { nullable: true, description: 'Why it gets nothing; null while it does.' })
  disabledReason!: string | null;

  @Field(() => String, { nullable: true })
  disabledMessage!: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  disabledAt!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Until then messages are signed by the secret before the newest, too, where it was rotated.',
  })
  previousSecretUntil!: string | null;

  @Field(() => DateTimeScalar)
  createdAt!: string;

  @Field(() => Int)
  revision!: number;

  @Field(() => PositionScalar, {
    description: 'Every event up to here was delivered, or is not for it, or is in a stream that is held. It is recorded now and then.',
  })
  position!: string;

  @Field(() => Int, { description: 'Streams of which an event was not delivered yet: it and what follows it there wait, others do not.' })
  heldStreams!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Since when the first of these waits.' })
  failingSince!: string | null;
}

@ObjectType({ description: 'An attempt to deliver. The last thousand of each webhook are kept here; the log has all.' })
export class WebhookDelivery {
  @Field(() => ID)
  id!: string;

  @Field(() => DeliveryKind)
  kind!: string;

  @Field(() => ID, { description: 'The header webhook-id: the id of the event, or of the test.' })
  messageId!: string;

  @Field(() => String, { nullable: true, description: 'Null of a test.' })
  eventType!: string | null;

  @Field(() => String, { nullable: true })
  stream!: string | null;

  @Field(() => Int, { nullable: true })
  revision!: number | null;

  @Field(() => PositionScalar, { nullable: true, description: 'Of the event: redeliverWebhook takes it.' })
  position!: string | null;

  @Field(() => Int, { description: 'From 1: the how manieth it was of this event.' })
  attempt!: number;

  @Field(() => DateTimeScalar, { description: 'When it ended.' })
  at!: string;

  @Field(() => Boolean, { description: 'Whether it was answered with 200 to 299.' })
  delivered!: boolean;

  @Field(() => Int, { nullable: true, description: 'HTTP status of the answer.' })
  status!: number | null;

  @Field(() => DeliveryProblem, { nullable: true, description: 'Why there was no answer.' })
  problem!: string | null;

  @Field(() => String, { nullable: true, description: 'The beginning of an answer that was not a success, or what went wrong.' })
  message!: string | null;
}

export const WebhookConnection = connectionTypes('Webhook', () => Webhook);
export const WebhookDeliveryConnection = connectionTypes('WebhookDelivery', () => WebhookDelivery);
