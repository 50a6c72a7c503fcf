import { CHECKPOINT_KEY_VARIABLE, parseSigningKey, type SigningKey } from '../audit/checkpoints/signing-key.js';
import type { Variables } from './variables.js';

/** What signs checkpoints of the log, where it is not in the key file of the data folder. Keys are never shown, not even wrong ones. */
export function readCheckpointKey(variables: Variables): SigningKey | undefined {
  const text = variables.text(CHECKPOINT_KEY_VARIABLE);
  if (text === undefined) return undefined;
  const key = parseSigningKey(text);
  if (!key) {
    const expected =
      'an Ed25519 key in PKCS #8 is expected, as PEM or in base64 (openssl genpkey -algorithm ed25519 -outform DER | base64)';
    variables.problems.push(`${CHECKPOINT_KEY_VARIABLE} is no key: ${expected}`);
  }
  return key;
}
