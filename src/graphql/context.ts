import type { CommandContext } from '../commands/context.js';
import type { CommandServices } from '../commands/execute.js';
import type { ReleaseRunner } from '../commands/release-runner.js';
import { Refusal } from '../domain/errors.js';
import type { Projector } from '../projector/projector.js';
import type { SqliteReadModel } from '../projector/read-model.js';
import type { EventStore, Position } from '../store/event-store.js';
import { decodePosition, encodePosition } from '../store/position.js';
import { AppliedNotVisibleError } from './errors.js';
import { createLoaders, type Loaders } from './loaders.js';

/** What the API stands on; the same for every request. */
export interface Backend {
  readonly store: EventStore;
  readonly readModel: SqliteReadModel;
  readonly projector: Projector;
  readonly services: CommandServices & { readonly store: EventStore };
  readonly releases: ReleaseRunner;
  /** How long a request waits for the read models to show what it wrote, or asks to see. */
  readonly visibleWithinMs: number;
  /** How long publishing waits for its release. */
  readonly publishWaitMs: number;
}

/** What resolvers are given: one a request, and one an event of a subscription. */
export class RequestContext {
  /** Held apart: Apollo hands resolvers a shallow copy of the context. */
  private readonly read: { loaders?: Loaders | undefined } = {};

  constructor(
    readonly backend: Backend,
    /** Who asks, and in the course of what. */
    readonly requester: CommandContext,
  ) {}

  /** What was read stays read within a request, until something is written. */
  get loaders(): Loaders {
    return (this.read.loaders ??= createLoaders(this.backend.readModel, this.backend.services.contents));
  }

  /**
   * Waits until the read models show what was just written, so that the client reads it in the answer.
   * @returns the position as clients see it.
   * @throws AppliedNotVisibleError after the bound, or where the read models are stopped: what was written is in the log all the same.
   */
  async written(position: Position): Promise<string> {
    const text = encodePosition(this.backend.store.logId, position);
    if (!(await reach(this.backend, position))) throw new AppliedNotVisibleError(text);
    this.read.loaders = undefined;
    return text;
  }
}

export interface RequestOptions {
  readonly correlationId: string;
  /** The `Regraft-Min-Position` header: the read models must have come this far. */
  readonly minPosition?: string | undefined;
}

/** Until access is configured, everybody is the local user. */
const LOCAL_ACTOR = { id: 'local', kind: 'ANONYMOUS' } as const;

/** @throws AppliedNotVisibleError where the read models do not come to the position asked for in time; Refusal POSITION_UNKNOWN. */
export async function createRequestContext(backend: Backend, { correlationId, minPosition }: RequestOptions): Promise<RequestContext> {
  if (minPosition !== undefined && !(await reach(backend, requirePosition(backend, minPosition))))
    throw new AppliedNotVisibleError(minPosition);
  return new RequestContext(backend, { actor: LOCAL_ACTOR, correlationId });
}

/** Whether the read models come to a position within the bound. */
async function reach({ projector, visibleWithinMs }: Backend, position: Position): Promise<boolean> {
  try {
    return await projector.waitFor(position, { timeoutMs: visibleWithinMs });
  } catch (error) {
    // The projector is stopped, and has logged why: what was written is in the log, and is not to be seen.
    if (error === projector.failure) return false;
    throw error;
  }
}

/** @throws Refusal POSITION_UNKNOWN for a text that is not a position of this log. */
export function requirePosition(backend: Backend, text: string): Position {
  const position = decodePosition(backend.store.logId, text);
  if (position !== undefined) return position;
  throw new Refusal('POSITION_UNKNOWN', 'this position is not of this log: give one that this server gave, or start from the beginning', {
    position: text,
  });
}
