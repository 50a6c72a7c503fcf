import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import Compile from 'typebox/compile';
import { NoCheckpointError, parseCheckpoints, type SignedCheckpoint } from './checkpoint.js';

export const CHECKPOINT_FILE = 'checkpoints.txt';
const STATE_FILE = 'checkpoint-state.json';

const StateSchema = Type.Object({
  logId: Type.String(),
  /** Of the last event in the tree, in the store. */
  position: Type.Integer({ minimum: 0 }),
  /** Of that event, in base64. */
  leaf: Type.String(),
  size: Type.Integer({ minimum: 1 }),
  /** See `MerkleState`. */
  roots: Type.Array(Type.String()),
});
const states = Compile(StateSchema);

/** Where the tree was at the last checkpoint, so that a start need not read the whole log. */
export type TreeState = Readonly<Static<typeof StateSchema>>;

/**
 * The checkpoints that were signed in a data folder, the newest last.
 * @throws NoCheckpointError where there is something else in the file; the system's error where it cannot be read.
 */
export function readCheckpoints(dataDir: string): readonly SignedCheckpoint[] {
  const path = join(dataDir, CHECKPOINT_FILE);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (text === '') return [];
  try {
    return parseCheckpoints(text);
  } catch (error) {
    if (!(error instanceof NoCheckpointError)) throw error;
    throw new NoCheckpointError(`${path}: ${error.message}`);
  }
}

/** Adds a checkpoint to those of the data folder, and keeps the state of its tree. On the disk on return. @throws the system's error. */
export function writeCheckpoint(dataDir: string, note: string, state: TreeState): void {
  durably(join(dataDir, CHECKPOINT_FILE), 'a', (file) => appendFileSync(file, note));
  const path = join(dataDir, STATE_FILE);
  durably(`${path}.part`, 'w', (file) => writeFileSync(file, JSON.stringify(state)));
  renameSync(`${path}.part`, path);
}

/** @returns undefined where there is none that can be used: it is then made anew from the log. */
export function readTreeState(dataDir: string): TreeState | undefined {
  const path = join(dataDir, STATE_FILE);
  if (!existsSync(path)) return undefined;
  try {
    const state: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return states.Check(state) ? state : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function durably(path: string, flags: 'a' | 'w', write: (file: number) => void): void {
  const file = openSync(path, flags);
  try {
    write(file);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
