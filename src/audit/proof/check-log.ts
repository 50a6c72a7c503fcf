import { Refusal } from '../../domain/errors.js';
import { hashOf } from '../../store/hash-chain.js';
import { isSignedBy, NoCheckpointError, originOf, parseCheckpoints, type SignedCheckpoint } from '../checkpoints/checkpoint.js';
import { rootByPath } from '../checkpoints/inclusion.js';
import { leafOf } from '../checkpoints/leaf.js';
import { parsePublicKey, type PublicKey } from '../checkpoints/signing-key.js';
import { ProofError, type ProofEvent, type UpgradeProof } from './upgrade-proof.js';

/**
 * Whether a checkpoint is of the log that a proof names, and signed: by the key of the file, and by one of those that are known otherwise, if any are.
 * @throws ProofError.
 */
export function checkedCheckpoint({ log, checkpoint: note, publicKey }: UpgradeProof, keys: readonly PublicKey[]): SignedCheckpoint {
  const checkpoint = onlyCheckpoint(note);
  if (checkpoint.origin !== originOf(log)) {
    throw new ProofError(`the checkpoint is of ${checkpoint.origin}, and the proof says that its log is ${log}`);
  }
  const own = parsePublicKey(publicKey);
  if (own?.text(originOf(log)) !== publicKey) throw new ProofError('publicKey is no verifier key of this log, or was changed');
  if (!isSignedBy(checkpoint, own)) throw new ProofError('the checkpoint is not signed by publicKey: one of them was changed');
  if (keys.length > 0 && !keys.some((key) => isSignedBy(checkpoint, key))) {
    throw new ProofError(`the checkpoint is signed by ${publicKey}, which is not the key that you gave`);
  }
  return checkpoint;
}

function onlyCheckpoint(note: string): SignedCheckpoint {
  try {
    const [first, ...more] = parseCheckpoints(note);
    if (first && more.length === 0) return first;
  } catch (error) {
    if (!(error instanceof NoCheckpointError)) throw error;
    throw new ProofError(`checkpoint: ${error.message}`, { cause: error });
  }
  throw new ProofError('checkpoint: there is more than one');
}

/** Whether every event is as it was when the checkpoint was signed, in its place in the log and in its stream. @throws ProofError. */
export function checkEvents({ events }: UpgradeProof, { size, root }: SignedCheckpoint): void {
  const ends = new Map<string, ProofEvent>();
  let before = -1;
  for (const [place, event] of events.entries()) {
    const wrong = (problem: string): never => {
      throw new ProofError(`${nameOf(event, place)}: ${problem}`);
    };
    if (hashIn(event) !== event.hash) wrong('its type, data or metadata were changed, or its hash: they do not belong together');
    if (event.index <= before) wrong('it is out of the order of the log');
    const leaf = leafOf({ ...event, eventId: event.id, position: event.index }, event.hash);
    const path = event.path.map((hash) => Buffer.from(hash, 'base64'));
    if (rootByPath(leaf, event.index, size, path)?.toString('base64') !== root || !isCanonical(event, path)) {
      wrong(
        `it is not event ${event.index} of the ${size} that were signed: it, its stream, revision, id, time, place or path were changed`,
      );
    }
    const end = ends.get(event.stream);
    if (end && event.revision <= end.revision) wrong(`it is not after revision ${end.revision} of its stream`);
    if (end?.revision === event.revision - 1 && event.metadata.previousHash !== end.hash) {
      wrong('it does not name the hash of the event before it in its stream');
    }
    ends.set(event.stream, event);
    before = event.index;
  }
}

/** An event as problems name it. */
export function nameOf({ type, stream, revision }: Pick<ProofEvent, 'type' | 'stream' | 'revision'>, place: number): string {
  return `events[${place}] (${type}, revision ${revision} of ${stream})`;
}

function hashIn(event: ProofEvent): string | undefined {
  try {
    return hashOf(event);
  } catch (error) {
    // Values that have no canonical form are never written.
    if (!(error instanceof Refusal)) throw error;
    return undefined;
  }
}

/** One text of several for the same bytes: nothing in a proof may be changed unnoticed. */
function isCanonical({ path }: ProofEvent, bytes: readonly Buffer[]): boolean {
  return bytes.every((hash, place) => hash.toString('base64') === path[place]);
}
