const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/**
 * Milliseconds to wait before trying again: twice as long each time, up to half a minute, of which a random half is waited at the least, so that
 * clients that lost their server together do not come back together.
 * @param failures in a row, from 1.
 * @param random from 0 to 1.
 */
export function backOff(failures: number, random: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 30));
  return longest * (0.5 + random / 2);
}

/** Waits, for less where the signal comes. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
