import { Refusal } from '../errors.js';

/**
 * Renames by the key that a component had.
 * @param argument the name by which a client gives them, for the refusal.
 * @throws Refusal BAD_USER_INPUT where a key is named twice on one side: which of the two is meant cannot be known.
 */
export function toRenames(argument: string, pairs: readonly { readonly from: string; readonly to: string }[]): ReadonlyMap<string, string> {
  const targets = new Set<string>();
  const renames = new Map<string, string>();
  for (const { from, to } of pairs) {
    const twice = renames.has(from) ? `from "${from}"` : targets.has(to) ? `to "${to}"` : undefined;
    if (twice) throw new Refusal('BAD_USER_INPUT', `${argument}: ${twice} is given twice`, { path: argument, from, to });
    renames.set(from, to);
    targets.add(to);
  }
  return renames;
}
