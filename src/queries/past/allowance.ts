import { Refusal } from '../../domain/errors.js';

/** What the moments of one operation may read of the log together: some seconds of work, in pieces between which others are served. */
export const MAX_PAST_EVENTS = 100_000;

/** The events that are left to read, counted over all moments of an operation, so that no question about the past keeps the server from the present. */
export class Allowance {
  #left: number;

  constructor(private readonly events = MAX_PAST_EVENTS) {
    this.#left = events;
  }

  /** @throws Refusal PAST_TOO_LARGE where fewer are left. */
  take(events: number): void {
    this.#left -= events;
    if (this.#left >= 0) return;
    const limit = this.events;
    const message = `this looks back at more than ${limit.toLocaleString('en')} events: ask for less of it, such as one app, without the other installs of its template`;
    throw new Refusal('PAST_TOO_LARGE', message, { limit });
  }
}
