import type { Logger } from '../../logger.js';
import { Waiters, type WaitOptions } from '../../projector/waiters.js';
import { BEFORE_FIRST, type EventStore, type Position, type RecordedEvent } from '../../store/event-store.js';
import { pagesOf } from '../pages.js';
import { BLOCK_SIZE, BlockTree } from './block-tree.js';
import { readBlocks, writeBlocks } from './block-file.js';
import { isSignedBy, originOf, signCheckpoint, type SignedCheckpoint } from './checkpoint.js';
import { readCheckpoints, readTreeState, writeCheckpoint, type TreeState } from './checkpoint-file.js';
import { CheckpointChecker } from './checkpoint-checker.js';
import { leafOf } from './leaf.js';
import { inclusionsOf, type Inclusion } from './inclusion-proofs.js';
import type { SigningKey } from './signing-key.js';

export interface CheckpointerOptions {
  readonly dataDir: string;
  readonly key: SigningKey;
  /** A checkpoint is made when there are so many events that are in none; 10,000 by default. */
  readonly everyEvents?: number;
  /** And when so many milliseconds have gone by with one; ten minutes by default. */
  readonly everyMs?: number;
}

/** That events are in the log that was signed. */
export interface LogProof {
  /** The checkpoint, as a signed note. */
  readonly note: string;
  readonly publicKey: string;
  readonly inclusions: readonly Inclusion[];
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
  #tree = new BlockTree();
  #position: Position = BEFORE_FIRST;
  #leaf: Buffer | undefined;
  #signed = 0;
  /** The last event that is in the newest checkpoint, as far as the log was followed. */
  #signedUpTo: Position = BEFORE_FIRST;
  #blocksWritten = 0;
  readonly #waiters = new Waiters();
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

  /** How far the log was followed. */
  get position(): Position {
    return this.#position;
  }

  /** What checks the signatures, in the form of c2sp.org/signed-note. */
  get publicKey(): string {
    return this.options.key.publicKey.text(originOf(this.store.logId));
  }

  /** All checkpoints of this log in the data folder that are signed by the key. @throws NoCheckpointError where the file holds something else. */
  signed(): readonly SignedCheckpoint[] {
    return this.#own().filter((checkpoint) => isSignedBy(checkpoint, this.options.key.publicKey));
  }

  /**
   * What proves that events are in the log, by a checkpoint that is signed now where none has all of them yet.
   * @returns undefined where the log is not followed so far within the time, or nothing is signed any more.
   */
  async prove(positions: readonly Position[], wait: WaitOptions): Promise<LogProof | undefined> {
    const last = Math.max(...positions);
    await this.#waiters.wait(() => (this.#caughtUp && this.#position >= last) || undefined, wait);
    if (this.#signedUpTo < last) this.#trySign();
    const [note, size] = [this.#newest, this.#signed];
    if (note === null || this.#signedUpTo < last) return undefined;
    const inclusions = await inclusionsOf(this.store, this.#tree.blocks, size, positions);
    return inclusions && { note, publicKey: this.publicKey, inclusions };
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
    this.#waiters.giveUp();
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
        this.#waiters.lookAgain();
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
    const tree = treeOf(dataDir, state);
    if (tree?.root() !== newest.root) return false;
    const [last] = await this.store.readAt([state.position]);
    if (!last || leafOf(last).toString('base64') !== state.leaf) {
      throw new LogChangedError(`event ${newest.size} of the log, the last that was signed, was changed or removed: run "regraft verify"`);
    }
    this.#tree = tree;
    this.#position = state.position;
    this.#signedUpTo = state.position;
    this.#blocksWritten = tree.blocks.length;
    this.#caughtUp = true;
    return true;
  }

  #own(): readonly SignedCheckpoint[] {
    return readCheckpoints(this.options.dataDir).filter(({ origin }) => origin === originOf(this.store.logId));
  }

  #take(events: readonly RecordedEvent[], before?: CheckpointChecker): void {
    for (const event of events) {
      this.#leaf = leafOf(event);
      this.#tree.append(this.#leaf, event.position);
      this.#position = event.position;
      if (this.#tree.size === this.#signed) this.#signedUpTo = event.position;
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
    const { blocks } = this.#tree;
    writeBlocks(dataDir, this.#blocksWritten, blocks.slice(this.#blocksWritten));
    this.#blocksWritten = blocks.length;
    writeCheckpoint(dataDir, note, { logId, position: this.#position, leaf, ...this.#tree.state });
    this.#newest = note;
    this.#signed = size;
    this.#signedUpTo = this.#position;
  }
}

/** The tree as it was at the last checkpoint; undefined where what is kept of it is not of one tree. */
function treeOf(dataDir: string, state: TreeState): BlockTree | undefined {
  try {
    return new BlockTree(state, readBlocks(dataDir, Math.floor(state.size / BLOCK_SIZE)));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
}

function requireRight(checker: CheckpointChecker | undefined): void {
  if (checker?.broken) throw new LogChangedError(`${checker.broken.problem}: run "regraft verify"`);
}
