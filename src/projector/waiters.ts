export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

interface Waiter {
  /** Undefined while it is open. */
  readonly look: () => boolean | undefined;
  settle(reached: boolean): void;
}

/** Those who wait for something to come true, looked at whenever it may have. */
export class Waiters {
  readonly #waiting = new Set<Waiter>();

  /**
   * @param look tells that it came true, that it never will, or (undefined) that it is open.
   * @returns false where the time, or the signal, ran out first.
   */
  wait(look: () => boolean | undefined, { timeoutMs, signal }: WaitOptions): Promise<boolean> {
    const now = look();
    if (now !== undefined || signal?.aborted) return Promise.resolve(now ?? false);
    return new Promise((resolve) => {
      const give = (): void => waiter.settle(false);
      const timer = setTimeout(give, timeoutMs);
      signal?.addEventListener('abort', give);
      const waiter: Waiter = {
        look,
        settle: (reached) => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', give);
          this.#waiting.delete(waiter);
          resolve(reached);
        },
      };
      this.#waiting.add(waiter);
    });
  }

  lookAgain(): void {
    for (const waiter of this.#waiting) {
      const reached = waiter.look();
      if (reached !== undefined) waiter.settle(reached);
    }
  }

  giveUp(): void {
    for (const waiter of this.#waiting) waiter.settle(false);
  }
}
