/** How an attempt to deliver went. */
export type DeliveryResult =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** The header as it came. */
      readonly retryAfter?: string;
      /** The beginning of the answer, at most 1 KiB. */
      readonly body: string;
    }
  | { readonly kind: 'unanswered'; readonly why: 'TIMEOUT' | 'FORBIDDEN' | 'CONNECTION'; readonly message: string };

/** What comes of an attempt. */
export type Verdict =
  | { readonly kind: 'delivered' }
  /** The receiver wants nothing more: the webhook is to be disabled. */
  | { readonly kind: 'gone' }
  /** Milliseconds from now. */
  | { readonly kind: 'retry'; readonly inMs: number }
  /** It failed for days: the webhook is to be disabled. */
  | { readonly kind: 'exhausted' };

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Pauses after the first, second, ... attempt, as Standard Webhooks has them: three days together. */
export const RETRY_PAUSES_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
/** A receiver may ask for a longer pause, up to this. */
const LONGEST_ASKED_MS = 24 * HOUR;
/** Part of a pause by which it may grow, so that what failed together does not come again together. */
const JITTER = 0.2;

export interface Attempt {
  /** From 1. */
  readonly number: number;
  /** Milliseconds since 1970, when it ended. */
  readonly endedAt: number;
  /** From 0 to 1. */
  readonly random: number;
}

/** @param pauses those of Standard Webhooks by default. */
export function judge(result: DeliveryResult, { number, endedAt, random }: Attempt, pauses = RETRY_PAUSES_MS): Verdict {
  if (result.kind === 'answered' && result.status >= 200 && result.status < 300) return { kind: 'delivered' };
  if (result.kind === 'answered' && result.status === 410) return { kind: 'gone' };
  const pause = pauses[number - 1];
  if (pause === undefined) return { kind: 'exhausted' };
  const asked = result.kind === 'answered' ? askedPause(result.retryAfter, endedAt) : 0;
  return { kind: 'retry', inMs: Math.max(Math.round(pause * (1 + JITTER * random)), Math.min(asked, LONGEST_ASKED_MS)) };
}

/** `Retry-After` (RFC 9110 section 10.2.3) in milliseconds: seconds or a date; 0 where it is neither, or past. */
function askedPause(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const text = header.trim();
  const pause = /^\d+$/.test(text) ? Number(text) * SECOND : Date.parse(text) - now;
  return Number.isFinite(pause) ? Math.max(0, pause) : 0;
}
