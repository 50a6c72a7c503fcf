/** A process of its own, with all subscribers: each is a client with a WebSocket of its own. Told what to do by its parent. */
import { createClient, EventsDocument, type EventsSubscription } from '@regraft/client';
import { Tally, type Received } from './received.js';

export interface SubscribersTask {
  readonly url: string;
  readonly apps: readonly string[];
  /** How many subscribe to everything, beside one for each app. */
  readonly toEverything: number;
  /** The name that every app is given last. */
  readonly lastName: string;
}

/** To the parent: all are caught up; a report, once all have come to the end, or at the word of the parent. */
export type SubscribersMessage = { readonly type: 'ready' } | ({ readonly type: 'report' } & SubscribersReport);

export interface SubscribersReport {
  readonly received: readonly Received[];
  /** Milliseconds from a command to a subscriber, with how often. */
  readonly latencies: readonly (readonly [ms: number, count: number])[];
  readonly connectionsLost: number;
}

type Event = NonNullable<EventsSubscription['events']['event']>;

const stop = new AbortController();
const latencies = new Map<number, number>();
let connectionsLost = 0;
let caughtUp = 0;

process.once('message', (task: SubscribersTask) => {
  process.once('message', () => stop.abort());
  void run(task);
});

async function run(task: SubscribersTask): Promise<void> {
  const wanted: (string | undefined)[] = [...Array<undefined>(task.toEverything).fill(undefined), ...task.apps];
  const onCaughtUp = (): void => {
    if (++caughtUp === wanted.length) tell({ type: 'ready' });
  };
  const received = await Promise.all(wanted.map((appId) => subscribe(task, appId, onCaughtUp)));
  tell({ type: 'report', received, latencies: [...latencies], connectionsLost }, () => process.disconnect());
}

async function subscribe({ url, apps, lastName }: SubscribersTask, appId: string | undefined, onCaughtUp: () => void): Promise<Received> {
  const tally = new Tally();
  let unfinished = appId === undefined ? apps.length : 1;
  let waiting = true;
  const messages = createClient({ url }).subscribe(
    EventsDocument,
    { from: 'BEGINNING', ...(appId !== undefined && { appId }) },
    { signal: stop.signal, onLost: () => connectionsLost++ },
  );
  for await (const message of messages) {
    const { event } = message;
    if (event) {
      tally.take(event);
      if (!waiting) note(event);
    }
    if (waiting && message.caughtUp) {
      waiting = false;
      onCaughtUp();
    }
    if (event && isNamed(event, lastName) && --unfinished === 0) break;
  }
  return tally.received(appId, unfinished === 0);
}

function isNamed({ type, data }: Event, name: string): boolean {
  return type === 'AppChanged' && typeof data === 'object' && data !== null && 'name' in data && data.name === name;
}

/** What came after a restart was waited for, too. */
function note({ occurredAt }: Event): void {
  const ms = Date.now() - Date.parse(occurredAt);
  latencies.set(ms, (latencies.get(ms) ?? 0) + 1);
}

function tell(message: SubscribersMessage, sent?: () => void): void {
  process.send?.(message, undefined, undefined, sent);
}
