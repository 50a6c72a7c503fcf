import { LRUCache } from 'lru-cache';
import { countsOfParents } from '../../../projections/children.js';
import { installationsOfTemplates } from '../../../projections/apps/queries.js';
import type { Access } from '../../commands/access.js';
import type { ContentSource } from '../../commands/content-store.js';
import type { CommandServices } from '../../commands/execute.js';
import { Turns } from '../../commands/turns.js';
import { Refusal } from '../../domain/errors.js';
import type { Logger } from '../../logger.js';
import { ReadModelUnavailableError } from '../../projector/errors.js';
import type { ReadModel } from '../../projector/projection.js';
import type { ReadModels } from '../../projector/read-models.js';
import { StoreUnavailableError } from '../../store/errors.js';
import { Pacer } from '../../pacer.js';
import { planCases } from './plan-cases.js';
import { HistoryBehindError, readInstalls } from './read-installs.js';
import { Rehearsal } from './rehearsal.js';
import { unpublishedVersion, type RehearsePublish, type UnpublishedVersion } from './unpublished-version.js';

/** Rehearsals that a node keeps, and the installs that they list together: beyond, those that were longest not asked for go. */
const KEPT = 20;
const KEPT_INSTALLS = 500_000;

export interface RehearsalsOptions {
  readonly services: CommandServices;
  readonly readModels: ReadModels;
  readonly contentsFor: (readModel: ReadModel) => ContentSource;
  readonly logger: Logger;
}

/** The rehearsals of this node: in its memory, never in the log. One runs at a time, and gives way to requests. */
export class Rehearsals {
  readonly #kept = new LRUCache<string, Rehearsal>({
    max: KEPT,
    maxSize: KEPT_INSTALLS,
    // One that is larger than all may be is kept alone.
    sizeCalculation: ({ weight }) => Math.min(weight, KEPT_INSTALLS),
    dispose: (rehearsal, _id, reason) => {
      if (reason === 'evict') rehearsal.cancel();
    },
  });
  readonly #turns = new Turns();
  readonly #running = new Set<Promise<void>>();
  #closed = false;

  constructor(private readonly options: RehearsalsOptions) {}

  /**
   * Starts one; or gives that of the same version in the same state, running or done.
   * @throws Refusal where publishing would be refused, as publishing is.
   */
  async start(command: RehearsePublish, access?: Access): Promise<Rehearsal> {
    const { services, readModels } = this.options;
    const version = await unpublishedVersion(services, command, access);
    const { manifest: _, contents: __, ...subject } = version;
    const key = JSON.stringify([subject, command.identities, [...(command.components ?? [])].sort(), readModels.position]);
    const same = [...this.#kept.values()].find((kept) => kept.key === key && kept.progress.state !== 'FAILED');
    if (same) return this.#kept.get(same.id) ?? same;
    const rehearsal = new Rehearsal(services.runtime.newId(), subject, key);
    this.#kept.set(rehearsal.id, rehearsal);
    const run = this.#turns.take('rehearsals', () => this.#run(rehearsal, version)).finally(() => this.#running.delete(run));
    this.#running.add(run);
    return rehearsal;
  }

  find(id: string): Rehearsal | undefined {
    return this.#kept.get(id);
  }

  /** @throws Refusal NOT_FOUND. */
  require(id: string): Rehearsal {
    return this.find(id) ?? this.missing(id);
  }

  /** @throws Refusal NOT_FOUND, as for one that it does not have. */
  missing(id: string): never {
    throw new Refusal('NOT_FOUND', `this node has no rehearsal ${id}: it was another node's, or is not kept any more; rehearse again`, {
      id,
    });
  }

  /** Gives up those that run. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const rehearsal of this.#kept.values()) rehearsal.cancel();
    await Promise.all(this.#running);
  }

  async #run(rehearsal: Rehearsal, version: UnpublishedVersion): Promise<void> {
    if (this.#closed) rehearsal.cancel();
    try {
      rehearsal.signal.throwIfAborted();
      await this.#rehearse(rehearsal, version);
      rehearsal.end();
    } catch (error) {
      rehearsal.end(this.#explain(error, rehearsal));
    }
    // Weighs it again, now that it is whole: what is replaced by itself keeps its weight.
    if (this.#kept.delete(rehearsal.id)) this.#kept.set(rehearsal.id, rehearsal);
  }

  async #rehearse(rehearsal: Rehearsal, version: UnpublishedVersion): Promise<void> {
    const { readModels, contentsFor } = this.options;
    const { readModel, release } = readModels.lease();
    try {
      const { templateId, manifest } = version;
      const pacer = new Pacer(rehearsal.signal);
      rehearsal.expect(countsOfParents(readModel, installationsOfTemplates, [templateId], {}).get(templateId) ?? 0);
      const { cases, position } = await readInstalls(readModel, templateId, pacer);
      rehearsal.read(cases.installs, cases.all.length, position);
      await planCases(readModel, contentsFor(readModel), cases.all, version, pacer, (of, judgement, plan) => {
        of.verdict.judgement = judgement;
        rehearsal.tally.add(judgement, plan, of.installs, manifest);
        rehearsal.progressed();
      });
    } finally {
      release();
    }
  }

  /** Why one failed, as clients may see it. */
  #explain(error: unknown, { id, signal }: Rehearsal): string {
    if (signal.aborted) return this.#closed ? 'the server stops: rehearse again' : 'others were asked for meanwhile: rehearse again';
    if (error instanceof ReadModelUnavailableError || error instanceof HistoryBehindError) return `${error.message}: rehearse again later`;
    if (error instanceof StoreUnavailableError) return 'the event store cannot be reached just now: rehearse again later';
    this.options.logger.error({ err: error, rehearsal: id }, 'a rehearsal failed');
    return 'something went wrong inside; it is in the log of the server';
  }
}
