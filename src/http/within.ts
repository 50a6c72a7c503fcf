import { setTimeout as delay } from 'node:timers/promises';

/** Waits for work to end, for a while at most. */
export async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const bound = new AbortController();
  const elapsed = delay(milliseconds, undefined, { signal: bound.signal }).catch(() => undefined);
  await Promise.race([work, elapsed]);
  bound.abort();
}
