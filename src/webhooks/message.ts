import { Webhook as Signer } from 'standardwebhooks';
import { attributesOf, sourceOf } from '../audit/cloud-event.js';
import { maskEvent } from '../domain/masked-events.js';
import type { RecordedEvent } from '../store/event-store.js';

/** What is sent of an event: the same bytes under the same id at each attempt. */
export interface WebhookMessage {
  /** Of the event: by it a receiver knows what it had before. */
  readonly id: string;
  readonly body: string;
}

/** An event as a CloudEvent 1.0 in JSON, as the API shows it: secrets masked, and nothing of how commands are remembered. */
export function messageOf(logId: string, event: RecordedEvent): WebhookMessage {
  const { metadata } = event;
  const body = {
    ...attributesOf(logId, event),
    schemaversion: metadata.schemaVersion,
    actorid: metadata.actor.id,
    actorkind: metadata.actor.kind,
    correlationid: metadata.$correlationId,
    causationid: metadata.$causationId,
    data: maskEvent(event.type, event.data),
  };
  return { id: event.eventId, body: JSON.stringify(body) };
}

/** What is sent to see whether a receiver is there, and knows the secret. It is of no event. */
export function testMessage(
  logId: string,
  { id, webhookId, at }: { readonly id: string; readonly webhookId: string; readonly at: string },
) {
  const body = {
    specversion: '1.0',
    id,
    source: sourceOf(logId),
    type: 'regraft.webhook.test',
    subject: `webhook-${webhookId}`,
    time: at,
    datacontenttype: 'application/json',
    data: { webhookId },
  };
  return { id, body: JSON.stringify(body) } satisfies WebhookMessage;
}

/**
 * The headers of Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @param secrets `whsec_...`: all that are valid now, so that a receiver may have any of them.
 * @param at when this attempt is made: receivers refuse what is older than five minutes.
 */
export function signatureHeaders({ id, body }: WebhookMessage, secrets: readonly string[], at: Date): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Signer(secret).sign(id, at, body)).join(' '),
  };
}
