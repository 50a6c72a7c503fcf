import { accept } from '../domain/decision.js';
import { Refusal } from '../domain/errors.js';
import type { RecordedAttempt } from '../domain/webhook/progress.js';
import type { EventStore, Position } from '../store/event-store.js';
import { encodePosition } from '../store/position.js';
import { outcomeOf } from '../webhooks/courier.js';
import { messageOf, testMessage } from '../webhooks/message.js';
import { filterOf } from '../webhooks/webhook-filter.js';
import type { Webhooks } from '../webhooks/webhooks.js';
import type { CommandContext } from './context.js';
import type { CommandServices, Executed } from './execute.js';
import { theEvent } from './target.js';
import { commandWebhook, type ToWebhook } from './webhooks.js';

/** What was sent by hand, and how that went. */
export interface Sent extends Pick<RecordedAttempt, 'at' | 'status' | 'problem' | 'message'> {
  readonly messageId: string;
}

export type AttemptServices = CommandServices & { readonly store: Pick<EventStore, 'logId' | 'readAt'> };

/**
 * Sends a message that is of no event, also where the webhook is disabled: to see whether its receiver is there, before it is enabled. How it went is
 * an event; whoever repeats the command is told that, and nothing is sent again.
 * @throws Refusal NOT_FOUND, SECRET_KEY_WRONG.
 */
export function handleTestWebhook(
  services: AttemptServices,
  context: CommandContext,
  to: ToWebhook,
  { courier }: Webhooks,
): Promise<Executed<Sent>> {
  const { runtime, store } = services;
  const { webhookId } = to;
  return commandWebhook(
    services,
    context,
    to,
    async (state) => {
      const messageId = runtime.newId();
      const attempted = await courier.attempt(state, testMessage(store.logId, { id: messageId, webhookId, at: runtime.now() }));
      return accept([{ type: 'WebhookTested', data: { webhookId, messageId, ...outcomeOf(attempted) } }]);
    },
    (events) => theEvent(events, 'WebhookTested'),
  );
}

/**
 * Sends one event once more, out of order: one that the team of the webhook may read, whatever it asks for. Likewise.
 * @throws Refusal NOT_FOUND where there is no such event, SECRET_KEY_WRONG.
 */
export function handleRedeliver(
  services: AttemptServices,
  context: CommandContext,
  to: ToWebhook,
  position: Position,
  { courier, visibleTo }: Webhooks,
): Promise<Executed<Sent>> {
  const { store } = services;
  const { webhookId } = to;
  const shown = encodePosition(store.logId, position);
  return commandWebhook(
    services,
    context,
    to,
    async (state) => {
      const [event] = await store.readAt([position]);
      if (!event || !((await filterOf(state, visibleTo).visibleTo?.(event)) ?? true)) {
        throw new Refusal('NOT_FOUND', 'there is no event at this position that the webhook may get', { position: shown });
      }
      const attempted = await courier.attempt(state, messageOf(store.logId, event));
      const { eventId, type, stream, revision } = event;
      const data = { webhookId, eventId, eventType: type, stream, revision, position: shown, ...outcomeOf(attempted) };
      return accept([{ type: 'WebhookRedelivered', data }]);
    },
    (events) => {
      const { eventId, ...outcome } = theEvent(events, 'WebhookRedelivered');
      return { ...outcome, messageId: eventId };
    },
  );
}
