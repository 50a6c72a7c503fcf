import { createHash } from 'node:crypto';

export const HASH_BYTES = 32;

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** The hash of an entry; with another prefix than that of a node, so that neither is taken for the other (RFC 9162, section 2.1.1). */
export function leafHash(entry: Buffer): Buffer {
  return sha256(LEAF, entry);
}

export function hashNode(left: Buffer, right: Buffer): Buffer {
  return sha256(NODE, left, right);
}

/**
 * The Merkle tree of RFC 9162, section 2.1.1 (as in RFC 6962), over a list that only grows. It keeps the roots of the perfect trees that the
 * list is made of, the largest first: one for each 1 in the binary size. So an append takes two hashes on the average, and a root log2(size).
 */
export class MerkleTree {
  readonly #roots: Buffer[];
  #size: number;

  /** @param state as `state` gave it. @throws RangeError where it is none. */
  constructor(state: MerkleState = { size: 0, roots: [] }) {
    this.#size = state.size;
    this.#roots = state.roots.map((root) => Buffer.from(root, 'base64'));
    if (this.#roots.length !== onesOf(state.size) || this.#roots.some(({ length }) => length !== HASH_BYTES)) {
      throw new RangeError(`a tree of ${state.size} leaves is not made of ${state.roots.length} such roots`);
    }
  }

  get size(): number {
    return this.#size;
  }

  get state(): MerkleState {
    return { size: this.#size, roots: this.#roots.map((root) => root.toString('base64')) };
  }

  append(leaf: Buffer): void {
    let node = leaf;
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      const left = this.#roots.pop();
      if (!left) throw new RangeError('the tree has fewer roots than its size says');
      node = hashNode(left, node);
    }
    this.#roots.push(node);
    this.#size += 1;
  }

  /** In base64. */
  root(): string {
    const [last, ...left] = this.#roots.toReversed();
    const root = last ? left.reduce((right, node) => hashNode(node, right), last) : sha256();
    return root.toString('base64');
  }
}

export interface MerkleState {
  /** How many leaves. */
  readonly size: number;
  /** In base64. */
  readonly roots: string[];
}

function onesOf(size: number): number {
  return size.toString(2).replaceAll('0', '').length;
}
