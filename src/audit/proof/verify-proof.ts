import type { PublicKey } from '../checkpoints/signing-key.js';
import { checkedCheckpoint, checkEvents } from './check-log.js';
import { parseUpgradeProof } from './upgrade-proof.js';
import { storyOf, type UpgradeStory } from './upgrade-story.js';

export interface ProvenUpgrade {
  readonly log: string;
  /** How many events of it were signed, and by which key. */
  readonly size: number;
  readonly publicKey: string;
  /** Whether that key was known otherwise than by the file. */
  readonly keyIsKnown: boolean;
  readonly events: number;
  readonly upgrade: UpgradeStory;
}

/**
 * Checks a proof of an upgrade by itself: that each event is in the log that was signed, unchanged, and that they tell of one upgrade.
 * @param keys that are known to be the server's; without one, whoever made the file may have signed it.
 * @throws ProofError that names the first thing that is wrong.
 */
export function verifyUpgradeProof(text: string, keys: readonly PublicKey[]): ProvenUpgrade {
  const proof = parseUpgradeProof(text);
  const checkpoint = checkedCheckpoint(proof, keys);
  checkEvents(proof, checkpoint);
  return {
    log: proof.log,
    size: checkpoint.size,
    publicKey: proof.publicKey,
    keyIsKnown: keys.length > 0,
    events: proof.events.length,
    upgrade: storyOf(proof),
  };
}
