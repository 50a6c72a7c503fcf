import { Refusal } from './errors.js';
import { parseVersion, versionSortKey } from './version.js';

/** A set of versions, in the order of versions and nothing else: a prerelease is in it where its place in the order is. */
export interface VersionRange {
  /** As its author wrote it. */
  readonly label: string;
  /** A version is in the range where any of these has its sort key. They may overlap, or be empty. */
  readonly spans: readonly Span[];
}

/** Sort keys of versions (`versionSortKey`): at or after `from`, before `to`. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

const MAX_LENGTH = 1000;
const COMPARATOR = /\s*(?<operator>[<>]=?|=)?\s*(?<label>\S+)/g;
const EVERYTHING: Span = { from: '', to: '\u007f' };

/**
 * Reads comparators such as `>=1.4 <2 || 3.0`: `||` between alternatives, spaces between comparators that all hold, each of them `<`, `<=`, `>`,
 * `>=` or `=` (which may be left out) before a version in any spelling.
 * @param path of the input that it comes from.
 * @throws Refusal BAD_USER_INPUT for anything else, saying what is accepted.
 */
export function requireVersionRange(label: string, path: string): VersionRange {
  if (label.length > MAX_LENGTH) throw refuseRange(label, path, `is longer than ${MAX_LENGTH} characters`);
  return { label, spans: label.split('||').map((alternative) => spanOf(alternative.trim(), label, path)) };
}

export function inRange({ spans }: VersionRange, sortKey: string): boolean {
  return spans.some(({ from, to }) => from <= sortKey && sortKey < to);
}

function spanOf(alternative: string, label: string, path: string): Span {
  if (alternative === '') throw refuseRange(label, path, 'has an empty alternative');
  let { from, to } = EVERYTHING;
  for (const { groups = {} } of alternative.matchAll(COMPARATOR)) {
    const version = parseVersion(groups['label'] ?? '');
    if (!version) throw refuseRange(label, path, `has "${groups['label']}", which is no version`);
    const span = spanFrom(groups['operator'] ?? '=', versionSortKey(version));
    if (span.from > from) from = span.from;
    if (span.to < to) to = span.to;
  }
  return { from, to };
}

function spanFrom(operator: string, key: string): Span {
  switch (operator) {
    case '<':
      return { ...EVERYTHING, to: key };
    case '<=':
      return { ...EVERYTHING, to: after(key) };
    case '>':
      return { ...EVERYTHING, from: after(key) };
    case '>=':
      return { ...EVERYTHING, from: key };
    default:
      return { from: key, to: after(key) };
  }
}

/** Between a sort key and every larger one: a space is smaller than any character in one. */
function after(key: string): string {
  return `${key} `;
}

function refuseRange(label: string, path: string, what: string): Refusal {
  return new Refusal(
    'BAD_USER_INPUT',
    `${path}: "${label.slice(0, MAX_LENGTH)}" ${what}: use versions after <, <=, >, >= or =, with spaces between those that all hold, and || between alternatives, such as ">=1.4 <2 || 3.0"`,
    { path },
  );
}
