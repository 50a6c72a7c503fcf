import { v7 as uuidv7 } from 'uuid';
import { vi } from 'vitest';
import type { Runtime } from '../../src/commands/context.js';
import type { Clock } from '../../src/webhooks/clock.js';

/** Time that goes as the test says, for commands and for deliveries. */
export class Timeline implements Clock {
  #ms = Date.parse('2026-06-01T00:00:00.000Z');
  readonly #waiting = new Set<{ readonly until: number; readonly end: () => void }>();

  readonly runtime: Runtime = { now: () => new Date(this.#ms).toISOString(), newId: () => uuidv7(), random: () => 0 };

  now(): number {
    return this.#ms;
  }

  elapsed(): number {
    return this.#ms;
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiter = {
      until: this.#ms + ms,
      end: () => {
        this.#waiting.delete(waiter);
        resolve();
      },
    };
    this.#waiting.add(waiter);
    if (signal.aborted) waiter.end();
    signal.addEventListener('abort', waiter.end, { once: true });
    return promise;
  }

  advance(seconds: number): void {
    this.#ms += seconds * 1000;
    for (const { until, end } of [...this.#waiting]) if (until <= this.#ms) end();
  }

  /** Passes, so many seconds at a time, until something is so: waits that are begun meanwhile pass, too. */
  async passUntil(isSo: () => boolean | Promise<boolean>, seconds: number): Promise<void> {
    await vi.waitFor(
      async () => {
        if (await isSo()) return;
        this.advance(seconds);
        throw new Error('it is not so yet');
      },
      { timeout: 10_000, interval: 10 },
    );
  }
}
