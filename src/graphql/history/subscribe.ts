import type { Delivery } from '../../fan-out/event-subscription.js';
import { BEFORE_FIRST, type Position, type RecordedEvent } from '../../store/event-store.js';
import { encodePosition } from '../../store/position.js';
import { requirePosition, type Backend, type RequestContext } from '../context.js';
import type { Event, EventMessage } from './history.types.js';
import { toEvent } from './to-event.js';
import { visibleTo } from './visible-to.js';

/** The types of the events that tell of upgrades and rollbacks. */
export const UPGRADE_EVENTS: readonly string[] = [
  'UpgradeStarted',
  'RollbackStarted',
  'ComponentUpgraded',
  'ComponentUpgradeFailed',
  'ComponentUpgradeProgressed',
  'AppUpgraded',
  'AppPartlyUpgraded',
  'AppRolledBack',
  'UpgradeFailed',
  'UpgradeOutcomeUnknown',
  'UpgradeRetried',
  'UpgradeSettled',
];

export interface WantedEvents {
  readonly after?: string | null;
  readonly from?: 'BEGINNING' | 'NOW' | null;
  readonly types?: readonly string[] | null;
  readonly appId?: string | null;
  readonly templateId?: string | null;
}

/**
 * The events of the log that a subscriber asked for and may see, each once and in order: history first, then live. Between them, word that everything up to a
 * position has been looked at, so that a subscriber to rare events need not look at it again.
 * @throws Refusal POSITION_UNKNOWN.
 */
export async function subscribeToEvents(
  { backend, principal }: RequestContext,
  wanted: WantedEvents,
): Promise<AsyncIterableIterator<EventMessage>> {
  const { types, appId, templateId } = wanted;
  const filter = {
    types: types ?? undefined,
    appId: appId ?? undefined,
    templateId: templateId ?? undefined,
    visibleTo: visibleTo(backend, principal),
  };
  return backend.fanOut.subscribe(await startOf(backend, wanted), filter, (delivery) => toMessage(backend.store.logId, delivery));
}

async function startOf(backend: Backend, { after, from }: WantedEvents): Promise<Position> {
  if (after !== null && after !== undefined) return requirePosition(backend, after);
  return from === 'BEGINNING' ? BEFORE_FIRST : backend.store.head();
}

function toMessage(logId: string, { event, position, caughtUp }: Delivery): EventMessage {
  return { event: event ? shared(logId, event) : null, position: encodePosition(logId, position), caughtUp };
}

/** What the API shows of an event, made once for all who are given it. */
const shown = new WeakMap<RecordedEvent, Event>();

function shared(logId: string, event: RecordedEvent): Event {
  const known = shown.get(event);
  if (known) return known;
  const made = toEvent(logId, event);
  shown.set(event, made);
  return made;
}
