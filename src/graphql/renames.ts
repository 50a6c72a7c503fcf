import { Refusal } from '../domain/errors.js';

/**
 * Renames, by what they rename.
 * @param path the argument that they were given in.
 * @throws Refusal BAD_USER_INPUT where one is renamed twice, or two are given the same name.
 */
export function renamesOf(path: string, renames: readonly { from: string; to: string }[] | null | undefined): Map<string, string> {
  const given = renames ?? [];
  refuseDoubles(path, 'from', given);
  refuseDoubles(path, 'to', given);
  return new Map(given.map(({ from, to }) => [from, to]));
}

function refuseDoubles<Side extends string>(path: string, side: Side, given: readonly Readonly<Record<Side, string>>[]): void {
  const seen = new Set<string>();
  for (const { [side]: name } of given) {
    if (seen.has(name)) throw new Refusal('BAD_USER_INPUT', `${path}: ${side} "${name}" is given twice`, { path, [side]: name });
    seen.add(name);
  }
}
