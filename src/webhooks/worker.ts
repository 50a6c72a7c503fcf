import { setImmediate as turn } from 'node:timers/promises';
import { judge, type Verdict } from '../domain/webhook/outcome.js';
import type { HeldStream, Progress, RecordedAttempt } from '../domain/webhook/progress.js';
import type { DisabledReason, WebhookState } from '../domain/webhook/state.js';
import { isWanted, type EventFilter } from '../fan-out/event-filter.js';
import type { Delivery } from '../fan-out/event-subscription.js';
import type { EventStore, Position, RecordedEvent } from '../store/event-store.js';
import { encodePosition } from '../store/position.js';
import type { Clock } from './clock.js';
import { outcomeOf, type Courier } from './courier.js';
import { inLanes } from './lanes.js';
import { messageOf } from './message.js';
import type { Recorder } from './recorder.js';

/** Events that are looked at together. */
const BATCH = 100;
/** Events of one stream that waited, read at a time. */
const WAITED = 20;
/** Streams that wait: with more, nothing further is read. The receiver is then down, whatever the events are about. */
const MAX_HELD = 200;

export interface WorkerOptions {
  readonly webhook: WebhookState;
  /** Where it goes on. */
  readonly progress: Progress;
  /** The same, in this log. */
  readonly position: Position;
  readonly filter: EventFilter;
  readonly recorder: Recorder;
  readonly subscribe: (after: Position, filter: EventFilter) => AsyncIterableIterator<Delivery>;
  readonly store: Pick<EventStore, 'logId' | 'readStream'>;
  readonly courier: Courier;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Why a worker ended by itself: the webhook is to be disabled. */
export interface Ending {
  readonly reason: DisabledReason;
  readonly message: string;
}

type Next = { readonly ok: true; readonly result: IteratorResult<Delivery, unknown> } | { readonly ok: false; readonly error: unknown };

/**
 * Delivers the events of one webhook: those of a stream in order, each at least once. An event that fails holds the rest of its stream, which is read
 * again from the log when it is due: what waits takes no memory, however much it is.
 */
export class Worker {
  readonly #held: Map<string, HeldStream>;
  #position: Position;
  #next: Promise<Next> | undefined;
  #ending: Ending | undefined;
  #subscribed = true;

  constructor(private readonly options: WorkerOptions) {
    this.#held = new Map(options.progress.held.map((each) => [each.stream, each]));
    this.#position = options.position;
  }

  /**
   * Delivers until the signal, or until the webhook is to be disabled. What came of it is recorded either way.
   * @returns why it is to be disabled; undefined where the signal came.
   * @throws RevisionConflictError where somebody else delivers too; errors of the store and of the read models, after which it is started anew.
   */
  async run(signal: AbortSignal): Promise<Ending | undefined> {
    const subscription = this.options.subscribe(this.#position, this.options.filter);
    try {
      while (!this.#isOver(signal)) {
        await this.#deliverDue(signal);
        await this.#deliverNext(subscription, signal);
        await this.#record({ always: false });
        await this.#wait(subscription, signal);
      }
      await this.#record({ always: true });
      return this.#ending;
    } finally {
      await subscription.return?.();
    }
  }

  async #deliverDue(signal: AbortSignal): Promise<void> {
    const now = this.#now();
    const due = [...this.#held.values()].filter(({ dueAt }) => dueAt <= now);
    await inLanes(due, (held) => this.#goOn(held, signal));
  }

  /** The rest of a stream, as far as other streams have come: a part of it where it is long. */
  async #goOn(held: HeldStream, signal: AbortSignal): Promise<void> {
    if (this.#isOver(signal)) return;
    const { store, filter } = this.options;
    const events = await store.readStream(held.stream, { from: held.revision, limit: WAITED });
    const reached = events.filter(({ position }) => position <= this.#position);
    let { attempts, since }: { attempts: number; since: string | undefined } = held;
    for (const event of reached) {
      if (!isWanted(event, filter) || !((await filter.visibleTo?.(event)) ?? true)) continue;
      if (!(await this.#deliver(event, attempts, signal, since))) return;
      [attempts, since] = [0, undefined];
    }
    const last = reached.at(-1);
    if (last && reached.length === WAITED) this.#hold(last, { revision: last.revision + 1 });
    else this.#held.delete(held.stream);
  }

  async #deliverNext(subscription: AsyncIterableIterator<Delivery>, signal: AbortSignal): Promise<void> {
    if (!this.#hasRoom || this.#isOver(signal)) return;
    const events: RecordedEvent[] = [];
    let position = this.#position;
    while (events.length < BATCH) {
      const next = await Promise.race([this.#take(subscription), turn(undefined)]);
      if (!next) break;
      this.#next = undefined;
      if (!next.ok) throw next.error;
      if (next.result.done) {
        this.#subscribed = false;
        break;
      }
      const { event, position: lookedAt } = next.result.value;
      position = lookedAt;
      if (event && !this.#held.has(event.stream)) events.push(event);
    }
    this.#position = position;
    const streams = [...Map.groupBy(events, ({ stream }) => stream).values()];
    await inLanes(streams, async (ofStream) => {
      for (const event of ofStream) if (!(await this.#deliver(event, 0, signal))) return;
    });
  }

  /** @returns whether the next event of the stream may follow. */
  async #deliver(event: RecordedEvent, failed: number, signal: AbortSignal, since?: string): Promise<boolean> {
    const verdict = this.#isOver(signal) ? undefined : await this.#attempt(event, failed + 1, signal);
    switch (verdict?.kind) {
      case 'delivered':
        return true;
      case undefined:
        this.#hold(event, { attempts: failed, ...(since !== undefined && { since }) });
        return false;
      case 'retry':
        this.#hold(event, { attempts: failed + 1, inMs: verdict.inMs, ...(since !== undefined && { since }) });
        return false;
      case 'gone':
        this.#hold(event, {});
        this.#ending ??= { reason: 'GONE', message: 'the receiver answered 410: it wants nothing more' };
        return false;
      case 'exhausted':
        this.#hold(event, {});
        this.#ending ??= { reason: 'FAILING', message: `${event.stream}@${event.revision} failed ${failed + 1} times` };
        return false;
    }
  }

  /** @returns undefined where the signal came first: whether it was delivered is not known. */
  async #attempt(event: RecordedEvent, number: number, signal: AbortSignal): Promise<Verdict | undefined> {
    const { webhook, courier, store, clock, random, recorder } = this.options;
    try {
      const attempted = await courier.attempt(webhook, messageOf(store.logId, event), signal);
      recorder.add(recordOf(store.logId, event, number, outcomeOf(attempted)));
      return judge(attempted.result, { number, endedAt: clock.now(), random: random() });
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }

  #hold(
    { stream, revision }: RecordedEvent,
    { inMs = 0, attempts = 0, ...given }: { inMs?: number; attempts?: number; revision?: number; since?: string },
  ): void {
    const { clock } = this.options;
    const dueAt = new Date(clock.now() + inMs).toISOString();
    this.#held.set(stream, { stream, revision, attempts, dueAt, since: this.#now(), ...given });
  }

  async #record(when: { readonly always: boolean }): Promise<void> {
    const upTo = encodePosition(this.options.store.logId, this.#position);
    await this.options.recorder.record({ upTo, held: [...this.#held.values()] }, when);
  }

  /** Until there is something to do. */
  async #wait(subscription: AsyncIterableIterator<Delivery>, signal: AbortSignal): Promise<void> {
    if (this.#isOver(signal)) return;
    const { clock, recorder } = this.options;
    const due = [...this.#held.values()].map(({ dueAt }) => Date.parse(dueAt));
    const woken = new AbortController();
    const inMs = Math.min(recorder.dueAt, ...due) - clock.now();
    if (inMs <= 0) return;
    const alarm = clock.wait(inMs, AbortSignal.any([signal, woken.signal]));
    await Promise.race(this.#hasRoom ? [alarm, this.#take(subscription)] : [alarm]);
    woken.abort();
  }

  /** The next event, or word that there is none: asked for once, however often it is waited for. */
  #take(subscription: AsyncIterableIterator<Delivery>): Promise<Next> {
    this.#next ??= subscription.next().then(
      (result) => ({ ok: true, result }),
      (error: unknown) => ({ ok: false, error }),
    );
    return this.#next;
  }

  get #hasRoom(): boolean {
    return this.#held.size < MAX_HELD;
  }

  #isOver(signal: AbortSignal): boolean {
    return signal.aborted || this.#ending !== undefined || !this.#subscribed;
  }

  #now(): string {
    return new Date(this.options.clock.now()).toISOString();
  }
}

function recordOf(
  logId: string,
  { eventId, type, stream, revision, position }: RecordedEvent,
  number: number,
  outcome: ReturnType<typeof outcomeOf>,
): RecordedAttempt {
  return { eventId, eventType: type, stream, revision, position: encodePosition(logId, position), number, ...outcome };
}
