import type { Position } from '../../store/event-store.js';
import { MerkleTree, type MerkleState } from './merkle-tree.js';

/** How many leaves a block has: as many events are read again for a proof that one is among them. */
export const BLOCK_SIZE = 256;

/** A whole block of leaves. */
export interface Block {
  readonly root: Buffer;
  /** Of its last event, in the store. */
  readonly position: Position;
}

/**
 * The same tree as `MerkleTree`, which also keeps the root of each whole block: 40 bytes for 256 events are enough to prove later, by reading one block,
 * that an event is in the log.
 */
export class BlockTree {
  readonly #blocks: Block[];
  readonly #whole: MerkleTree;
  #last: MerkleTree;

  /**
   * @param state as `state` gave it.
   * @param blocks all that were whole then.
   * @throws RangeError where they are not of one tree.
   */
  constructor(state: MerkleState = { size: 0, roots: [] }, blocks: readonly Block[] = []) {
    this.#blocks = [...blocks];
    this.#whole = new MerkleTree();
    for (const { root } of blocks) this.#whole.append(root);
    const { size, roots } = this.#whole.state;
    this.#last = new MerkleTree({ size: state.size - size * BLOCK_SIZE, roots: state.roots.slice(roots.length) });
    if (this.#last.size >= BLOCK_SIZE || roots.some((root, index) => root !== state.roots[index])) {
      throw new RangeError(`a tree of ${state.size} leaves is not made of these ${size} blocks`);
    }
  }

  get size(): number {
    return this.#whole.size * BLOCK_SIZE + this.#last.size;
  }

  get state(): MerkleState {
    return { size: this.size, roots: [...this.#whole.state.roots, ...this.#last.state.roots] };
  }

  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  /** @param position of the event that the leaf is of. */
  append(leaf: Buffer, position: Position): void {
    this.#last.append(leaf);
    if (this.#last.size < BLOCK_SIZE) return;
    const root = Buffer.from(this.#last.root(), 'base64');
    this.#blocks.push({ root, position });
    this.#whole.append(root);
    this.#last = new MerkleTree();
  }

  /** In base64. */
  root(): string {
    return new MerkleTree(this.state).root();
  }
}
