import Type from 'typebox';
import { event, idSchema, masked, type EventOf } from '../event-schema.js';
import type { AppId, TemplateId, WebhookId } from '../ids.js';

/** Why a webhook gets nothing: somebody wanted it so, its receiver answered 410, or it failed for days. */
export const DISABLED_REASONS = ['REQUESTED', 'GONE', 'FAILING'] as const;
export const DELIVERY_PROBLEMS = ['TIMEOUT', 'FORBIDDEN', 'CONNECTION'] as const;

const webhookId = idSchema<WebhookId>();

/** Where it goes, and what it is about: all that is given has to hold. */
const Settings = {
  url: Type.String(),
  description: Type.Optional(Type.String()),
  /** Of events; all that the team may read where it is not given. */
  types: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
  appId: Type.Optional(idSchema<AppId>()),
  templateId: Type.Optional(idSchema<TemplateId>()),
};

/** A secret, sealed by the data key of webhooks. */
const Secret = {
  secretId: Type.String({ minLength: 1 }),
  keyId: Type.String({ minLength: 1 }),
  /** AES-256-GCM, base64, the tag at its end; the additional data are webhook and secret. */
  ciphertext: masked(),
  /** Base64. */
  nonce: masked(),
};

/** How an attempt went: what was answered, or why nothing was. */
const Outcome = {
  /** ISO 8601, UTC: when it ended. */
  at: Type.String(),
  /** HTTP status. */
  status: Type.Optional(Type.Integer()),
  problem: Type.Optional(Type.Enum(DELIVERY_PROBLEMS)),
  /** The beginning of an answer that was not a success, or what went wrong. */
  message: Type.Optional(Type.String()),
};

/** The streams `webhook-<uuid>`: one receiver of a team. Positions are as clients see them: they name their log. */
export const webhookEventSchemas = {
  WebhookRegistered: event({
    webhookId,
    team: Type.String({ minLength: 1 }),
    ...Settings,
    /** Events after this position. */
    after: Type.String(),
    ...Secret,
  }),
  /** How its settings are from then on, all of them. */
  WebhookChanged: event({ webhookId, ...Settings }),
  WebhookSecretRotated: event({
    webhookId,
    ...Secret,
    /** ISO 8601, UTC: until then messages are signed by the secrets before it, too. */
    previousUntil: Type.String(),
  }),
  WebhookEnabled: event({ webhookId }),
  WebhookDisabled: event({ webhookId, reason: Type.Enum(DISABLED_REASONS), message: Type.Optional(Type.String()) }),
  /** Goes on from another place of the log: what was waiting is dropped, what comes after that place is delivered, again or for the first time. */
  WebhookReplayed: event({ webhookId, after: Type.String() }),
  WebhookTested: event({ webhookId, messageId: Type.String(), ...Outcome }),
  /** One event was sent once more, out of order. */
  WebhookRedelivered: event({
    webhookId,
    eventId: Type.String(),
    eventType: Type.String(),
    stream: Type.String(),
    revision: Type.Integer({ minimum: 0 }),
    position: Type.String(),
    ...Outcome,
  }),
  /** Remembers a command that had nothing to change. */
  WebhookUnchanged: event({ webhookId }),
  WebhookRemoved: event({ webhookId }),
};

/** The streams `delivery-<webhook id>`: how far the deliveries of a webhook have come. The last event says all of it. */
export const deliveryEventSchemas = {
  WebhookProgressed: event({
    webhookId,
    /** Of the webhook's own stream, as far as was known: a replay after it starts anew. */
    webhookRevision: Type.Integer({ minimum: 0 }),
    /** Every event up to here was delivered, or is not wanted, or is in a stream that is held. */
    upTo: Type.String(),
    /** Streams of which an event was not delivered yet: it, and what follows it there, waits. */
    held: Type.Array(
      Type.Object({
        stream: Type.String(),
        revision: Type.Integer({ minimum: 0 }),
        /** That failed. */
        attempts: Type.Integer({ minimum: 0 }),
        /** ISO 8601, UTC. */
        dueAt: Type.String(),
        since: Type.String(),
      }),
    ),
    /** Made since the event before. */
    attempts: Type.Array(
      Type.Object({
        eventId: Type.String(),
        eventType: Type.String(),
        stream: Type.String(),
        revision: Type.Integer({ minimum: 0 }),
        position: Type.String(),
        /** From 1. */
        number: Type.Integer({ minimum: 1 }),
        ...Outcome,
      }),
    ),
  }),
};

export const WEBHOOK_STREAM = 'webhook-';
export const DELIVERY_STREAM = 'delivery-';

export type WebhookEvent = EventOf<typeof webhookEventSchemas>;
export type DeliveryEvent = EventOf<typeof deliveryEventSchemas>;
