import type { TokenEvent } from '../src/domain/access/token-events.js';
import type { AppEvent } from '../src/domain/app/events.js';
import type { TemplateEvent } from '../src/domain/template/events.js';
import type { DeliveryEvent, WebhookEvent } from '../src/domain/webhook/events.js';
import type { ReadModel } from '../src/projector/projection.js';
import type { RecordedEvent } from '../src/store/event-store.js';

type DomainEvent = AppEvent | TemplateEvent | TokenEvent | WebhookEvent | DeliveryEvent;

/** What a projection does with each event that concerns it. */
export type Handlers = {
  readonly [Event in DomainEvent as Event['type']]?: (data: Event['data'], event: RecordedEvent, db: ReadModel) => void;
};

/** Hands an event to its handler; events that have none, or that this program cannot read, do not concern the projection. */
export function handle(handlers: Handlers, event: RecordedEvent, db: ReadModel): void {
  const byType: Readonly<Record<string, ((data: never, event: RecordedEvent, db: ReadModel) => void) | undefined>> = handlers;
  if (event.unread) return;
  // Decoding checked the data against the type's schema, and brought it to the newest version.
  byType[event.type]?.(event.data as never, event, db);
}
