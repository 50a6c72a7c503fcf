import { LRUCache } from 'lru-cache';
import { isUseDue } from '../domain/access/token-state.js';
import type { Token } from '../domain/access/token.js';
import type { Logger } from '../logger.js';

/** Puts in the log that a token was used at a time (ISO 8601, UTC), where that is not known there well enough. */
export type RecordUse = (tokenId: string, at: string) => Promise<void>;

interface Use {
  readonly at: string;
  /** When it was last given to be recorded. */
  readonly triedAt: string | undefined;
}

/** Tokens whose last use this node remembers; of others it knows what the log has. */
const REMEMBERED = 10_000;
/** What could not be recorded is not tried again sooner, in milliseconds. */
const RETRY_AFTER = 60_000;

/**
 * When tokens were last used. A request costs a look at memory; the log hears of a token once an hour at the most, one after the other and behind
 * the requests, so that no request waits for it or fails with it.
 */
export class TokenUses {
  readonly #uses = new LRUCache<string, Use>({ max: REMEMBERED });
  /** What waits to be recorded: each token once. */
  readonly #due = new Map<string, string>();
  #recording: Promise<void> | undefined;
  #closed = false;

  constructor(
    private readonly record: RecordUse,
    private readonly logger: Logger,
  ) {}

  /** @param at ISO 8601, UTC. */
  used({ tokenId, lastUsedAt }: Token, at: string): void {
    const before = this.#uses.get(tokenId)?.triedAt;
    const isTried = before !== undefined && Date.parse(at) - Date.parse(before) < RETRY_AFTER;
    const isDue = !this.#closed && !isTried && isUseDue(lastUsedAt, at);
    this.#uses.set(tokenId, { at, triedAt: isDue ? at : before });
    if (!isDue) return;
    this.#due.set(tokenId, at);
    this.#recording ??= this.#recordAll();
  }

  /** As this node or the log knows it, whichever is later. */
  lastUseOf({ tokenId, lastUsedAt }: Token): string | undefined {
    const here = this.#uses.peek(tokenId)?.at;
    return here !== undefined && (lastUsedAt === undefined || here > lastUsedAt) ? here : lastUsedAt;
  }

  /** Waits for what is being recorded; nothing is from then on. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#due.clear();
    await this.#recording;
  }

  async #recordAll(): Promise<void> {
    for (const [tokenId, at] of this.#due) {
      try {
        await this.record(tokenId, at);
      } catch (error) {
        this.logger.warn({ err: error, tokenId }, 'that a token was used cannot be recorded just now');
      }
      this.#due.delete(tokenId);
    }
    this.#recording = undefined;
  }
}
