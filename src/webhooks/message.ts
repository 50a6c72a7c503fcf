import { Webhook as Signer } from 'standardwebhooks';
import { maskEvent } from '../domain/masked-events.js';
import type { RecordedEvent } from '../store/event-store.js';
import { encodePosition } from '../store/position.js';

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
    specversion: '1.0',
    id: event.eventId,
    source: `urn:regraft:log:${logId}`,
    type: event.type,
    subject: event.stream,
    time: event.recordedAt,
    datacontenttype: 'application/json',
    revision: event.revision,
    position: encodePosition(logId, event.position),
    schemaversion: metadata.schemaVersion,
    actorid: metadata.actor.id,
    actorkind: metadata.actor.kind,
    correlationid: metadata.$correlationId,
    causationid: metadata.$causationId,
    data: maskEvent(event.type, event.data),
  };
  return { id: event.eventId, body: JSON.stringify(body) };
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
