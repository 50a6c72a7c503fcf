import { v7 as uuidv7 } from 'uuid';
import { unfinishedReleases } from '../projections/templates/releases.js';
import { projections } from '../projections/index.js';
import { Aggregates } from './commands/aggregates.js';
import type { Runtime } from './commands/context.js';
import { ContentStore } from './commands/content-store.js';
import { EventWriter } from './commands/event-writer.js';
import { ReleaseRunner, type DefinitionCheck } from './commands/release-runner.js';
import { eventSchemas } from './domain/event-catalogue.js';
import type { ReleaseId, TemplateId } from './domain/ids.js';
import type { Backend } from './graphql/context.js';
import type { Logger } from './logger.js';
import { Projector } from './projector/projector.js';
import { SqliteReadModel } from './projector/read-model.js';
import { EventCodec } from './store/codec.js';
import type { EventStore } from './store/event-store.js';

export interface BackendOptions {
  readonly store: EventStore;
  /** The file of the read models, or `:memory:`. */
  readonly readModelPath: string;
  readonly logger: Logger;
  readonly visibleWithinMs?: number;
  readonly publishWaitMs?: number;
  readonly check?: DefinitionCheck;
  /** The clock and the randomness of the machine by default. */
  readonly runtime?: Runtime;
}

export interface RunningBackend extends Backend {
  /** Lets releases that run come to a point where they can go on later, stops the projector, closes the store. */
  close(): Promise<void>;
}

const systemRuntime: Runtime = { now: () => new Date().toISOString(), newId: () => uuidv7(), random: () => Math.random() };

/** Puts the parts together over a store: commands, projector, read models; takes up releases that a crash left unfinished. */
export async function openBackend(options: BackendOptions): Promise<RunningBackend> {
  const { store, logger, runtime = systemRuntime } = options;
  const readModel = SqliteReadModel.open({ path: options.readModelPath, projections, logId: store.logId, logger });
  const projector = new Projector({ store, readModel, projections, logger });
  const writer = new EventWriter(store, new EventCodec(eventSchemas), runtime);
  const services = {
    store,
    writer,
    runtime,
    aggregates: new Aggregates(store, runtime),
    contents: new ContentStore(store, writer),
  };
  const releases = new ReleaseRunner(services, options.check);
  projector.start();
  const backend: RunningBackend = {
    store,
    readModel,
    projector,
    services,
    releases,
    visibleWithinMs: options.visibleWithinMs ?? 10_000,
    publishWaitMs: options.publishWaitMs ?? 10_000,
    close: async () => {
      await releases.idle();
      await projector.close();
      readModel.close();
      await store.close();
    },
  };
  await takeUpReleases(backend, logger);
  return backend;
}

async function takeUpReleases({ store, projector, readModel, releases }: Backend, logger: Logger): Promise<void> {
  await projector.waitFor(await store.head(), { timeoutMs: 24 * 60 * 60 * 1000 });
  for (const { id, templateId } of unfinishedReleases(readModel)) {
    logger.info({ releaseId: id, templateId }, 'taking up a release that was not finished');
    const to = { templateId: templateId as TemplateId, releaseId: id as ReleaseId };
    const context = { actor: { id: 'regraft', kind: 'SERVICE' }, correlationId: id } as const;
    releases.run(to, context).catch((error: unknown) => logger.error({ err: error, releaseId: id }, 'a release cannot be taken up'));
  }
}
