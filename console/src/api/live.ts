import { RegraftError } from '@regraft/client';
import { freshness } from './freshness.ts';
import { LiveEventsDocument, type LiveEventsSubscription } from './live.generated.ts';
import { server } from './server.ts';
import { session } from './token.ts';

export type LiveEvent = NonNullable<LiveEventsSubscription['events']['event']>;
/** LIVE: events come. LOST: the connection is tried again by itself. OFF: this token may not hear of events. */
export type LiveState = 'CONNECTING' | 'LIVE' | 'LOST' | 'OFF';
/** Null where what happened is not known one by one: everything may have changed. */
export type Heard = LiveEvent | null;

/** After an error that would come again: somebody may have mended it. */
const TRY_AGAIN_MS = 30_000;

/** All events that whoever asks may see, for all of the page: one subscription, which goes on where it was after the connection was lost or the machine slept. */
class Live {
  readonly #listeners = new Set<(heard: Heard) => void>();
  readonly #watchers = new Set<() => void>();
  #state: LiveState = 'CONNECTING';
  #after: string | undefined;
  #connection = new AbortController();

  get state(): LiveState {
    return this.#state;
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  listen(listener: (heard: Heard) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    session.subscribe(() => this.#connectAnew());
    window.addEventListener('online', () => this.#connectAnew());
    this.#connectAnew();
  }

  #connectAnew(): void {
    this.#connection.abort();
    this.#connection = new AbortController();
    if (!session.isAsked) void this.#run(this.#connection.signal);
  }

  async #run(signal: AbortSignal): Promise<void> {
    const options = { signal, onLost: () => this.#become('LOST') };
    try {
      for await (const { position, event } of server().subscribe(LiveEventsDocument, { after: this.#after }, options)) {
        this.#after = position;
        freshness.heardOf(position);
        this.#become('LIVE');
        if (event) this.#tell(event);
      }
    } catch (error) {
      if (!signal.aborted) this.#recover(error);
    }
  }

  #recover(error: unknown): void {
    const code = error instanceof RegraftError ? error.code : undefined;
    if (code === 'UNAUTHENTICATED') return session.ask();
    this.#after = undefined;
    if (code === 'POSITION_UNKNOWN') {
      freshness.forget();
      this.#tell(null);
      return this.#connectAnew();
    }
    this.#become('OFF');
    setTimeout(() => this.#connectAnew(), TRY_AGAIN_MS);
  }

  #become(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const watcher of this.#watchers) watcher();
  }

  #tell(heard: Heard): void {
    for (const listener of this.#listeners) listener(heard);
  }
}

export const live = new Live();
