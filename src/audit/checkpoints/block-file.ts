import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Block } from './block-tree.js';
import { HASH_BYTES } from './merkle-tree.js';

const BLOCK_FILE = 'checkpoint-blocks.bin';
const POSITION_BYTES = 8;
/** A root, and the position as an unsigned big-endian number. */
const RECORD_BYTES = HASH_BYTES + POSITION_BYTES;

/** The first blocks of the tree of a data folder; fewer where there are no more. Whether they are right, the tree tells. */
export function readBlocks(dataDir: string, count: number): Block[] {
  const path = join(dataDir, BLOCK_FILE);
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const there = Math.min(count, Math.floor(bytes.length / RECORD_BYTES));
  return Array.from({ length: there }, (_, index) => {
    const at = index * RECORD_BYTES;
    return { root: bytes.subarray(at, at + HASH_BYTES), position: Number(bytes.readBigUInt64BE(at + HASH_BYTES)) };
  });
}

/** Puts blocks behind the first `before` ones, over what a crash may have left there. On the disk on return. @throws the system's error. */
export function writeBlocks(dataDir: string, before: number, blocks: readonly Block[]): void {
  if (blocks.length === 0) return;
  const bytes = Buffer.concat(blocks.map(toRecord));
  const path = join(dataDir, BLOCK_FILE);
  const file = openSync(path, existsSync(path) ? 'r+' : 'w');
  try {
    writeSync(file, bytes, 0, bytes.length, before * RECORD_BYTES);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function toRecord({ root, position }: Block): Buffer {
  const record = Buffer.alloc(RECORD_BYTES);
  root.copy(record);
  record.writeBigUInt64BE(BigInt(position), HASH_BYTES);
  return record;
}
