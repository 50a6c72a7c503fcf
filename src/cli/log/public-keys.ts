import { InvalidArgumentError } from 'commander';
import { parsePublicKey, type PublicKey } from '../../audit/checkpoints/signing-key.js';

/** One more key of the command line. @throws InvalidArgumentError. */
export function publicKeys(text: string, before: readonly PublicKey[]): readonly PublicKey[] {
  const key = parsePublicKey(text);
  if (key) return [...before, key];
  throw new InvalidArgumentError(
    'It is no verifier key: <name>+<8 hexadecimal digits>+<base64> is expected, as the query checkpoint gives it.',
  );
}
