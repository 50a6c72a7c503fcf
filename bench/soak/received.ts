import { createHash } from 'node:crypto';

/** What somebody got of the log, in few bytes: how many events, and a digest of their ids in order. */
export interface Received {
  /** What it is of: an app, or everything where it is undefined. */
  readonly appId: string | undefined;
  readonly events: number;
  readonly digest: string;
  /** Events of a stream that did not follow the one before: what is wrong first. At most a few. */
  readonly faults: readonly string[];
  /** Whether it got to the end. */
  readonly finished: boolean;
}

/** What is looked at of an event. */
export interface SeenEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
}

const MAX_FAULTS = 3;

/** Takes note of events as they come. */
export class Tally {
  #events = 0;
  readonly #ids = createHash('sha256');
  readonly #next = new Map<string, number>();
  readonly #faults: string[] = [];

  take({ id, stream, revision }: SeenEvent): void {
    this.#events++;
    this.#ids.update(id);
    // Streams of contents have one event, and there are many: the digest is enough for them.
    if (!stream.startsWith('app-')) return;
    const expected = this.#next.get(stream) ?? 0;
    if (revision !== expected && this.#faults.length < MAX_FAULTS) {
      this.#faults.push(`${stream}: revision ${revision} where ${expected} was next`);
    }
    this.#next.set(stream, revision + 1);
  }

  /** To be asked for once, at the end. */
  received(appId: string | undefined, finished: boolean): Received {
    return { appId, events: this.#events, digest: this.#ids.digest('hex'), faults: this.#faults, finished };
  }
}

/** What is wrong with what somebody got, in words; nothing where it is what the log has. */
export function compare(received: Received, expected: Received | undefined): string[] {
  const who = received.appId === undefined ? 'to everything' : `to app ${received.appId}`;
  if (!expected) return [`a subscriber ${who}: the log knows nothing of it`];
  const wrong = [
    ...received.faults,
    ...(received.finished ? [] : ['did not come to the end in time']),
    ...(received.events === expected.events ? [] : [`${received.events} events where the log has ${expected.events}`]),
    ...(received.digest === expected.digest ? [] : ['other events, or in another order, than the log has']),
  ];
  return wrong.map((each) => `a subscriber ${who}: ${each}`);
}
