import { useSyncExternalStore, type ReactNode } from 'react';

const EXACT = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'long' });
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;
const TICK_MS = 30_000;

/** When something happened, as one says it; the exact instant, in the zone of the reader, on hover. */
export function Time({ at }: { readonly at: string }): ReactNode {
  const now = useSyncExternalStore(everyTick, halfMinute);
  return (
    <time dateTime={at} title={EXACT.format(new Date(at))}>
      {relative(Date.parse(at), Math.max(now, Date.parse(at)))}
    </time>
  );
}

function relative(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1_000);
  for (const [unit, length] of UNITS) if (Math.abs(seconds) >= length) return RELATIVE.format(Math.trunc(seconds / length), unit);
  return RELATIVE.format(0, 'second');
}

const halfMinute = (): number => Math.floor(Date.now() / TICK_MS) * TICK_MS;

function everyTick(tell: () => void): () => void {
  const timer = setInterval(tell, TICK_MS);
  return () => clearInterval(timer);
}
