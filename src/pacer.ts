import { setImmediate } from 'node:timers/promises';

/** Milliseconds that work goes on for before others have their turn. */
const SLICE_MS = 4;

/** Lets long work on the main thread give way to requests. */
export class Pacer {
  #since = performance.now();

  constructor(private readonly signal: AbortSignal) {}

  /** To be called between small pieces of the work. @throws the reason of the signal once it is aborted. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#since >= SLICE_MS) {
      await setImmediate();
      this.#since = performance.now();
    }
    this.signal.throwIfAborted();
  }
}
