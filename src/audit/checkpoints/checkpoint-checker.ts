import type { SignedCheckpoint } from './checkpoint.js';
import { MerkleTree } from './merkle-tree.js';

/** A checkpoint that the log does not bear out. */
export interface BrokenCheckpoint {
  readonly size: number;
  readonly root: string;
  readonly problem: string;
}

/** Compares a log, event by event from its beginning, with checkpoints of it. Those that it bears out are consistent with one another, too. */
export class CheckpointChecker {
  readonly #tree = new MerkleTree();
  readonly #waiting: SignedCheckpoint[];
  #right = 0;
  #broken: BrokenCheckpoint | null = null;

  constructor(checkpoints: readonly SignedCheckpoint[]) {
    this.#waiting = checkpoints.toSorted((one, other) => one.size - other.size);
    this.#compare();
  }

  /** How many events the newest checkpoint is of that was found right; 0 where there is none. */
  get right(): number {
    return this.#right;
  }

  /** The first that is broken. */
  get broken(): BrokenCheckpoint | null {
    return this.#broken;
  }

  next(leaf: Buffer): void {
    this.#tree.append(leaf);
    this.#compare();
  }

  /** To be called at the end of the log: what is left over are checkpoints of a longer one. */
  end(): void {
    const [longer] = this.#waiting;
    if (longer) this.#break(longer, `${longer.size} events were signed, and there are ${this.#tree.size}: the log was cut short`);
  }

  #compare(): void {
    for (let first = this.#waiting[0]; first?.size === this.#tree.size; first = this.#waiting[0]) {
      this.#waiting.shift();
      if (first.root === this.#tree.root()) this.#right = first.size;
      else this.#break(first, `the first ${first.size} events are not those that were signed: ${changedAfter(this.#right)}`);
    }
  }

  #break({ size, root }: SignedCheckpoint, problem: string): void {
    this.#broken ??= { size, root, problem };
  }
}

function changedAfter(right: number): string {
  const what = 'was changed, removed, put in or moved';
  return right === 0 ? `one of them ${what}` : `one ${what} after the first ${right}, which are those of an earlier checkpoint`;
}
