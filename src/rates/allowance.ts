import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

const WINDOW_SECONDS = 60;
/** So many are counted at a time, in some 20 MB; beyond that, whoever was not heard of for longest starts anew. */
export const MAX_COUNTED = 50_000;

/** Somebody has asked for more than their allowance. */
export class RateLimitedError extends Error {
  override readonly name = 'RateLimitedError';

  constructor(readonly retryAfterSeconds: number) {
    super(`too much was asked for within a minute: try again in ${retryAfterSeconds} seconds`);
  }
}

/**
 * How much each of many may take within a minute, which starts with the first that they take. Counted in the memory of this node: several nodes give
 * as many allowances. Whoever asks for more than is left is refused until the minute is over.
 */
export class Allowance {
  readonly #counted: RateLimiterMemory;
  readonly #known: LRUCache<string, true>;

  /** @param perMinute points; a whole number from 1. */
  constructor(readonly perMinute: number) {
    const counted = new RateLimiterMemory({ points: perMinute, duration: WINDOW_SECONDS });
    this.#counted = counted;
    this.#known = new LRUCache({ max: MAX_COUNTED, dispose: (_known, who, reason) => reason === 'evict' && void counted.delete(who) });
  }

  /** @param points at most so many are taken as fit into a whole allowance. @throws RateLimitedError where they are not left. */
  async take(who: string, points: number): Promise<void> {
    this.#remember(who);
    try {
      await this.#counted.consume(who, Math.min(points, this.perMinute));
    } catch (refused) {
      throw refused instanceof RateLimiterRes ? limited(refused) : refused;
    }
  }

  /** Counts a point that cannot be refused any more. */
  async count(who: string): Promise<void> {
    this.#remember(who);
    await this.#counted.penalty(who);
  }

  /** @throws RateLimitedError where nothing is left. */
  async requireLeft(who: string): Promise<void> {
    const state = await this.#counted.get(who);
    if (state?.remainingPoints === 0) throw limited(state);
  }

  #remember(who: string): void {
    if (this.#known.get(who) === undefined) this.#known.set(who, true);
  }
}

function limited({ msBeforeNext }: RateLimiterRes): RateLimitedError {
  return new RateLimitedError(Math.max(1, Math.ceil(msBeforeNext / 1_000)));
}
