import { setImmediate as turn } from 'node:timers/promises';
import type { Delivery } from '../../src/fan-out/event-subscription.js';
import type { EventFilter } from '../../src/fan-out/event-filter.js';
import type { FanOut } from '../../src/fan-out/fan-out.js';
import { type Position, type RecordedEvent } from '../../src/store/event-store.js';

/** A subscriber that takes its time, and that can go away and come back after what it was given last. */
export class Follower {
  readonly deliveries: Delivery[] = [];
  #paused = false;
  #subscription: AsyncIterableIterator<Delivery>;
  #taking: Promise<void>;

  constructor(
    private readonly fanOut: FanOut,
    private readonly filter: EventFilter,
    readonly after: Position,
  ) {
    this.#subscription = fanOut.subscribe(after, filter, (delivery) => delivery);
    this.#taking = this.#take(this.#subscription);
  }

  get events(): readonly RecordedEvent[] {
    return this.deliveries.flatMap(({ event }) => event ?? []);
  }

  /** As far as it was told. */
  get position(): Position {
    return this.deliveries.at(-1)?.position ?? this.after;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
  }

  async restart(): Promise<void> {
    this.resume();
    await this.end();
    this.#subscription = this.fanOut.subscribe(this.position, this.filter, (delivery) => delivery);
    this.#taking = this.#take(this.#subscription);
  }

  /** Resolves when the subscription is over; fails as it failed. */
  async end(): Promise<void> {
    await this.#subscription.return?.();
    await this.#taking;
  }

  over(): Promise<void> {
    return this.#taking;
  }

  async #take(subscription: AsyncIterableIterator<Delivery>): Promise<void> {
    for (;;) {
      const { done, value } = await subscription.next();
      if (done) return;
      this.deliveries.push(value);
      while (this.#paused) await turn();
    }
  }
}
