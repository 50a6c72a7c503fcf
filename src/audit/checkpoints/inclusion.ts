import { hashNode, HASH_BYTES } from './merkle-tree.js';

/** The largest power of two that is smaller than a number of two or more. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** The root of a tree of nodes (RFC 9162, section 2.1.1), which are leaves or the roots of perfect trees of one size, but for the last. */
export function rootOf(nodes: readonly Buffer[]): Buffer {
  const [only] = nodes;
  if (nodes.length <= 1) return only ?? refuseEmpty();
  const split = splitOf(nodes.length);
  return hashNode(rootOf(nodes.slice(0, split)), rootOf(nodes.slice(split)));
}

/** The inclusion path of a node in such a tree, from the node up (RFC 9162, section 2.1.3.1). */
export function pathIn(nodes: readonly Buffer[], index: number): readonly Buffer[] {
  if (nodes.length <= 1) return [];
  const split = splitOf(nodes.length);
  const [left, right] = [nodes.slice(0, split), nodes.slice(split)];
  return index < split ? [...pathIn(left, index), rootOf(right)] : [...pathIn(right, index - split), rootOf(left)];
}

/**
 * The root that a leaf comes to by its path (RFC 9162, section 2.1.3.2).
 * @returns undefined where the path is not one of a leaf at this place in a tree of this size.
 */
export function rootByPath(leaf: Buffer, index: number, size: number, path: readonly Buffer[]): Buffer | undefined {
  if (index >= size || path.some(({ length }) => length !== HASH_BYTES)) return undefined;
  let node = leaf;
  let [place, last] = [index, size - 1];
  for (const sibling of path) {
    if (last === 0) return undefined;
    if (place % 2 === 1 || place === last) {
      node = hashNode(sibling, node);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      node = hashNode(node, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 ? node : undefined;
}

function half(number: number): number {
  return Math.floor(number / 2);
}

function refuseEmpty(): never {
  throw new RangeError('a tree without nodes has no paths');
}
