import type { Logger } from '../../logger.js';
import { BEFORE_FIRST, type EventStore, type Position, type RecordedEvent } from '../../store/event-store.js';
import { pagesOf } from '../pages.js';
import { originOf, signCheckpoint, type SignedCheckpoint } from './checkpoint.js';
import { readCheckpoints, readTreeState, writeCheckpoint } from './checkpoint-file.js';
import { CheckpointChecker } from './checkpoint-checker.js';
import { leafOf } from './leaf.js';
import { MerkleTree } from './merkle-tree.js';
import type { SigningKey } from './signing-key.js';

export interface CheckpointerOptions {
  readonly dataDir: string;
  readonly key: SigningKey;
  /** A checkpoint is made when there are so many events that are in none; 10,000 by default. */
  readonly everyEvents?: number;
  /** And when so many milliseconds have gone by with one; ten minutes by default. */
  readonly everyMs?: number;
}

const EVERY_EVENTS = 10_000;
const EVERY_MS = 10 * 60_000;
/** Hashed in one go: about a millisecond. */
const PAGE_SIZE = 100;

/** The log is not the one that this node signed. */
class LogChangedError extends Error {
  override readonly name = 'LogChangedError';
}

/** Follows the log, apart from whoever appends to it, and signs now and then what it is. Never a log that its own newest checkpoint does not agree with. */
export class Checkpointer {
  readonly #stop = new AbortController();
  readonly #everyEvents: number;
  readonly #everyMs: number;
  #tree = new MerkleTree();
  #position: Position = BEFORE_FIRST;
  #leaf: Buffer | undefined;
  #signed = 0;
  #newest: string | null = null;
  #caughtUp = false;
  #running: Promise<boolean> | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param store whose reads give events as they are recorded. */
  constructor(
    private readonly store: EventStore,
    private readonly options: CheckpointerOptions,
    private readonly logger: Logger,
  ) {
    this.#everyEvents = options.everyEvents ?? EVERY_EVENTS;
    this.#everyMs = options.everyMs ?? EVERY_MS;
  }

  /** The newest checkpoint as a signed note; null where there is none yet. */
  get newest(): string | null {
    return this.#newest;
  }

  /** How many events the newest checkpoint is of. */
  get signed(): number {
    return this.#signed;
  }

  /** How far the log was followed. */
  get position(): Position {
    return this.#position;
  }

  /** What checks the signatures, in the form of c2sp.org/signed-note. */
  get publicKey(): string {
    return this.options.key.publicKey.text(originOf(this.store.logId));
  }

  /** To be called once. */
  start(): void {
    this.#timer = setInterval(() => this.#trySign(), this.#everyMs).unref();
    this.#running = this.#guarded(() => this.#follow());
  }

  /** Signs the log up to its end, where it was followed so far, and ends. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    if (!(await this.#running) || !this.#caughtUp) return;
    await this.#guarded(async () => {
      for await (const events of pagesOf(this.store, this.#position)) this.#take(events);
      this.#sign();
    });
  }

  /** @returns whether it went well; otherwise nothing more is signed. */
  async #guarded(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.#caughtUp = false;
      this.logger.error({ err: error }, 'checkpoints of the log are not signed any more, until the next start');
      return false;
    }
  }

  async #follow(): Promise<void> {
    const before = (await this.#resume()) ? undefined : new CheckpointChecker(this.#own());
    for await (const page of this.store.follow({ after: this.#position, signal: this.#stop.signal, pageSize: PAGE_SIZE })) {
      this.#take(page.events, before);
      if (page.caughtUp) {
        before?.end();
        requireRight(before);
        this.#caughtUp = true;
      }
      if (this.#tree.size - this.#signed >= this.#everyEvents) this.#trySign();
    }
  }

  /** Takes up where the newest checkpoint was, without reading what is before it. @returns false where all must be read. */
  async #resume(): Promise<boolean> {
    const { dataDir } = this.options;
    const newest = this.#own().at(-1);
    const state = readTreeState(dataDir);
    this.#newest = newest?.note ?? null;
    this.#signed = newest?.size ?? 0;
    if (!newest || state?.logId !== this.store.logId || state.size !== newest.size) return false;
    const tree = new MerkleTree(state);
    if (tree.root() !== newest.root) return false;
    const [last] = await this.store.readAt([state.position]);
    if (!last || leafOf(last).toString('base64') !== state.leaf) {
      throw new LogChangedError(`event ${newest.size} of the log, the last that was signed, was changed or removed: run "regraft verify"`);
    }
    this.#tree = tree;
    this.#position = state.position;
    this.#caughtUp = true;
    return true;
  }

  #own(): readonly SignedCheckpoint[] {
    return readCheckpoints(this.options.dataDir).filter(({ origin }) => origin === originOf(this.store.logId));
  }

  #take(events: readonly RecordedEvent[], before?: CheckpointChecker): void {
    for (const event of events) {
      this.#leaf = leafOf(event);
      this.#tree.append(this.#leaf);
      this.#position = event.position;
      before?.next(this.#leaf);
    }
    requireRight(before);
  }

  /** A disk that is full now may not be so the next time. */
  #trySign(): void {
    try {
      this.#sign();
    } catch (error) {
      this.logger.error({ err: error }, 'a checkpoint of the log cannot be written; it is tried again');
    }
  }

  #sign(): void {
    const { size } = this.#tree;
    if (!this.#leaf || !this.#caughtUp || size <= this.#signed) return;
    const { dataDir, key } = this.options;
    const { logId } = this.store;
    const note = signCheckpoint({ origin: originOf(logId), size, root: this.#tree.root() }, key);
    const leaf = this.#leaf.toString('base64');
    writeCheckpoint(dataDir, note, { logId, position: this.#position, leaf, ...this.#tree.state });
    this.#newest = note;
    this.#signed = size;
  }
}

function requireRight(checker: CheckpointChecker | undefined): void {
  if (checker?.broken) throw new LogChangedError(`${checker.broken.problem}: run "regraft verify"`);
}
