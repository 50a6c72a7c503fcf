import { setTimeout as delay } from 'node:timers/promises';

const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 5_000;

/** Pauses between attempts: they double from a tenth of a second to five seconds, and end early at the signal. */
export class Pauses {
  #next = FIRST_PAUSE_MS;

  constructor(private readonly signal: AbortSignal) {}

  /** Milliseconds. */
  get next(): number {
    return this.#next;
  }

  async take(): Promise<void> {
    const pause = this.#next;
    this.#next = Math.min(pause * 2, LAST_PAUSE_MS);
    await delay(pause, undefined, { signal: this.signal }).catch(() => undefined);
  }
}
