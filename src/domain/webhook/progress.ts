import type { DeliveryEvent } from './events.js';
import type { WebhookState } from './state.js';

/** How far deliveries have come, as it was recorded last. */
export type RecordedProgress = DeliveryEvent['data'];

/** A stream of which an event was not delivered yet: it, and what follows it there, waits; other streams do not. */
export type HeldStream = RecordedProgress['held'][number];

/** An attempt to deliver, as it is recorded. */
export type RecordedAttempt = RecordedProgress['attempts'][number];

export interface Progress {
  /** As clients see positions: what is up to there was delivered, or is not wanted, or is in a stream that is held. */
  readonly upTo: string;
  readonly held: readonly HeldStream[];
}

/**
 * Where deliveries go on: where they were, or where the webhook was told to start since. One that was enabled since has what waits tried at once,
 * and all attempts anew.
 * @param now ISO 8601, UTC.
 */
export function progressOf({ start, enabledAt }: WebhookState, recorded: RecordedProgress | undefined, now: string): Progress {
  if (!recorded || recorded.webhookRevision < start.revision) return { upTo: start.after, held: [] };
  const { upTo, held, webhookRevision } = recorded;
  if (webhookRevision >= enabledAt) return { upTo, held };
  return { upTo, held: held.map(({ stream, revision }) => ({ stream, revision, attempts: 0, dueAt: now, since: now })) };
}
