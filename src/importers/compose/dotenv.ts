import { interpolate, type Variables } from './interpolate.js';

/**
 * Reads the text of a `.env` file by Compose's rules: comments, `export`, unquoted values with interpolation and ` #` comments, double quotes with
 * escapes and interpolation, single quotes as they are; quoted values may span lines. A name alone has no value and is left out.
 * @param outer variables that values may name besides those before them in the file.
 */
export function parseDotenv(text: string, outer: Variables = new Map()): Map<string, string> {
  const values = new Map<string, string>();
  const lookup: Variables = { get: (name) => values.get(name) ?? outer.get(name) };
  const source = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const line = /^[ \t]*(?:export[ \t]+)?([^\s=:#]+)[ \t]*[=:][ \t]*(?:'((?:\\'|[^'])*)'|"((?:\\[^]|[^"\\])*)"|([^\n]*))[^\n]*$/gm;
  for (const [, name = '', single, double, plain = ''] of source.matchAll(line)) {
    if (single !== undefined) values.set(name, single.replaceAll("\\'", "'"));
    else if (double !== undefined) values.set(name, interpolate(unescape(double), lookup).text);
    else values.set(name, interpolate(withoutComment(plain), lookup).text);
  }
  return values;
}

function withoutComment(value: string): string {
  return value.startsWith('#') ? '' : value.replace(/\s+#.*$/, '').trim();
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$$' };

function unescape(value: string): string {
  return value.replace(/\\([^])/g, (whole, character: string) => ESCAPES[character] ?? whole);
}
