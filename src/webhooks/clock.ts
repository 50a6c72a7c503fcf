import { setTimeout as delay } from 'node:timers/promises';

/** The time of deliveries: an argument, so that tests let days pass. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds since some moment: it goes on evenly, whatever is done to the clock of the machine. */
  elapsed(): number;
  /** Ends after so many milliseconds (never, of Infinity), or with the signal. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** Longer timers end at once. */
const LONGEST_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  wait: async (ms, signal) => {
    // The only way in which a timer fails is the signal, which the caller looks at.
    await delay(Math.min(Math.max(ms, 0), LONGEST_MS), undefined, { signal }).catch(() => undefined);
  },
};
