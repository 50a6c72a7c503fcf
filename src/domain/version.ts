import semver, { type SemVer } from 'semver';
import { Refusal } from './errors.js';

/**
 * A version of a template: the label as its author wrote it, and what it means. Dotted numbers of one or more parts (leading zeros allowed:
 * calendar versions), an optional leading `v`, `-prerelease`, `+build`.
 */
export interface Version {
  readonly label: string;
  /** The first three parts (padded with zeros) and the prerelease, as SemVer 2.0.0 reads them. */
  readonly semver: SemVer;
  /** The fourth part and on, without trailing zeros. */
  readonly further: readonly number[];
}

const LABEL = /^v?(?<numbers>\d+(?:\.\d+)*)(?:-(?<prerelease>[0-9A-Za-z.-]+))?(?:\+(?<build>[0-9A-Za-z.-]+))?$/i;
const MAX_LENGTH = 256;

/** @returns undefined where the label is not a version. */
export function parseVersion(label: string): Version | undefined {
  const groups = label.length <= MAX_LENGTH ? LABEL.exec(label)?.groups : undefined;
  if (!groups) return undefined;
  const numbers = (groups['numbers'] ?? '').split('.').map(Number);
  if (!numbers.every(Number.isSafeInteger)) return undefined;
  const [major = 0, minor = 0, patch = 0, ...further] = numbers;
  while (further.at(-1) === 0) further.pop();
  const prerelease = groups['prerelease'] === undefined ? '' : `-${groups['prerelease']}`;
  const parsed = semver.parse(`${major}.${minor}.${patch}${prerelease}`);
  return parsed ? { label, semver: parsed, further } : undefined;
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
  return left.semver.compareMain(right.semver) || compareFurther(left.further, right.further) || left.semver.comparePre(right.semver);
}

function compareFurther(left: readonly number[], right: readonly number[]): -1 | 0 | 1 {
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return 0;
}

/**
 * A text whose order, byte by byte, is the order of versions, and which is equal exactly for versions that are the same (`1.1`, `v1.1.0`):
 * the key by which a database sorts and finds them.
 *
 * A number is written as its count of digits (two digits) and its digits. `!` ends the numbers. A release then has `~`, which is larger than
 * any prerelease; a prerelease identifier has `1` (numeric) or `2` (text) before it and `!` after it, smaller than any character in one.
 */
export function versionSortKey(version: Version): string {
  const { major, minor, patch, prerelease } = version.semver;
  const numbers = [major, minor, patch, ...version.further].map(sortableNumber).join('');
  if (prerelease.length === 0) return `${numbers}!~`;
  return `${numbers}!${prerelease.map((id) => (typeof id === 'number' ? `1${sortableNumber(id)}` : `2${id}`) + '!').join('')}`;
}

function sortableNumber(value: number): string {
  const digits = String(value);
  return String(digits.length).padStart(2, '0') + digits;
}
