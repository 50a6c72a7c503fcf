import { digestOf } from '../domain/canonical.js';
import type { Decision } from '../domain/decision.js';
import { toDefinition } from '../domain/definition/schema.js';
import type { Definition } from '../domain/definition/definition.js';
import { Refusal } from '../domain/errors.js';
import type { Digest, ReleaseId, TemplateComponentId } from '../domain/ids.js';
import type { JsonObject } from '../domain/json.js';
import { finishRelease, recordSync, type SyncResult } from '../domain/template/decide.js';
import type { TemplateEvent } from '../domain/template/events.js';
import { manifestOf, type Release, type TemplateState } from '../domain/template/state.js';
import { Pauses } from '../pauses.js';
import { CorruptLogError, StoreUnavailableError } from '../store/errors.js';
import { requireTemplate } from './aggregates.js';
import type { CommandContext } from './context.js';
import type { ContentStore } from './content-store.js';
import { execute, type CommandServices } from './execute.js';
import type { ToRelease } from './publish.js';
import { templateTarget } from './target.js';

/** Checks that a new or changed definition is in the log, is what its digest says, and is valid; throws what is wrong. */
export type DefinitionCheck = (digest: Digest, contents: ContentStore) => Promise<void>;

/** Components that are checked and recorded at once. */
const BATCH = 50;

export const checkDefinition: DefinitionCheck = async (digest, contents) => {
  const definition = (await contents.load([digest])).definition(digest);
  if (digestOf(definition) !== digest) throw new CorruptLogError(`the definition stored under ${digest} has another digest`);
  toDefinition(definition as Definition & JsonObject);
};

/** Brings releases that have started to their end: syncs their components, batch by batch, and publishes. */
export class ReleaseRunner {
  readonly #running = new Map<ReleaseId, Promise<void>>();
  readonly #abort = new AbortController();

  constructor(
    private readonly services: CommandServices,
    private readonly check: DefinitionCheck = checkDefinition,
  ) {}

  /** Runs a release until it is published, failed or cancelled; a second call for the same one waits for the first. */
  run(to: ToRelease, context: CommandContext): Promise<void> {
    const running = this.#running.get(to.releaseId);
    if (running) return running;
    const run = this.#runPatiently(to, context).finally(() => this.#running.delete(to.releaseId));
    this.#running.set(to.releaseId, run);
    return run;
  }

  /** Waits for the releases that are running now; those that wait for the store are left to the next start. */
  async close(): Promise<void> {
    this.#abort.abort();
    await Promise.allSettled(this.#running.values());
  }

  /** While the store is away it waits: what has started comes to its end by itself. */
  async #runPatiently(to: ToRelease, context: CommandContext): Promise<void> {
    const { signal } = this.#abort;
    for (const pauses = new Pauses(); ; await pauses.wait(signal)) {
      try {
        return await this.#run(to, context);
      } catch (error) {
        if (!(error instanceof StoreUnavailableError) || signal.aborted) throw error;
      }
    }
  }

  async #run(to: ToRelease, context: CommandContext): Promise<void> {
    for (;;) {
      const { state } = await this.services.aggregates.template(to.templateId);
      const release = state.releases.get(to.releaseId);
      if (release?.status !== 'syncing') return;
      const results = await this.#sync(release);
      await this.#execute(to, context, (now) =>
        results.length > 0 ? recordSync(to.releaseId, results, now) : finishRelease(to.releaseId, now),
      );
    }
  }

  async #sync(release: Release): Promise<SyncResult[]> {
    const { components } = manifestOf(release);
    return Promise.all(
      [...release.pending].slice(0, BATCH).map(async (templateComponentId): Promise<SyncResult> => {
        const digest = components.get(templateComponentId)?.digest;
        if (!digest) throw new Error(`release ${release.releaseId} syncs a component that it does not have`);
        return this.#checkOne(templateComponentId, digest);
      }),
    );
  }

  async #checkOne(templateComponentId: TemplateComponentId, digest: Digest): Promise<SyncResult> {
    try {
      await this.check(digest, this.services.contents);
      return { ok: true, templateComponentId, digest };
    } catch (error) {
      if (error instanceof Refusal || error instanceof CorruptLogError) return { ok: false, templateComponentId, error: error.message };
      throw error;
    }
  }

  async #execute(
    { templateId }: ToRelease,
    { actor, correlationId }: CommandContext,
    decide: (state: TemplateState) => Decision<TemplateEvent>,
  ): Promise<void> {
    // Not the command that started it: that one is remembered by its own events.
    await execute(this.services, { actor, correlationId }, templateTarget(this.services.aggregates, templateId), {
      decide: (loaded) => decide(requireTemplate(templateId, loaded).state),
      answer: () => undefined,
    });
  }
}
