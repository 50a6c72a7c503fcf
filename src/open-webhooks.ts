import type { CommandServices } from './commands/execute.js';
import type { FanOut } from './fan-out/fan-out.js';
import { visibleTo } from './graphql/history/visible-to.js';
import type { Logger } from './logger.js';
import type { ReadModels } from './projector/read-models.js';
import type { EventStore } from './store/event-store.js';
import { systemClock, type Clock } from './webhooks/clock.js';
import { Courier } from './webhooks/courier.js';
import { Networks } from './webhooks/networks.js';
import { WebhookRunner } from './webhooks/runner.js';
import { Sender } from './webhooks/sender.js';
import type { VisibleTo } from './webhooks/webhook-filter.js';
import type { Webhooks } from './webhooks/webhooks.js';

export interface WebhookOptions {
  /** Beside the public internet. */
  readonly networks?: Networks;
  /** Whether receivers in those may do without TLS. */
  readonly plainHttp?: boolean;
  /** Whether this node delivers: it does not by default. */
  readonly deliver?: boolean;
  /** Whether other nodes may deliver the events of the log: one of them does then. */
  readonly shared?: boolean;
  /** How long a receiver may take to answer. */
  readonly timeLimitMs?: number;
  readonly clock?: Clock;
}

export interface WebhookSurroundings {
  readonly services: CommandServices & { readonly store: EventStore };
  readonly readModels: ReadModels;
  readonly fanOut: FanOut;
  readonly visibleWithinMs: number;
  readonly logger: Logger;
}

/** The parts of webhooks: what the API needs, and what delivers, where this node does. */
export function openWebhooks({
  services,
  readModels,
  fanOut,
  visibleWithinMs,
  logger,
  networks = Networks.allowing([]),
  plainHttp = false,
  deliver = false,
  shared = false,
  timeLimitMs,
  clock = systemClock,
}: WebhookSurroundings & WebhookOptions): { readonly webhooks: Webhooks; readonly runner: WebhookRunner | undefined } {
  const sender = new Sender({ networks, ...(timeLimitMs !== undefined && { timeLimitMs }) });
  const courier = new Courier({ sender, vault: services.vault, runtime: services.runtime });
  const visible: VisibleTo = (principal) => visibleTo({ services, readModels, visibleWithinMs }, principal);
  const runner = deliver
    ? new WebhookRunner({ services, store: services.store, readModels, fanOut, courier, visibleTo: visible, shared, clock, logger })
    : undefined;
  return { webhooks: { rules: { plainHttp }, courier, visibleTo: visible }, runner };
}
