import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_SIZE, BlockTree } from '../../src/audit/checkpoints/block-tree.js';
import { pathIn, rootByPath, rootOf } from '../../src/audit/checkpoints/inclusion.js';
import { inclusionsOf } from '../../src/audit/checkpoints/inclusion-proofs.js';
import { leafOf } from '../../src/audit/checkpoints/leaf.js';
import { leafHash, MerkleTree } from '../../src/audit/checkpoints/merkle-tree.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { newEvent } from '../store/contract.js';

const leavesOf = (count: number): Buffer[] => Array.from({ length: count }, (_, index) => leafHash(Buffer.from(String(index))));
function treeOf(leaves: readonly Buffer[]): BlockTree {
  const tree = new BlockTree();
  for (const [index, leaf] of leaves.entries()) tree.append(leaf, index);
  return tree;
}

describe('an inclusion path', () => {
  const sized = fc.integer({ min: 1, max: 300 }).chain((size) => fc.tuple(fc.constant(size), fc.nat({ max: size - 1 })));

  it('leads from every leaf of every tree to its root', () => {
    fc.assert(
      fc.property(sized, ([size, index]) => {
        const leaves = leavesOf(size);
        const tree = new MerkleTree();
        for (const leaf of leaves) tree.append(leaf);
        expect(rootOf(leaves).toString('base64')).toBe(tree.root());
        expect(rootByPath(leaves[index]!, index, size, pathIn(leaves, index))?.toString('base64')).toBe(tree.root());
      }),
    );
  });

  it('leads nowhere from another leaf, another place, in a tree of another size, or with another hash on the way', () => {
    fc.assert(
      fc.property(sized, fc.nat(), ([size, index], any) => {
        const leaves = leavesOf(size);
        const [leaf, path, root] = [leaves[index]!, pathIn(leaves, index), rootOf(leaves)];
        const isRoot = (found: Buffer | undefined): boolean => found?.equals(root) ?? false;
        expect(isRoot(rootByPath(leafHash(Buffer.from('other')), index, size, path))).toBe(false);
        for (const other of [index - 1, index + 1, any]) {
          if (other !== index && other >= 0) expect(isRoot(rootByPath(leaf, other, size, path))).toBe(false);
        }
        expect(isRoot(rootByPath(leaf, index, size, [...path, leaf]))).toBe(false);
        if (path.length === 0) return;
        expect(isRoot(rootByPath(leaf, index, size, path.slice(1)))).toBe(false);
        expect(isRoot(rootByPath(leaf, index, size, path.with(any % path.length, leafHash(leaf))))).toBe(false);
      }),
    );
  });

  it('is not made of hashes of another length', () => {
    expect(rootByPath(leavesOf(1)[0]!, 0, 2, [Buffer.alloc(31)])).toBeUndefined();
  });
});

describe('a tree that keeps its blocks', () => {
  it.each([0, 1, 255, 256, 257, 511, 512, 1_000])('is the same tree, of %i leaves, also after it was put away', (size) => {
    const leaves = leavesOf(size);
    const plain = new MerkleTree();
    for (const leaf of leaves) plain.append(leaf);
    const tree = treeOf(leaves);
    expect([tree.size, tree.root(), tree.state]).toEqual([size, plain.root(), plain.state]);
    expect(tree.blocks).toHaveLength(Math.floor(size / BLOCK_SIZE));
    expect(new BlockTree(tree.state, tree.blocks).root()).toBe(tree.root());
  });

  it('is not made from blocks that are missing, too many, or others', () => {
    const { state, blocks } = treeOf(leavesOf(600));
    const [first, second] = blocks as [{ root: Buffer; position: number }, { root: Buffer; position: number }];
    for (const wrong of [[], [first], [first, second, second], [second, first], [{ ...first, root: Buffer.alloc(32) }, second]]) {
      expect(() => new BlockTree(state, wrong)).toThrow(RangeError);
    }
  });
});

describe('proofs that events are in a log', () => {
  it('are of every event up to a size, and of none after it', async () => {
    const store = openEmbeddedStore({ path: ':memory:' });
    for (let stream = 0; stream < 700; stream += 1) await store.append(`other-${stream}`, 'no_stream', [newEvent({ stream })]);
    const events = await store.readAll({ after: -1 });
    const { blocks } = treeOf(events.map((event) => leafOf(event)));
    for (const size of [1, 255, 256, 257, 512, 600, 700]) {
      const root = rootOf(events.slice(0, size).map((event) => leafOf(event)));
      const positions = [...new Set([0, 1, 254, 255, 256, 511, 512, size - 1].filter((position) => position < size))];
      const inclusions = await inclusionsOf(store, blocks, size, positions);
      expect(inclusions?.map(({ index }) => index)).toEqual(positions);
      for (const { index, path } of inclusions ?? []) {
        const bytes = path.map((hash) => Buffer.from(hash, 'base64'));
        expect(rootByPath(leafOf(events[index]!), index, size, bytes)?.equals(root)).toBe(true);
      }
      expect(await inclusionsOf(store, blocks, size, [size])).toBeUndefined();
    }
    await store.close();
  });
});
