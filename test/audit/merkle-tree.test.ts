import { describe, expect, it } from 'vitest';
import { leafHash, MerkleTree } from '../../src/audit/checkpoints/merkle-tree.js';

/** The entries and roots that implementations of RFC 6962 test themselves by (certificate-transparency-go, transparency-dev/merkle). */
const ENTRIES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

describe('the Merkle tree', () => {
  it('has the roots of RFC 6962', () => {
    const tree = new MerkleTree();
    const roots = [tree.root()];
    for (const entry of ENTRIES) {
      tree.append(leafHash(Buffer.from(entry, 'hex')));
      roots.push(tree.root());
    }
    expect(roots.map((root) => Buffer.from(root, 'base64').toString('hex'))).toEqual(ROOTS);
  });

  it('goes on from its state as if it had never stopped', () => {
    let resumed = new MerkleTree();
    for (const entry of ENTRIES) {
      resumed = new MerkleTree(resumed.state);
      resumed.append(leafHash(Buffer.from(entry, 'hex')));
    }
    expect(Buffer.from(resumed.root(), 'base64').toString('hex')).toBe(ROOTS.at(-1));
  });

  it('is not made from a state that is none', () => {
    expect(() => new MerkleTree({ size: 3, roots: ['AA=='] })).toThrow(RangeError);
    expect(() => new MerkleTree({ size: 1, roots: ['AA=='] })).toThrow(RangeError);
  });
});
