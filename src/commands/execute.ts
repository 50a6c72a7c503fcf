import { setTimeout as delay } from 'node:timers/promises';
import type { Decision } from '../domain/decision.js';
import { Refusal } from '../domain/errors.js';
import { RevisionConflictError } from '../store/errors.js';
import type { ExpectedRevision, Position, StreamName } from '../store/event-store.js';
import type { Aggregates } from './aggregates.js';
import type { CommandContext, Runtime } from './context.js';
import type { ContentStore } from './content-store.js';
import type { DomainEvent, EventWriter } from './event-writer.js';

/** What command handlers work with. */
export interface CommandServices {
  readonly aggregates: Aggregates;
  readonly contents: ContentStore;
  readonly writer: EventWriter;
  readonly runtime: Runtime;
  /** The position of the last event of a stream; for commands that have nothing to change. */
  lastPosition(stream: StreamName): Promise<Position>;
}

/** What a handler found: the stream it decides about, at which revision, and the decision. */
export interface Decided<Result> {
  readonly stream: StreamName;
  readonly revision: ExpectedRevision;
  readonly decision: Decision<DomainEvent>;
  readonly result: Result;
}

export interface Executed<Result> {
  readonly result: Result;
  /** The events that came of it are at or before this position. */
  readonly position: Position;
}

const ATTEMPTS = 10;

/**
 * Runs a command: load and decide, store the contents that the events name, append the events. Where another writer came between, all is done
 * again on what is there now (with growing, jittered pauses), unless the client named the revision that it wants to change.
 * @throws Refusal where it is refused; REVISION_CONFLICT where the stream is not at the revision that the client named.
 */
export async function execute<Result>(
  services: CommandServices,
  context: CommandContext,
  expectedRevision: number | null | undefined,
  decide: () => Promise<Decided<Result>>,
): Promise<Executed<Result>> {
  for (let attempt = 1; ; attempt++) {
    const { stream, revision, decision, result } = await decide();
    requireRevision(expectedRevision, revision);
    if (!decision.accepted) throw decision.refusal;
    if (decision.events.length === 0) return { result, position: await services.lastPosition(stream) };
    await services.contents.save(decision.contents, context);
    try {
      const { position } = await services.writer.append(stream, revision, decision.events, context);
      return { result, position };
    } catch (error) {
      if (!(error instanceof RevisionConflictError)) throw error;
      requireRevision(expectedRevision, error.actual);
      if (attempt === ATTEMPTS) throw conflict(error.expected, error.actual);
      await delay(services.runtime.random() * Math.min(2 ** attempt, 100));
    }
  }
}

/** @throws Refusal REVISION_CONFLICT where a revision was named and it is another one. */
export function requireRevision(expected: number | null | undefined, actual: ExpectedRevision): void {
  if (expected !== null && expected !== undefined && expected !== actual) throw conflict(expected, actual);
}

function conflict(expected: ExpectedRevision, actual: ExpectedRevision): Refusal {
  return new Refusal('REVISION_CONFLICT', `it is at revision ${String(actual)}, not ${String(expected)}: read it again and decide anew`, {
    expected,
    actual,
  });
}
