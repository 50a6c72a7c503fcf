import { subjectsOf } from '../../../projections/history/subjects.js';
import { BEFORE_FIRST, type FollowPage, type Position, type RecordedEvent } from '../../store/event-store.js';
import { encodePosition } from '../../store/position.js';
import { requirePosition, type Backend, type RequestContext } from '../context.js';
import type { EventMessage } from './history.types.js';
import { toEvent } from './to-event.js';
import { visibleTo, type Visible } from './visible-to.js';

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

const HEARTBEAT_MS = 30_000;

export interface EventSubscription {
  readonly after?: string | null;
  readonly from?: 'BEGINNING' | 'NOW' | null;
  readonly types?: readonly string[] | undefined;
  readonly appId?: string | null;
  readonly templateId?: string | null;
}

/**
 * The events of the log that a subscriber asked for and may see, each once and in order, straight from the log: history first, then live. Between them, word
 * that everything up to a position has been looked at, so that a subscriber to rare events need not look at it again.
 * @throws Refusal POSITION_UNKNOWN.
 */
export async function subscribeToEvents(
  { backend, principal }: RequestContext,
  wanted: EventSubscription,
): Promise<AsyncIterableIterator<EventMessage>> {
  return new EventStream(backend, wanted, visibleTo(backend, principal), await startOf(backend, wanted));
}

async function startOf(backend: Backend, { after, from }: EventSubscription): Promise<Position> {
  if (after !== null && after !== undefined) return requirePosition(backend, after);
  return from === 'BEGINNING' ? BEFORE_FIRST : backend.store.head();
}

/** Pull based: the next page is read when the subscriber has taken the last one. `return` ends it at once, even while it waits. */
class EventStream implements AsyncIterableIterator<EventMessage> {
  readonly #abort = new AbortController();
  readonly #pages: AsyncGenerator<FollowPage, void, void>;
  #next: Promise<IteratorResult<FollowPage, void>> | undefined;
  #queue: EventMessage[] = [];
  #position: Position;
  #caughtUp = false;

  constructor(
    private readonly backend: Backend,
    private readonly wanted: EventSubscription,
    private readonly visible: Visible | undefined,
    after: Position,
  ) {
    this.#position = after;
    this.#pages = backend.store.follow({ after, signal: this.#abort.signal });
  }

  async next(): Promise<IteratorResult<EventMessage, undefined>> {
    for (;;) {
      const message = this.#queue.shift();
      if (message) return { done: false, value: message };
      if (this.#abort.signal.aborted) return { done: true, value: undefined };
      const page = await this.#page();
      if (page === 'quiet') this.#queue.push(this.#mark());
      else if (page.done) return { done: true, value: undefined };
      else await this.#take(page.value);
    }
  }

  async return(): Promise<IteratorResult<EventMessage, undefined>> {
    this.#abort.abort();
    // Lets the follower take its listener off the store, wherever it is.
    await this.#pages.return();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<EventMessage, undefined>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next page, or word that nothing came for half a minute; the page that is awaited then is still awaited. */
  async #page(): Promise<IteratorResult<FollowPage, void> | 'quiet'> {
    this.#next ??= this.#pages.next();
    let timer: NodeJS.Timeout | undefined;
    const quiet = new Promise<'quiet'>((resolve) => {
      timer = setTimeout(() => resolve('quiet'), HEARTBEAT_MS);
    });
    const page = await Promise.race([this.#next, quiet]);
    clearTimeout(timer);
    if (page !== 'quiet') this.#next = undefined;
    return page;
  }

  async #take({ events, position, caughtUp }: FollowPage): Promise<void> {
    const { logId } = this.backend.store;
    const reachedEnd = caughtUp && !this.#caughtUp;
    this.#caughtUp ||= caughtUp;
    this.#position = position;
    for (const event of events) {
      if (!this.#isWanted(event) || (this.visible && !(await this.visible(event)))) continue;
      const last = event.position === position && caughtUp;
      this.#queue.push({ event: toEvent(logId, event), position: encodePosition(logId, event.position), caughtUp: last });
    }
    if (reachedEnd) this.#queue.push(this.#mark());
  }

  #mark(): EventMessage {
    return { event: null, position: encodePosition(this.backend.store.logId, this.#position), caughtUp: this.#caughtUp };
  }

  #isWanted(event: RecordedEvent): boolean {
    const { types, appId, templateId } = this.wanted;
    if (types && !types.includes(event.type)) return false;
    const subjects = subjectsOf(event);
    return (appId ?? subjects.appId) === subjects.appId && (templateId ?? subjects.templateId) === subjects.templateId;
  }
}
