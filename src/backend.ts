import { projections, projectionsWithContents } from '../projections/index.js';
import { unfinishedReleases } from '../projections/templates/releases.js';
import { upgradesPastLease } from '../projections/upgrades/queries.js';
import { Checkpointer, type CheckpointerOptions } from './audit/checkpoints/checkpointer.js';
import { HistoryVerifier } from './audit/history-verifier.js';
import { Aggregates } from './commands/aggregates.js';
import { ContentStore, type ContentSource } from './commands/content-store.js';
import type { Runtime } from './commands/context.js';
import { EventWriter } from './commands/event-writer.js';
import { LeaseRunner } from './commands/lease-runner.js';
import { ReleaseRunner, type DefinitionCheck } from './commands/release-runner.js';
import { eventSchemas } from './domain/event-catalogue.js';
import type { ReleaseId, TemplateId } from './domain/ids.js';
import { FanOut } from './fan-out/fan-out.js';
import { historyReader } from './fan-out/history-reader.js';
import type { Backend } from './graphql/context.js';
import type { Logger } from './logger.js';
import type { Projection, ReadModel } from './projector/projection.js';
import { ReadModels } from './projector/read-models.js';
import { keptContents } from './queries/kept-contents.js';
import { Rehearsals } from './queries/rehearsal/rehearsals.js';
import { DataKeys } from './secrets/data-keys.js';
import { KeyedVault } from './secrets/keyed-vault.js';
import { newMasterKey, type MasterKeys } from './secrets/master-keys.js';
import type { Vault } from './secrets/vault.js';
import { systemRuntime } from './system-runtime.js';
import { openWebhooks, type WebhookOptions } from './open-webhooks.js';
import { Turns } from './commands/turns.js';
import { EventCodec } from './store/codec.js';
import { decodingStore } from './store/decoding-store.js';
import type { EventStore } from './store/event-store.js';

export interface BackendOptions {
  /** The log as it is recorded; everything above sees it decoded. */
  readonly store: EventStore;
  /** The file of the read models, to which each generation adds its number, or `:memory:`. */
  readonly readModelPath: string;
  readonly logger: Logger;
  /** Whether contents are copied beside the read models, so that queries show them while the store is away. For stores that are elsewhere. */
  readonly keepContents?: boolean;
  /** Those of `projections/index.ts` by default. */
  readonly projections?: readonly Projection[];
  readonly visibleWithinMs?: number;
  readonly publishWaitMs?: number;
  readonly check?: DefinitionCheck;
  /** What opens the secrets in the log; by default a key of this backend alone, for a store that ends with it. */
  readonly masterKeys?: MasterKeys;
  /** Where and by which key checkpoints of the log are signed; none are by default. */
  readonly checkpoints?: CheckpointerOptions;
  /** Where webhooks may go, and whether this backend delivers; by default to the public internet alone, and it does not. */
  readonly webhooks?: WebhookOptions;
  /** How often upgrades are looked for whose lease has run out. */
  readonly leaseCheckMs?: number;
  /** The clock and the randomness of the machine by default. */
  readonly runtime?: Runtime;
}

export interface RunningBackend extends Backend {
  /** Waits until queries are answered with all that is in the log now; then takes up releases that a crash left unfinished, and watches over leases. To be called once. */
  ready(): Promise<void>;
  /** Lets releases that run come to a point where they can go on later, gives up rehearsals, stops the projector, closes the store. */
  close(): Promise<void>;
}

/** Puts the parts together over a store: commands, projector, read models. Waits until it is ready. */
export async function openBackend(options: BackendOptions): Promise<RunningBackend> {
  const backend = createBackend(options);
  await backend.ready();
  return backend;
}

/** Likewise; queries wait for it to be ready. @throws ReadModelFolderError where the read models cannot be opened. */
export function createBackend(options: BackendOptions): RunningBackend {
  const { logger, keepContents = false, runtime = systemRuntime } = options;
  const codec = new EventCodec(eventSchemas);
  const store = decodingStore(options.store, codec);
  const readModels = new ReadModels({
    store,
    path: options.readModelPath,
    projections: options.projections ?? (keepContents ? projectionsWithContents : projections),
    logger,
  });
  const writer = new EventWriter(options.store, codec, runtime);
  const contents = new ContentStore(store, writer);
  const vault = new KeyedVault(new DataKeys(store, writer, runtime, options.masterKeys ?? { current: newMasterKey() }));
  const services = {
    store,
    writer,
    runtime,
    vault,
    aggregates: new Aggregates(store, runtime),
    turns: new Turns(),
    contents,
  };
  const releases = new ReleaseRunner(services, options.check);
  const contentsFor = (readModel: ReadModel): ContentSource => (keepContents ? keptContents(readModel, contents) : contents);
  const rehearsals = new Rehearsals({ services, readModels, contentsFor, logger });
  const fanOut = new FanOut({ store, readHistory: historyReader(store, readModels) });
  const leases = new LeaseRunner({
    services,
    due: (now, except) => (readModels.serving ? readModels.read((db) => upgradesPastLease(db, now, except)) : []),
    everyMs: options.leaseCheckMs ?? 5_000,
    logger,
  });
  const visibleWithinMs = options.visibleWithinMs ?? 10_000;
  const { webhooks, runner } = openWebhooks({ services, readModels, fanOut, visibleWithinMs, logger, ...options.webhooks });
  const checkpointer = options.checkpoints && new Checkpointer(options.store, options.checkpoints, logger);
  const verifier = new HistoryVerifier(options.store, () => checkpointer?.signed() ?? []);
  return {
    store,
    readModels,
    services,
    checkpoints: checkpointer,
    verifier,
    releases,
    rehearsals,
    fanOut,
    contentsFor,
    webhooks,
    visibleWithinMs,
    publishWaitMs: options.publishWaitMs ?? 10_000,
    ready: async () => {
      await readModels.ready();
      await checkKey(vault, logger);
      takeUpReleases(readModels, releases, logger);
      leases.start();
      runner?.start();
      checkpointer?.start();
    },
    close: async () => {
      await verifier.close();
      await leases.close();
      await runner?.close();
      await fanOut.close();
      await releases.close();
      await rehearsals.close();
      await readModels.close();
      await checkpointer?.close();
      await store.close();
    },
  };
}

/** A key that is not the right one is told at once, not when somebody needs a secret; what needs none goes on. */
async function checkKey(vault: Vault, logger: Logger): Promise<void> {
  try {
    await vault.check();
  } catch (error) {
    logger.error({ err: error }, 'secrets in the log cannot be opened');
  }
}

function takeUpReleases(readModels: ReadModels, releases: ReleaseRunner, logger: Logger): void {
  if (!readModels.serving) return;
  for (const { id, templateId } of readModels.read(unfinishedReleases)) {
    logger.info({ releaseId: id, templateId }, 'taking up a release that was not finished');
    const to = { templateId: templateId as TemplateId, releaseId: id as ReleaseId };
    const context = { actor: { id: 'regraft', kind: 'SERVICE' }, correlationId: id } as const;
    releases.run(to, context).catch((error: unknown) => logger.error({ err: error, releaseId: id }, 'a release cannot be taken up'));
  }
}
