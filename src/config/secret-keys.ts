import { parseMasterKey, type MasterKeys } from '../secrets/master-keys.js';
import type { Variables } from './variables.js';

const CURRENT = 'REGRAFT_SECRET_KEY';
const PREVIOUS = 'REGRAFT_SECRET_KEY_PREVIOUS';

/** What opens secrets, where it is not in the key file of the data folder. Keys are never shown, not even wrong ones. */
export function readMasterKeys(variables: Variables): MasterKeys | undefined {
  const [current, previous] = [CURRENT, PREVIOUS].map((name) => {
    const text = variables.text(name);
    const key = text ? parseMasterKey(text) : undefined;
    if (text && !key) {
      const expected = '32 random bytes are expected, as base64 or as 64 hexadecimal digits (openssl rand -base64 32)';
      variables.problems.push(`${name} is no key: ${expected}`);
    }
    return key;
  });
  if (variables.text(PREVIOUS) && !variables.text(CURRENT))
    variables.problems.push(`${PREVIOUS} is set, and ${CURRENT} is not: set both while keys are rotated`);
  return current && { current, previous };
}
