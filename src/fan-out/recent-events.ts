import type { Position, RecordedEvent } from '../store/event-store.js';
import { EVERYTHING, keysOf, type Key } from './event-filter.js';

export interface RecentLimits {
  /** Events kept at the most. */
  readonly events: number;
  /** Characters of JSON that their data has together at the most; the newest event is kept whatever its size. */
  readonly characters: number;
}

/** The last events of the log, bounded in number and size, each found by every part of the log that it belongs to. */
export class RecentEvents {
  readonly #byKey = new Map<Key, RecordedEvent[]>([[EVERYTHING, []]]);
  readonly #sizes: number[] = [];
  #characters = 0;
  #floor: Position;

  constructor(
    private readonly limits: RecentLimits,
    /** Events after this position are going to be added, all of them. */
    start: Position,
  ) {
    this.#floor = start;
  }

  /** All events after this position, as far as they were added, are here. */
  get floor(): Position {
    return this.#floor;
  }

  /** How much is kept, as it is bounded. */
  get kept(): RecentLimits {
    return { events: this.#sizes.length, characters: this.#characters };
  }

  /** @param event the next of the log. */
  add(event: RecordedEvent): void {
    for (const key of keysOf(event)) {
      const events = this.#byKey.get(key);
      if (events) events.push(event);
      else this.#byKey.set(key, [event]);
    }
    const size = JSON.stringify(event.data).length;
    this.#sizes.push(size);
    this.#characters += size;
    while (this.#sizes.length > this.limits.events || (this.#characters > this.limits.characters && this.#sizes.length > 1)) this.#drop();
  }

  /** The first event after a position among those of some parts. */
  next(keys: readonly Key[], after: Position): RecordedEvent | undefined {
    let first: RecordedEvent | undefined;
    for (const key of keys) {
      const event = firstAfter(this.#byKey.get(key) ?? [], after);
      if (event && (!first || event.position < first.position)) first = event;
    }
    return first;
  }

  #drop(): void {
    const oldest = this.#byKey.get(EVERYTHING)?.[0];
    if (!oldest) return;
    for (const key of keysOf(oldest)) {
      const events = this.#byKey.get(key);
      events?.shift();
      if (events?.length === 0 && key !== EVERYTHING) this.#byKey.delete(key);
    }
    this.#characters -= this.#sizes.shift() ?? 0;
    this.#floor = oldest.position;
  }
}

/** By halving: the events are in the order of their positions. */
function firstAfter(events: readonly RecordedEvent[], after: Position): RecordedEvent | undefined {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.position ?? Infinity) > after) high = middle;
    else low = middle + 1;
  }
  return events[low];
}
