/** Wakes those who wait for something to happen. It counts its rings, so that one between a look and a wait is not missed. */
export class Bell {
  readonly #waiting = new Set<() => void>();
  #rings = 0;

  get rings(): number {
    return this.#rings;
  }

  ring(): void {
    this.#rings += 1;
    for (const wake of this.#waiting) wake();
  }

  /** Resolves at the next ring after the one counted as `since`, or at once where there was one; also when the signal is aborted. */
  async wait(since: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#rings !== since) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}
