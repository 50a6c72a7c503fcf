import { setTimeout as delay } from 'node:timers/promises';

const FIRST_MS = 50;
const LAST_MS = 5_000;

/** Pauses between attempts: each twice as long as the one before, up to 5 s, less a random part, so that many do not come back at once. */
export class Pauses {
  #next = FIRST_MS;

  /** Milliseconds that the next pause takes at the most. */
  get next(): number {
    return this.#next;
  }

  /** After a success: the next pause is the shortest again. */
  reset(): void {
    this.#next = FIRST_MS;
  }

  /** Ends early when the signal is aborted. */
  async wait(signal?: AbortSignal): Promise<void> {
    const pause = this.#next * (0.5 + Math.random() / 2);
    this.#next = Math.min(this.#next * 2, LAST_MS);
    // The only way in which a timer fails is the signal, which the caller looks at.
    await delay(pause, undefined, { ...(signal && { signal }) }).catch(() => undefined);
  }
}
