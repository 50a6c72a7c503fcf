import type { Client } from 'graphql-ws';
import { RegraftError, toRegraftError } from './errors.js';
import { toSocketError } from './socket.js';

/** The least that can be resumed: every message tells how far it has come. */
export interface Positioned {
  readonly position: string;
}

export interface FeedOptions {
  readonly socket: Client;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Messages held for one who does not take them. At that the subscription is let go, to be opened again when they are taken. */
  readonly capacity: number;
}

/** One subscription on one connection, after a position, for as long as it holds. */
export class Feed<Message extends Positioned> {
  readonly #held: Message[] = [];
  readonly #unsubscribe: () => void;
  #over = false;
  #error: RegraftError | undefined;
  #wake: () => void = () => undefined;

  constructor({ socket, query, variables, capacity }: FeedOptions, after: string | undefined) {
    let position = after;
    const resumable = {
      ...variables,
      // Read whenever the operation is sent: graphql-ws sends it again by itself after a close that it holds for orderly.
      get after() {
        return position;
      },
    };
    this.#unsubscribe = socket.subscribe<Record<string, Message>>(
      { query, variables: resumable },
      {
        next: ({ data, errors }) => {
          if (this.#over) return;
          const message = data && Object.values(data).find((each) => typeof each.position === 'string');
          if (errors || !message) return this.#end(toRegraftError(errors ?? []));
          position = message.position;
          this.#held.push(message);
          this.#wake();
          if (this.#held.length >= capacity) this.#end(undefined);
        },
        error: (ended) => this.#end(toSocketError(ended)),
        complete: () => this.#end(new RegraftError('CONNECTION_LOST', 'the server ended the subscription: it stops, or starts again')),
      },
    );
  }

  /** Why it ended; undefined where it was let go. */
  get error(): RegraftError | undefined {
    return this.#error;
  }

  /** What comes next; undefined where it is over, and everything was taken. One call at a time. */
  async take(): Promise<Message | undefined> {
    while (this.#held.length === 0 && !this.#over) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#held.shift();
  }

  /** Ends it, and drops what was not taken. */
  stop(): void {
    this.#held.length = 0;
    this.#end(undefined);
  }

  #end(error: RegraftError | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#error = error;
    this.#unsubscribe();
    this.#wake();
  }
}
