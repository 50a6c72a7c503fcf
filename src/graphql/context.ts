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
export interface RequestContext {
  readonly backend: Backend;
  readonly command: CommandContext;
  readonly loaders: Loaders;
}

export interface RequestOptions {
  readonly correlationId: string;
  /** The `Regraft-Min-Position` header: the read models must have come this far. */
  readonly minPosition?: string | undefined;
}

/** Until access is configured, everybody is the local user. */
const LOCAL_ACTOR = { id: 'local', kind: 'ANONYMOUS' } as const;

export async function createRequestContext(backend: Backend, { correlationId, minPosition }: RequestOptions): Promise<RequestContext> {
  if (minPosition !== undefined) await visible(backend, requirePosition(backend, minPosition));
  return {
    backend,
    command: { actor: LOCAL_ACTOR, correlationId },
    loaders: createLoaders(backend.readModel, backend.services.contents),
  };
}

/**
 * Waits until the read models show a position, so that a client reads what it wrote.
 * @throws AppliedNotVisibleError after the bound: what was written is in the log all the same.
 */
export async function visible(backend: Backend, position: Position): Promise<string> {
  const reached = await backend.projector.waitFor(position, { timeoutMs: backend.visibleWithinMs });
  const text = encodePosition(backend.store.logId, position);
  if (!reached) throw new AppliedNotVisibleError(text);
  return text;
}

/** @throws Refusal POSITION_UNKNOWN for a text that is not a position of this log. */
export function requirePosition(backend: Backend, text: string): Position {
  const position = decodePosition(backend.store.logId, text);
  if (position !== undefined) return position;
  throw new Refusal('POSITION_UNKNOWN', 'this position is not of this log: give one that this server gave, or start from the beginning', {
    position: text,
  });
}
