import { setTimeout as delay } from 'node:timers/promises';
import type { Span } from '@opentelemetry/api';
import type { Decision } from '../domain/decision.js';
import { Refusal } from '../domain/errors.js';
import type { Vault } from '../secrets/vault.js';
import { RevisionConflictError } from '../store/errors.js';
import type { Position } from '../store/event-store.js';
import { inSpan } from '../telemetry/tracing.js';
import { requireAccess } from './access.js';
import type { Aggregates, Loaded } from './aggregates.js';
import type { CommandContext, Runtime } from './context.js';
import type { ContentStore } from './content-store.js';
import type { DomainEvent, EventWriter } from './event-writer.js';
import { recall } from './remembered.js';
import type { Target } from './target.js';
import type { Turns } from './turns.js';

/** What command handlers work with. */
export interface CommandServices {
  readonly aggregates: Aggregates;
  readonly contents: ContentStore;
  readonly writer: EventWriter;
  readonly runtime: Runtime;
  readonly vault: Vault;
  /** Of the commands of this node to one stream. */
  readonly turns: Turns;
  /** Called each time that a command is decided again. */
  readonly onRetry?: () => void;
}

/** What it takes to run a command that seals nothing and looks at nothing else. */
export type ExecutionServices = Pick<CommandServices, 'contents' | 'writer' | 'runtime' | 'turns' | 'onRetry'>;

export interface Handling<State, Event extends DomainEvent, Result> {
  /** The revision that the client wants to change: at another one the command is refused. */
  readonly expectedRevision?: number | null | undefined;
  readonly decide: (loaded: Loaded<State>) => Decision<Event> | Promise<Decision<Event>>;
  /** The answer, as the events tell it: those that were just decided on, or those of the first time. */
  readonly answer: (events: readonly Event[]) => Result;
}

export interface Executed<Result> {
  readonly result: Result;
  /** The events that came of it are at or before this position. */
  readonly position: Position;
  /** Where the command was carried out before: the revision of the stream that it was decided on then. */
  readonly repeats?: { readonly decidedOn: number };
}

const ATTEMPTS = 10;
/** Bounds of the pause before another attempt: so that many writers at once spread out. */
const FIRST_PAUSE_MS = 2;
const LAST_PAUSE_MS = 500;

/**
 * Runs a command: load and decide, store the contents that the events name, append the events. A command that its client named, and that the
 * stream remembers, is not decided again: it is answered as it was. Commands of this node to one stream take turns; where another node came between,
 * all is done again on what is there now (with growing, jittered pauses): what it wrote may have been the same command.
 * @throws Refusal where it is refused; REVISION_CONFLICT where the stream is not at the revision that the client named; COMMAND_ID_REUSED;
 * FORBIDDEN or NOT_FOUND where it is not allowed in the team of its subject; the reason of the context's signal, where nothing was written yet.
 */
export function execute<State, Event extends DomainEvent, Result>(
  services: ExecutionServices,
  context: CommandContext,
  target: Target<State, Event>,
  handling: Handling<State, Event, Result>,
): Promise<Executed<Result>> {
  return inSpan('command', { 'regraft.stream': target.stream }, (span) =>
    services.turns.take(target.stream, () => executeNow(services, context, target, handling, span)),
  );
}

async function executeNow<State, Event extends DomainEvent, Result>(
  services: ExecutionServices,
  context: CommandContext,
  target: Target<State, Event>,
  { expectedRevision, decide, answer }: Handling<State, Event, Result>,
  span: Span,
): Promise<Executed<Result>> {
  for (let attempt = 1; ; attempt++) {
    context.signal?.throwIfAborted();
    span.setAttribute('regraft.attempt', attempt);
    const loaded = await target.load();
    // Before anything is told of it, also what the same command was answered once.
    requireAccess(context.access, target.subject(loaded));
    const done = recall(loaded.commands, context, services.runtime.now());
    if (done) {
      const events = await target.events(done.first, done.last);
      return { result: answer(events), position: done.position, repeats: { decidedOn: done.first - 1 } };
    }
    const { revision } = loaded;
    const decision = await decide(loaded);
    requireRevision(expectedRevision, revision);
    if (!decision.accepted) throw decision.refusal;
    const nothing = decision.events.length === 0;
    if (nothing && !context.command) return { result: answer([]), position: loaded.position };
    context.signal?.throwIfAborted();
    await services.contents.save(decision.contents, context);
    try {
      const events = nothing ? [target.unchanged] : decision.events;
      const { position } = await services.writer.append(target.stream, revision < 0 ? 'no_stream' : revision, events, context);
      return { result: answer(decision.events), position };
    } catch (error) {
      if (!(error instanceof RevisionConflictError)) throw error;
      if (attempt === ATTEMPTS) throw conflict(revision, error.actual === 'no_stream' ? -1 : error.actual);
      services.onRetry?.();
      if (!isNamed(expectedRevision)) await delay(services.runtime.random() * Math.min(FIRST_PAUSE_MS * 2 ** attempt, LAST_PAUSE_MS));
    }
  }
}

/** @throws Refusal REVISION_CONFLICT where the client named another revision than the one that is there. */
export function requireRevision(expected: number | null | undefined, actual: number): void {
  if (isNamed(expected) && expected !== actual) throw conflict(expected, actual);
}

function isNamed(expected: number | null | undefined): expected is number {
  return expected !== null && expected !== undefined;
}

function conflict(expected: number, actual: number): Refusal {
  return new Refusal('REVISION_CONFLICT', `it is at revision ${actual}, not ${expected}: read it again and decide anew`, {
    expected,
    actual,
  });
}
