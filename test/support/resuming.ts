import { setTimeout as delay } from 'node:timers/promises';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';

interface Message {
  readonly event: { readonly id: string } | null;
  readonly position: string;
}

interface Result {
  readonly data?: Record<string, Message> | null;
  readonly errors?: readonly object[];
}

interface Client {
  subscribe(request: { query: string; variables: Record<string, unknown> }, sink: Sink): () => void;
  dispose(): void;
}

interface Sink {
  next(result: Result): void;
  error(error: unknown): void;
  complete(): void;
}

const RETRY_MS = 20;

/** The clients that the protocols' own libraries have, as a program would set them up that is to outlive restarts of the server. */
export const clients: Readonly<Record<'graphql-ws' | 'graphql-sse', (url: string) => Client>> = {
  'graphql-ws': (url) =>
    createSocketClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: Number.POSITIVE_INFINITY,
      retryWait: () => delay(RETRY_MS),
      // A connection that is refused is an error, and no close: by default it is not tried again.
      shouldRetry: () => true,
    }),
  'graphql-sse': (url) => createSseClient({ url: `${url}/graphql`, retryAttempts: Number.POSITIVE_INFINITY, retry: () => delay(RETRY_MS) }),
};

/** Subscribes from the beginning, and goes on after the last position that it has whenever its client connects anew. */
export class Resuming {
  readonly eventIds: string[] = [];
  /** What ended it for good. */
  ended: unknown;
  #after: string | null = null;
  readonly #client: Client;

  constructor(kind: keyof typeof clients, url: string, field: 'events' | 'upgradeEvents') {
    const after = (): string | null => this.#after;
    const query = `subscription ($after: Position) { ${field}(after: $after, from: BEGINNING) { position event { id } } }`;
    // Both libraries write the request anew for every connection: the getter is read then.
    const variables = {
      get after() {
        return after();
      },
    };
    this.#client = clients[kind](url);
    this.#client.subscribe(
      { query, variables },
      {
        next: ({ data, errors }) => (data?.[field] ? this.#take(data[field]) : (this.ended = errors)),
        error: (error) => (this.ended = error),
        complete: () => (this.ended ??= 'complete'),
      },
    );
  }

  close(): void {
    this.#client.dispose();
  }

  #take({ event, position }: Message): void {
    if (event) this.eventIds.push(event.id);
    this.#after = position;
  }
}
