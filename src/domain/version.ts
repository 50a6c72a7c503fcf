import semver, { type SemVer } from 'semver';
import { Refusal } from './errors.js';

/**
 * A version of a template: the label as its author wrote it, and what it means. Dotted numbers of one or more parts (leading zeros allowed:
 * calendar versions), an optional leading `v`, `-prerelease`, `+build`.
 */
export interface Version {
  readonly label: string;
  /** The first three parts (padded with zeros), as SemVer 2.0.0 reads them. Each part is at most 2^53 - 1. */
  readonly semver: SemVer;
  /** The fourth part and on, without trailing zeros. */
  readonly further: readonly number[];
  /** The identifiers of the prerelease, as written: numeric ones have any number of digits. Empty of a release. */
  readonly prerelease: readonly string[];
}

const LABEL = /^v?(?<numbers>\d+(?:\.\d+)*)(?:-(?<prerelease>[0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/i;
const NUMERIC = /^\d+$/;
const MAX_LENGTH = 256;

/** @returns undefined where the label is not a version. */
export function parseVersion(label: string): Version | undefined {
  const groups = label.length <= MAX_LENGTH ? LABEL.exec(label)?.groups : undefined;
  if (!groups) return undefined;
  const numbers = (groups['numbers'] ?? '').split('.').map(Number);
  if (!numbers.every(Number.isSafeInteger)) return undefined;
  const [major = 0, minor = 0, patch = 0, ...further] = numbers;
  while (further.at(-1) === 0) further.pop();
  const prerelease = groups['prerelease'];
  const parsed = semver.parse(`${major}.${minor}.${patch}${prerelease === undefined ? '' : `-${prerelease}`}`);
  return parsed ? { label, semver: parsed, further, prerelease: prerelease?.split('.') ?? [] } : undefined;
}

/** @throws Refusal VERSION_INVALID, saying what a version looks like. */
export function requireVersion(label: string): Version {
  const version = parseVersion(label);
  if (version) return version;
  throw new Refusal(
    'VERSION_INVALID',
    `"${label.slice(0, MAX_LENGTH)}" is not a version: use dotted numbers such as 1.4 or 2026.08.1, optionally with a leading "v", "-prerelease" or "+build"`,
    { version: label.slice(0, MAX_LENGTH) },
  );
}

/**
 * Total order of versions: SemVer 2.0.0 section 11 after padding to three parts; further numeric parts compare numerically after the third; a
 * prerelease sorts before its release; build metadata orders nothing.
 */
export function compareVersions(left: Version, right: Version): -1 | 0 | 1 {
  return (
    left.semver.compareMain(right.semver) ||
    compareFurther(left.further, right.further) ||
    comparePrerelease(left.prerelease, right.prerelease)
  );
}

function compareFurther(left: readonly number[], right: readonly number[]): -1 | 0 | 1 {
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return 0;
}

/** SemVer 2.0.0 section 11.4. The semver package reads large numeric identifiers as floating point numbers; here they compare exactly. */
function comparePrerelease(left: readonly string[], right: readonly string[]): -1 | 0 | 1 {
  if (left.length === 0 || right.length === 0) return sign(Number(left.length === 0) - Number(right.length === 0));
  for (const [i, mine] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    if (mine !== other) return compareIdentifiers(mine, other);
  }
  return left.length < right.length ? -1 : 0;
}

function compareIdentifiers(left: string, right: string): -1 | 0 | 1 {
  const [isNumber, isOther] = [NUMERIC.test(left), NUMERIC.test(right)];
  if (isNumber !== isOther) return isNumber ? -1 : 1;
  if (isNumber && left.length !== right.length) return sign(left.length - right.length);
  return left < right ? -1 : left > right ? 1 : 0;
}

function sign(difference: number): -1 | 0 | 1 {
  return difference < 0 ? -1 : difference > 0 ? 1 : 0;
}

/**
 * A text whose order, byte by byte, is the order of versions, and which is equal exactly for versions that are the same (`1.1`, `v1.1.0`):
 * the key by which a database sorts and finds them.
 *
 * A number is written as its count of digits (two digits, from 100 on `:` and three) and its digits. `!` ends the numbers. A release then has
 * `~`, which is larger than any prerelease; a prerelease identifier has `1` (numeric) or `2` (text) before it and `!` after it, smaller than
 * any character in one.
 */
export function versionSortKey({ semver: { major, minor, patch }, further, prerelease }: Version): string {
  const numbers = [major, minor, patch, ...further].map((part) => sortableNumber(String(part))).join('');
  if (prerelease.length === 0) return `${numbers}!~`;
  return `${numbers}!${prerelease.map((id) => (NUMERIC.test(id) ? `1${sortableNumber(id)}` : `2${id}`) + '!').join('')}`;
}

/** @param digits without leading zeros; at most as many as a label has. */
function sortableNumber(digits: string): string {
  const { length } = digits;
  return (length < 100 ? String(length).padStart(2, '0') : `:${length}`) + digits;
}
