import type { Logger } from '../../logger.js';
import { Bell } from '../bell.js';
import type { FollowPage, Position, RecordedEvent } from '../event-store.js';
import { Pauses } from '../../pauses.js';
import type { Connection } from './client.js';
import { subscribe } from './subscription.js';

export interface TailLimits {
  readonly maxEvents: number;
  /** Of the data of its events, in characters of JSON. */
  readonly maxCharacters: number;
}

const LIMITS: TailLimits = { maxEvents: 2_000, maxCharacters: 16 * 1024 * 1024 };
const PAGE = 256;

/**
 * The newest events of the log, kept by one subscription for all who follow it: a connection to EventStoreDB carries about a hundred calls at once, and
 * Regraft may have a thousand subscribers. When the subscription drops it is made anew, from the last position; nobody who follows notices.
 */
export class Tail {
  readonly #grown = new Bell();
  readonly #abort = new AbortController();
  #events: { readonly event: RecordedEvent; readonly characters: number }[] = [];
  #characters = 0;
  /** Every event after this position is here. */
  #floor: Position | undefined;
  #position: Position = 0;
  #running: Promise<void> | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly logger: Logger,
    private readonly limits: TailLimits = LIMITS,
  ) {}

  /** Begins at a position, the head of the log, unless it has begun. */
  start(head: Position): void {
    if (this.#running) return;
    this.#floor = head;
    this.#position = head;
    this.#running = this.#run();
  }

  get started(): boolean {
    return this.#floor !== undefined;
  }

  /** Whether all events after a position are here, so that one can go on from it. */
  covers(position: Position): boolean {
    return this.#floor !== undefined && position >= this.#floor;
  }

  /** What came after a position that is covered; without events, and at the same position, where nothing did. */
  after(position: Position, pageSize: number): FollowPage {
    const from = this.#indexAfter(position);
    const events = this.#events.slice(from, from + pageSize).map(({ event }) => event);
    const caughtUp = from + events.length === this.#events.length;
    const reached = caughtUp ? this.#position : (events.at(-1)?.position ?? position);
    return { events, position: Math.max(position, reached), caughtUp };
  }

  /** Counts how often it has grown, for `wait`. */
  get rings(): number {
    return this.#grown.rings;
  }

  wait(since: number, signal: AbortSignal): Promise<void> {
    return this.#grown.wait(since, signal);
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    const pauses = new Pauses();
    while (!signal.aborted) {
      try {
        for await (const page of subscribe(this.connection, this.logger, { after: this.#position, pageSize: PAGE, signal })) {
          pauses.reset();
          for (const event of page.events) this.#keep(event);
          this.#position = page.position;
          this.#grown.ring();
        }
      } catch (error) {
        // Whatever it was, those who follow are served from the log again when it is over.
        this.logger.warn({ err: error, position: this.#position }, 'the subscription to EventStoreDB dropped: it is made anew');
        await pauses.wait(signal);
      }
    }
  }

  #keep(event: RecordedEvent): void {
    const characters = JSON.stringify(event.data).length;
    this.#events.push({ event, characters });
    this.#characters += characters;
    while (this.#events.length > this.limits.maxEvents || this.#characters > this.limits.maxCharacters) {
      const oldest = this.#events.shift();
      if (!oldest) break;
      this.#characters -= oldest.characters;
      this.#floor = oldest.event.position;
    }
  }

  /** Binary search: positions only grow. */
  #indexAfter(position: Position): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle]?.event.position ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
