import { ArrayMaxSize, IsOptional, Max, Min } from 'class-validator';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { DEFAULT_GRACE_SECONDS, MAX_GRACE_SECONDS } from '../../domain/webhook/decide.js';
import { CommandInput } from '../command.js';
import { DeliveryProblem, EventStart, WebhookSetting, type WebhookSettingName } from '../enums.js';
import { PositionScalar } from '../scalars.js';
import { IsName, IsProse } from '../text.js';
import { Webhook } from './webhook.types.js';

const MAX_TYPES = 100;
const MAX_DESCRIPTION = 1_000;
const URL = 'Of the receiver: https, unless it is in a network that the operator allows. Redirects are not followed.';
const TYPES = 'Types of events, such as TemplatePublished; all where they are not given.';

@InputType()
export class RegisterWebhookInput extends CommandInput {
  @Field(() => String, { description: URL })
  url!: string;

  @Field(() => String, { nullable: true, description: 'Whose events it gets.' })
  @IsOptional()
  @IsName()
  team?: string | null;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @IsProse(MAX_DESCRIPTION)
  description?: string | null;

  @Field(() => [String], { nullable: true, description: TYPES })
  @IsOptional()
  @ArrayMaxSize(MAX_TYPES)
  types?: string[] | null;

  @Field(() => ID, { nullable: true, description: 'Events about this app only.' })
  appId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Events about this template only.' })
  templateId?: string | null;

  @Field(() => PositionScalar, { nullable: true, description: 'Events after this position.' })
  after?: string | null;

  @Field(() => EventStart, { nullable: true, description: 'Where no position is given: events from now on, unless it says BEGINNING.' })
  from?: 'BEGINNING' | 'NOW' | null;
}

@InputType()
export abstract class WebhookInput extends CommandInput {
  @Field(() => ID)
  webhookId!: string;

  @Field(() => Int, { nullable: true, description: 'The revision that is to be changed: at another one it is refused.' })
  expectedRevision?: number | null;
}

@InputType({ description: 'What is given is changed.' })
export class ChangeWebhookInput extends WebhookInput {
  @Field(() => String, { nullable: true, description: URL })
  url?: string | null;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @IsProse(MAX_DESCRIPTION)
  description?: string | null;

  @Field(() => [String], { nullable: true, description: TYPES })
  @IsOptional()
  @ArrayMaxSize(MAX_TYPES)
  types?: string[] | null;

  @Field(() => ID, { nullable: true })
  appId?: string | null;

  @Field(() => ID, { nullable: true })
  templateId?: string | null;

  @Field(() => [WebhookSetting], { nullable: true, description: 'What it is to be without from now on.' })
  unset?: WebhookSettingName[] | null;
}

@InputType()
export class RotateWebhookSecretInput extends WebhookInput {
  @Field(() => Int, {
    nullable: true,
    description: `How long messages are signed by the secret before it, too: 0 to ${MAX_GRACE_SECONDS}, ${DEFAULT_GRACE_SECONDS} where it is not given.`,
  })
  @IsOptional()
  @Min(0)
  @Max(MAX_GRACE_SECONDS)
  graceSeconds?: number | null;
}

@InputType()
export class WebhookCommandInput extends WebhookInput {}

@InputType()
export class ReplayWebhookInput extends WebhookInput {
  @Field(() => PositionScalar, {
    description: 'Events after it are delivered, again or for the first time; what was waiting is dropped. Those before it are not.',
  })
  after!: string;
}

@InputType()
export class RedeliverWebhookInput extends WebhookInput {
  @Field(() => PositionScalar, { description: 'Of one event that the webhook may get, whatever it asks for.' })
  position!: string;
}

@ObjectType()
export class WebhookPayload {
  @Field(() => Webhook)
  webhook!: Webhook;

  @Field(() => PositionScalar)
  position!: string;
}

@ObjectType({ description: 'The secret is told here, and to who sends the same command again, alone.' })
export class WebhookSecretPayload extends WebhookPayload {
  @Field(() => String, { description: 'What messages are signed by: keep it.' })
  secret!: string;
}

@ObjectType({ description: 'How an attempt by hand went. That it was made is an event, whether or not it was delivered.' })
export class WebhookAttemptPayload extends WebhookPayload {
  @Field(() => ID, { description: 'The header webhook-id.' })
  messageId!: string;

  @Field(() => Boolean, { description: 'Whether it was answered with 200 to 299.' })
  delivered!: boolean;

  @Field(() => Int, { nullable: true, description: 'HTTP status of the answer.' })
  status!: number | null;

  @Field(() => DeliveryProblem, { nullable: true, description: 'Why there was no answer.' })
  problem!: string | null;

  @Field(() => String, { nullable: true, description: 'The beginning of an answer that was not a success, or what went wrong.' })
  message!: string | null;
}
