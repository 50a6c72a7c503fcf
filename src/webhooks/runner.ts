import { activeWebhookIds } from '../../projections/webhooks/queries.js';
import type { CommandContext } from '../commands/context.js';
import type { CommandServices } from '../commands/execute.js';
import { handleDisableWebhook } from '../commands/webhooks.js';
import { Refusal } from '../domain/errors.js';
import type { WebhookId } from '../domain/ids.js';
import { WEBHOOK_STREAM, type WebhookEvent } from '../domain/webhook/events.js';
import { progressOf } from '../domain/webhook/progress.js';
import type { FanOut } from '../fan-out/fan-out.js';
import type { Logger } from '../logger.js';
import type { ReadModels } from '../projector/read-models.js';
import { StoreUnavailableError } from '../store/errors.js';
import type { EventStore } from '../store/event-store.js';
import { decodePosition } from '../store/position.js';
import type { Clock } from './clock.js';
import type { Courier } from './courier.js';
import { Lease } from './lease.js';
import { ProgressLog } from './progress-log.js';
import { Recorder } from './recorder.js';
import { filterOf, type VisibleTo } from './webhook-filter.js';
import { Worker } from './worker.js';

export interface WebhookRunnerOptions {
  readonly services: CommandServices;
  readonly store: EventStore;
  readonly readModels: Pick<ReadModels, 'serving' | 'read' | 'position'>;
  readonly fanOut: Pick<FanOut, 'subscribe'>;
  readonly courier: Courier;
  readonly visibleTo: VisibleTo;
  /** Whether other nodes may deliver the events of this log. */
  readonly shared: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What changes who is delivered to, and how. */
const CHANGES: readonly WebhookEvent['type'][] = [
  'WebhookRegistered',
  'WebhookChanged',
  'WebhookSecretRotated',
  'WebhookEnabled',
  'WebhookDisabled',
  'WebhookReplayed',
  'WebhookRemoved',
];
/** Before something that failed is started anew: doubled up to the last. */
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 60_000;
const LOOKED_EVERY_MS = 5_000;

interface Running {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** Delivers to all webhooks that are enabled, on one node of those that share a log. */
export class WebhookRunner {
  readonly #closed = new AbortController();
  readonly #running = new Map<WebhookId, Running>();
  readonly #context: CommandContext;
  #ended: Promise<void> | undefined;

  constructor(private readonly options: WebhookRunnerOptions) {
    this.#context = { actor: { id: 'regraft', kind: 'SERVICE' }, correlationId: options.services.runtime.newId() };
  }

  start(): void {
    if (!this.#closed.signal.aborted) this.#ended ??= this.#run(this.#closed.signal);
  }

  /** Gives up attempts that run, and records how far it has come. To be called before the fan-out and the store are closed. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#ended;
  }

  #run(signal: AbortSignal): Promise<void> {
    const { shared, services, store, clock } = this.options;
    if (!shared) return this.#again('webhooks', signal, (ended) => this.#serve(ended));
    const lease = new Lease({ work: 'webhooks', holder: services.runtime.newId(), store, writer: services.writer, clock });
    const serve = (held: AbortSignal): Promise<void> => this.#again('webhooks', held, (ended) => this.#serve(ended));
    return this.#again('the lease of webhooks', signal, async (ended) => {
      await this.#needed(ended);
      await lease.whileHeld(serve, ended);
    });
  }

  /** Until there is a webhook: without one, no node writes that it is the one. */
  async #needed(signal: AbortSignal): Promise<void> {
    const { readModels, clock } = this.options;
    while (!signal.aborted && readModels.read(activeWebhookIds).length === 0) await clock.wait(LOOKED_EVERY_MS, signal);
  }

  /** Starts what fails anew, with growing pauses, until it ends by itself or the signal comes. */
  async #again(what: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { clock, logger } = this.options;
    for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LAST_PAUSE_MS)) {
      const began = clock.elapsed();
      try {
        await work(signal);
        return;
      } catch (error) {
        if (clock.elapsed() - began > LAST_PAUSE_MS) pause = FIRST_PAUSE_MS;
        if (error instanceof StoreUnavailableError) logger.warn({ err: error, what }, 'the store is away: deliveries wait');
        else logger.error({ err: error, what }, 'deliveries failed, and are started anew');
      }
      await clock.wait(pause, signal);
    }
  }

  /** Follows which webhooks there are, and has each delivered to. */
  async #serve(signal: AbortSignal): Promise<void> {
    const { readModels, fanOut } = this.options;
    const { position } = readModels;
    const changes = fanOut.subscribe(position, { types: CHANGES }, ({ event }) => event?.stream);
    const end = (): void => void changes.return();
    signal.addEventListener('abort', end, { once: true });
    try {
      for (const id of readModels.read(activeWebhookIds)) await this.#refresh(id as WebhookId, signal);
      for await (const stream of changes) {
        if (stream !== undefined) await this.#refresh(stream.slice(WEBHOOK_STREAM.length) as WebhookId, signal);
      }
    } finally {
      signal.removeEventListener('abort', end);
      await changes.return();
      await Promise.all([...this.#running.keys()].map((id) => this.#stop(id)));
    }
  }

  /** Has a webhook delivered to as it is now; one that is disabled or removed, not any more. */
  async #refresh(webhookId: WebhookId, signal: AbortSignal): Promise<void> {
    await this.#stop(webhookId);
    const stop = new AbortController();
    const ended = this.#again(`webhook ${webhookId}`, AbortSignal.any([signal, stop.signal]), (until) => this.#deliver(webhookId, until));
    this.#running.set(webhookId, { stop, ended });
  }

  async #stop(webhookId: WebhookId): Promise<void> {
    const running = this.#running.get(webhookId);
    this.#running.delete(webhookId);
    running?.stop.abort();
    await running?.ended;
  }

  async #deliver(webhookId: WebhookId, signal: AbortSignal): Promise<void> {
    const { services, store, fanOut, courier, visibleTo, clock, logger } = this.options;
    const { state: webhook, revision: webhookRevision } = await services.aggregates.loadWebhook(webhookId);
    if (!webhook || webhook.disabled) return;
    const log = new ProgressLog(webhookId, store, services.writer);
    const progress = progressOf(webhook, await log.read(), new Date(clock.now()).toISOString());
    const position = decodePosition(store.logId, progress.upTo);
    if (position === undefined) {
      logger.warn({ webhookId }, 'this log is a copy of the one that a webhook was delivered from: it waits for replayWebhook');
      return;
    }
    const worker = new Worker({
      webhook,
      progress,
      position,
      filter: filterOf(webhook, visibleTo),
      recorder: new Recorder({ webhookId, webhookRevision, log, clock, context: this.#context }),
      subscribe: (after, filter) => fanOut.subscribe(after, filter, (delivery) => delivery),
      store,
      courier,
      clock,
      random: () => services.runtime.random(),
    });
    const ending = await worker.run(signal);
    if (ending) await this.#disable(webhookId, ending);
  }

  async #disable(webhookId: WebhookId, why: Parameters<typeof handleDisableWebhook>[3]): Promise<void> {
    this.options.logger.warn({ webhookId, ...why }, 'a webhook is disabled');
    try {
      await handleDisableWebhook(this.options.services, this.#context, { webhookId }, why);
    } catch (error) {
      // It was removed meanwhile.
      if (!(error instanceof Refusal && error.code === 'NOT_FOUND')) throw error;
    }
  }
}
