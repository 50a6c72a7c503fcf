import { randomUUID } from 'node:crypto';

/** The log in plain arrays, and the rules of the server by which it grows. */
export interface LoggedEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  /** Milliseconds since 1970. */
  readonly created: number;
}

export type ProposedEvent = Pick<LoggedEvent, 'id' | 'type' | 'contentType' | 'data' | 'metadata'>;

/** What an append expects; `any` is the protocol's, and refused here: Regraft never says it. */
export type Expected = number | 'no_stream';

export type Appended = { readonly ok: true; readonly last: LoggedEvent } | { readonly ok: false; readonly actual: Expected };

const SYSTEM_EVENT_EVERY = 7;

export class ServerLog {
  readonly events: LoggedEvent[] = [];
  readonly #streams = new Map<string, LoggedEvent[]>();
  readonly #listeners = new Set<() => void>();
  readonly #positions = new Set<number>();
  #position = 0;
  #sinceSystemEvent = 0;

  append(stream: string, expected: Expected, proposed: readonly ProposedEvent[]): Appended {
    const events = this.#streams.get(stream) ?? [];
    const actual: Expected = events.at(-1)?.revision ?? 'no_stream';
    if (actual !== expected) {
      // Idempotence as the server has it: the events after the expected revision are these.
      const from = expected === 'no_stream' ? 0 : expected + 1;
      const written = events.slice(from, from + proposed.length);
      const last = written.at(-1);
      if (last && written.length === proposed.length && written.every(({ id }, i) => id === proposed[i]?.id)) return { ok: true, last };
      return { ok: false, actual };
    }
    for (const event of proposed) this.#write(stream, event);
    this.#sinceSystemEvent += proposed.length;
    if (this.#sinceSystemEvent >= SYSTEM_EVENT_EVERY) {
      this.#sinceSystemEvent = 0;
      this.writeSystemEvent();
    }
    this.#changed();
    const last = this.#streams.get(stream)?.at(-1);
    if (!last) throw new RangeError('an append has at least one event');
    return { ok: true, last };
  }

  /** As the server writes beside its clients: statistics. */
  writeSystemEvent(): void {
    const text = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));
    const proposed = { id: randomUUID(), type: '$statsCollected', contentType: 'application/json', data: text({}), metadata: text({}) };
    this.#write('$stats-127.0.0.1:2113', proposed);
  }

  /** System events alone, many, and whoever listens hears of it. */
  writeSystemEvents(count: number): void {
    for (let i = 0; i < count; i++) this.writeSystemEvent();
    this.#changed();
  }

  /** As a scavenge after a truncation of the statistics. */
  scavengeSystemEvents(): void {
    const kept = this.events.filter(({ stream }) => !stream.startsWith('$'));
    this.events.splice(0, this.events.length, ...kept);
  }

  /** Whether a record begins, or began before a scavenge, at a position. */
  hasBegunAt(position: number): boolean {
    return this.#positions.has(position);
  }

  stream(name: string): readonly LoggedEvent[] | undefined {
    return this.#streams.get(name);
  }

  onAppended(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #write(stream: string, event: ProposedEvent): void {
    const events = this.#streams.get(stream) ?? [];
    this.#streams.set(stream, events);
    const logged = { ...event, stream, revision: events.length, position: this.#position, created: Date.now() };
    this.#positions.add(this.#position);
    // Positions are byte offsets: they have gaps.
    this.#position += 60 + stream.length + event.data.length + event.metadata.length;
    events.push(logged);
    this.events.push(logged);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
