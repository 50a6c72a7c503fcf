import type { Checkpointer } from '../audit/checkpoints/checkpointer.js';
import type { HistoryVerifier } from '../audit/history-verifier.js';
import type { CommandContext } from '../commands/context.js';
import type { ContentSource } from '../commands/content-store.js';
import type { CommandServices } from '../commands/execute.js';
import type { ReleaseRunner } from '../commands/release-runner.js';
import { LOCAL, teamsOf, type Principal } from '../domain/access/principal.js';
import { Refusal } from '../domain/errors.js';
import type { FanOut } from '../fan-out/fan-out.js';
import type { Lease } from '../projector/generation.js';
import type { ReadModel } from '../projector/projection.js';
import type { ReadModels } from '../projector/read-models.js';
import type { Rehearsals } from '../queries/rehearsal/rehearsals.js';
import type { EventStore, Position } from '../store/event-store.js';
import { decodePosition, encodePosition } from '../store/position.js';
import type { Webhooks } from '../webhooks/webhooks.js';
import { AppliedNotVisibleError, notRun } from './errors.js';
import { loggedContents, type LoggedContents } from './history/logged-contents.js';
import { createLoaders, type Loaders, type LoadersOf } from './loaders.js';
import { PastPlaces } from './past/past-places.js';

/** What the API stands on; the same for every request. */
export interface Backend {
  readonly store: EventStore;
  readonly readModels: ReadModels;
  readonly services: CommandServices & { readonly store: EventStore };
  readonly releases: ReleaseRunner;
  readonly rehearsals: Rehearsals;
  /** Gives events to subscribers. */
  readonly fanOut: FanOut;
  readonly webhooks: Webhooks;
  /** Where the log is signed. */
  readonly checkpoints?: Pick<Checkpointer, 'newest' | 'publicKey' | 'prove'> | undefined;
  /** Checks the log while it serves. */
  readonly verifier: Pick<HistoryVerifier, 'join'>;
  /** Where queries find contents. */
  contentsFor(readModel: ReadModel): ContentSource;
  /** How long a request waits for the read models to show what it wrote, or asks to see. */
  readonly visibleWithinMs: number;
  /** How long publishing waits for its release. */
  readonly publishWaitMs: number;
}

/** @throws where so much is not left. */
export type Charge = (cost: number) => Promise<void>;

/** What resolvers are given: one a request. A subscription reads the log, and so takes no lease. */
export class RequestContext {
  /** The parts of the answer that are as of the past. */
  readonly past = new PastPlaces<RequestContext>();
  /** Held apart: Apollo hands resolvers a shallow copy of the context. */
  private readonly read: Read;
  private readonly given: AbortController;

  /** Who asks, and in the course of what. */
  readonly requester: CommandContext;

  constructor(
    readonly backend: Backend,
    requester: CommandContext,
    /** What they may do. */
    readonly principal: Principal = LOCAL,
    private readonly loadersOf: LoadersOf = createLoaders,
    /** Takes what an operation costs from what they may ask for. */
    readonly charge: Charge = () => Promise.resolve(),
  ) {
    this.given = new AbortController();
    this.requester = { ...requester, signal: this.given.signal };
    this.read = { position: backend.readModels.position, ended: false, endings: [] };
  }

  /** Everything up to there is in what the answer shows, as clients see positions. */
  get position(): string {
    return encodePosition(this.backend.store.logId, this.read.position);
  }

  /** Who asks, where that is known. */
  get client(): string | undefined {
    return this.principal === LOCAL ? undefined : this.principal.actor.id;
  }

  /**
   * The same for the whole request, until something is written.
   * @throws ReadModelUnavailableError; Error once the request is answered, for resolvers that ran on beside the one that failed.
   */
  get readModel(): ReadModel {
    if (this.read.ended) throw new Error('the request is answered already');
    return (this.read.lease ??= this.backend.readModels.lease()).readModel;
  }

  /** The teams that they may read; undefined where that is all. */
  get teams(): readonly string[] | undefined {
    const teams = teamsOf(this.principal, 'READ');
    return teams === 'ALL' ? undefined : teams;
  }

  /** The contents of some digests, of those that are in the log: read from there, and so also while a subscription runs. */
  get logged(): LoggedContents {
    return (this.read.logged ??= loggedContents(this.backend.services.contents));
  }

  get contents(): ContentSource {
    return this.backend.contentsFor(this.readModel);
  }

  /** What was read stays read within a request, until something is written. @throws ReadModelUnavailableError. */
  get loaders(): Loaders {
    return (this.read.loaders ??= this.loadersOf(this.readModel, this.contents, this.teams));
  }

  /**
   * Waits until the read models show what was just written, so that the client reads it in the answer.
   * @returns the position as clients see it.
   * @throws AppliedNotVisibleError after the bound, or where the read models are stopped: what was written is in the log all the same.
   */
  async written(position: Position): Promise<string> {
    const text = encodePosition(this.backend.store.logId, position);
    if (!(await reach(this.backend, position, this.given.signal))) throw new AppliedNotVisibleError(text);
    this.read.position = Math.max(this.read.position, position);
    giveBack(this.read);
    return text;
  }

  /** Gives up commands that have not begun, and waiting for the read models; and ends it. */
  abort(reason: Error): void {
    this.given.abort(reason);
    this.end();
  }

  /** Has something given back, too, when the request is answered. */
  whenEnded(ending: () => void): void {
    this.read.endings.push(ending);
  }

  /** Gives back what was read from. To be called when the request is answered: nothing is read from then on. */
  end(): void {
    this.read.ended = true;
    giveBack(this.read);
    for (const ending of this.read.endings.splice(0)) ending();
  }
}

interface Read {
  lease?: Lease | undefined;
  loaders?: Loaders | undefined;
  logged?: LoggedContents;
  position: Position;
  ended: boolean;
  readonly endings: (() => void)[];
}

function giveBack(read: Read): void {
  read.loaders = undefined;
  read.lease?.release();
  read.lease = undefined;
}

export interface RequestOptions {
  readonly correlationId: string;
  readonly principal: Principal;
  /** The `Regraft-Min-Position` header: the read models must have come this far. */
  readonly minPosition?: string | undefined;
  /** Where it reads with; loaders of its own where it is not given. */
  readonly loadersOf?: LoadersOf;
  /** Nothing is charged for without it. */
  readonly charge?: Charge | undefined;
}

/** @throws GraphQLError with the HTTP status of a request that is not run: POSITION_UNKNOWN, or the read models do not come to the position in time. */
export async function createRequestContext(
  backend: Backend,
  { correlationId, minPosition, principal, loadersOf, charge }: RequestOptions,
): Promise<RequestContext> {
  if (minPosition !== undefined) await comeTo(backend, minPosition);
  return new RequestContext(backend, { actor: principal.actor, correlationId }, principal, loadersOf, charge);
}

async function comeTo(backend: Backend, minPosition: string): Promise<void> {
  try {
    if (await reach(backend, await requirePosition(backend, minPosition))) return;
  } catch (error) {
    throw notRun(error);
  }
  throw notRun(
    new AppliedNotVisibleError(minPosition, 'nothing was done: the read models have not come to Regraft-Min-Position yet; try again'),
  );
}

/** Whether the read models come to a position within the bound. */
export function reach({ readModels, visibleWithinMs }: Backend, position: Position, signal?: AbortSignal): Promise<boolean> {
  return readModels.waitFor(position, { timeoutMs: visibleWithinMs, ...(signal && { signal }) });
}

/** @throws Refusal POSITION_UNKNOWN for a text that is not a position of this log, or one beyond its end. */
export async function requirePosition({ store, readModels }: Backend, text: string): Promise<Position> {
  const position = decodePosition(store.logId, text);
  if (position !== undefined && (position <= readModels.position || position <= (await store.head()))) return position;
  throw new Refusal('POSITION_UNKNOWN', 'this position is not of this log: give one that this server gave, or start from the beginning', {
    position: text,
  });
}
