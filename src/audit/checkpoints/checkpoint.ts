import { HASH_BYTES } from './merkle-tree.js';
import type { PublicKey, SigningKey } from './signing-key.js';

/** What a log was when it had a number of events. */
export interface Checkpoint {
  /** Names the log. */
  readonly origin: string;
  /** How many events. */
  readonly size: number;
  /** Of the Merkle tree over their leaves (leaf.ts), in base64. */
  readonly root: string;
}

/** With whose signature it is not said: `isSignedBy`. */
export interface SignedCheckpoint extends Checkpoint {
  /** The whole note, as it is kept and served. */
  readonly note: string;
  readonly body: string;
  readonly signatures: readonly { readonly name: string; readonly keyId: Buffer; readonly signature: Buffer }[];
}

/** What is given as a checkpoint is none. */
export class NoCheckpointError extends Error {
  override readonly name = 'NoCheckpointError';
}

const KEY_ID_BYTES = 4;
const SIGNATURE_BYTES = 64;

/** The name of a log in checkpoints, and of the key that signs them. */
export function originOf(logId: string): string {
  return `regraft/${logId}`;
}

/** A checkpoint (c2sp.org/tlog-checkpoint) as a signed note (c2sp.org/signed-note) with one Ed25519 signature, by a key of the log's own name. */
export function signCheckpoint({ origin, size, root }: Checkpoint, key: SigningKey): string {
  const body = `${origin}\n${size}\n${root}\n`;
  const signature = Buffer.concat([key.publicKey.id(origin), key.sign(body)]);
  return `${body}\n— ${origin} ${signature.toString('base64')}\n`;
}

export function isSignedBy({ origin, body, signatures }: SignedCheckpoint, key: PublicKey): boolean {
  const id = key.id(origin);
  return signatures.some(({ name, keyId, signature }) => name === origin && keyId.equals(id) && key.verify(body, signature));
}

const NOTE = /([^\n]+)\n(0|[1-9]\d{0,14})\n([\w+/]{43}=)\n\n((?:— \S+ \S+\n)+)/y;

/**
 * The checkpoints of a text, which has one note after the other.
 * @throws NoCheckpointError where there is anything else in it, or nothing.
 */
export function parseCheckpoints(text: string): readonly SignedCheckpoint[] {
  const notes: SignedCheckpoint[] = [];
  const pattern = new RegExp(NOTE);
  while (pattern.lastIndex < text.length) {
    const [note, origin = '', size = '', root = '', signatures = ''] = pattern.exec(text) ?? refuse(notes.length);
    const parsed = signatures.trimEnd().split('\n').map(parseSignature);
    if (bytesOf(root)?.length !== HASH_BYTES || !parsed.every((each) => each !== undefined)) refuse(notes.length);
    const body = `${origin}\n${size}\n${root}\n`;
    notes.push({ note, body, origin, size: Number(size), root, signatures: parsed });
  }
  if (notes.length === 0) refuse(0);
  return notes;
}

/** @returns undefined where one text of several for the same bytes is not the one of RFC 4648: nothing in a note may be changed unnoticed. */
function bytesOf(base64: string): Buffer | undefined {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? bytes : undefined;
}

function parseSignature(line: string): SignedCheckpoint['signatures'][number] | undefined {
  const [, name = '', base64 = ''] = line.split(' ');
  const bytes = bytesOf(base64);
  if (!bytes) return undefined;
  const signature = bytes.subarray(KEY_ID_BYTES);
  // Other kinds of signatures, of witnesses for instance, have other lengths: no key of ours has their id.
  return { name, keyId: bytes.subarray(0, KEY_ID_BYTES), signature: signature.length === SIGNATURE_BYTES ? signature : Buffer.alloc(0) };
}

function refuse(after: number): never {
  throw new NoCheckpointError(
    `there is no signed checkpoint ${after === 0 ? 'at the beginning' : `after the first ${after}`}: give it as it was served, byte by byte`,
  );
}
