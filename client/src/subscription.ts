import type { Client } from 'graphql-ws';
import { backOff, pause } from './back-off.js';
import { RegraftError } from './errors.js';
import { Feed, type Positioned } from './feed.js';

/** Where a consumer keeps how far it has come. */
export interface Checkpoint {
  /** The position that was saved last; undefined where there is none. */
  load(): string | undefined | Promise<string | undefined>;
  /** Called with the position of each message once the consumer asks for the next one. What it throws ends the subscription. */
  save(position: string): void | Promise<void>;
}

export interface SubscribeOptions {
  /** Ends the subscription, without an error. */
  readonly signal?: AbortSignal;
  /** Goes before `after` and `from` where it has a position. */
  readonly checkpoint?: Checkpoint;
  /** Messages held for a consumer that is slower than they come, 1,000 by default: at least 1. */
  readonly capacity?: number;
  /** Told of each lost connection, and how long is waited before the next one is tried. */
  readonly onLost?: (error: RegraftError, retryInMs: number) => void;
}

export interface Subscribed {
  readonly socket: Client;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>> & { readonly after?: string | null | undefined; readonly from?: unknown };
  /** The end of the log. */
  readonly now: () => Promise<string>;
}

const CAPACITY = 1_000;

/**
 * The messages of a subscription, each once and in order, over as many connections as it takes: one that is lost is opened again after the last
 * message that came.
 * @throws RegraftError where the server refuses, and would again; what the checkpoint throws.
 */
export async function* resume<Message extends Positioned>(
  subscribed: Subscribed,
  { signal = new AbortController().signal, checkpoint, capacity = CAPACITY, onLost }: SubscribeOptions,
): AsyncGenerator<Message, void, undefined> {
  if (!(capacity >= 1)) throw new RangeError(`capacity is ${capacity}: at least 1 message is held`);
  const { variables, now } = subscribed;
  let after = (await checkpoint?.load()) ?? variables.after ?? undefined;
  let failures = 0;
  while (!signal.aborted) {
    try {
      // Without a position there would be none to go on from if the connection were lost before the first message.
      if (after === undefined && variables.from !== 'BEGINNING') after = await now();
      for await (const message of connected<Message>(new Feed({ ...subscribed, capacity }, after), signal)) {
        failures = 0;
        after = message.position;
        yield message;
        await checkpoint?.save(after);
      }
    } catch (error) {
      if (!(error instanceof RegraftError && error.passes)) throw error;
      const waitMs = Math.max(backOff(++failures, Math.random()), error.retryAfterMs ?? 0);
      onLost?.(error, waitMs);
      await pause(waitMs, signal);
    }
  }
}

/** What comes over one connection. @throws RegraftError with which it ended, once what came before was taken. */
async function* connected<Message extends Positioned>(feed: Feed<Message>, signal: AbortSignal): AsyncGenerator<Message, void, undefined> {
  const stop = (): void => feed.stop();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    for (let message = await feed.take(); message; message = await feed.take()) yield message;
    if (feed.error) throw feed.error;
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}
