import type { Budget } from './budget.js';
import { interpolate, type Variables } from './interpolate.js';
import { placed } from './place.js';

export interface DotenvOptions {
  /** Variables that values may name besides those before them in the file, and where names alone get theirs. */
  readonly outer?: Variables;
  readonly budget?: Budget;
  /** For errors. */
  readonly file?: string;
}

/** By name; null for a name alone that has no value outside either. */
export type EnvEntries = ReadonlyMap<string, string | null>;

const ENTRY = /^[ \t]*(?:export[ \t]+)?([^\s=:#]+)[ \t]*(?:[=:][ \t]*(?:'((?:\\'|[^'])*)'|"((?:\\[^]|[^"\\])*)"|([^\n]*))[^\n]*)?$/gm;

/**
 * Reads the text of a `.env` file by Compose's rules: comments, `export`, unquoted values with interpolation and ` #` comments, double quotes with
 * escapes and interpolation, single quotes as they are; quoted values may span lines.
 * @throws ImportFailedError where a value names a required variable that is missing, or cannot be read.
 */
export function parseDotenv(text: string, { outer = new Map(), budget, file }: DotenvOptions = {}): EnvEntries {
  const values = new Map<string, string | null>();
  const lookup: Variables = { get: (name) => values.get(name) ?? outer.get(name) };
  const source = unifyLines(text);
  for (const match of source.matchAll(ENTRY)) {
    const [, name = '', single, double, plain] = match;
    const place = () => ({ file, line: source.slice(0, match.index).split('\n').length });
    const expand = (value: string): string => placed(place, () => interpolate(value, lookup, budget).text);
    if (single !== undefined) values.set(name, single.replaceAll("\\'", "'"));
    else if (double !== undefined) values.set(name, expand(unescape(double)));
    else if (plain !== undefined) values.set(name, expand(withoutComment(plain)));
    else values.set(name, outer.get(name) ?? null);
  }
  return values;
}

/** Reads an `env_file` of `format: raw`: a value is what stands after the first `=`, to the end of its line. */
export function parseRawEnv(text: string, { outer = new Map() }: DotenvOptions = {}): EnvEntries {
  const values = new Map<string, string | null>();
  for (const line of unifyLines(text).split('\n')) {
    const entry = line.trimStart();
    if (entry === '' || entry.startsWith('#')) continue;
    const at = entry.indexOf('=');
    const name = at < 0 ? entry.trim() : entry.slice(0, at);
    values.set(name, at < 0 ? (outer.get(name) ?? null) : entry.slice(at + 1));
  }
  return values;
}

/** The entries that have a value. */
export function variablesOf(entries: EnvEntries): Map<string, string> {
  return new Map([...entries].filter((entry): entry is [string, string] => entry[1] !== null));
}

function unifyLines(text: string): string {
  return text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
}

function withoutComment(value: string): string {
  const at = value.startsWith('#') ? 0 : value.search(/\s#/);
  return (at < 0 ? value : value.slice(0, at)).trim();
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$$' };

function unescape(value: string): string {
  return value.replace(/\\([^])/g, (whole, character: string) => ESCAPES[character] ?? whole);
}
