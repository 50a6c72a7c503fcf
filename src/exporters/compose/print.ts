import { Document, visit } from 'yaml';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json.js';
import { objectOf } from './json.js';

/**
 * The text of a Compose file. Laws: read without variables it is the same object again; the same for YAML 1.1 (which Compose's own parser leans to),
 * so whatever that would take for a boolean, a number, a date or a merge key is quoted. Texts of several lines are block scalars.
 */
export function printFile(root: JsonObject): string {
  const document = new Document(escaped(root), { schema: 'core', compat: 'yaml-1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && ONLY_QUOTED.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  const text = document.toString({ lineWidth: 0, blockQuote: 'literal', doubleQuotedMinMultiLineLength: Infinity });
  return text.replace(RAW, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Interpolation reads `$$` as a dollar sign; it goes over values only. The canonical text knows no -0, YAML does. */
function escaped(json: Json): Json {
  if (typeof json === 'string') return json.replaceAll('$', '$$$$');
  if (json === 0) return 0;
  if (Array.isArray(json)) return (json as readonly Json[]).map(escaped);
  return isJsonObject(json) ? objectOf(Object.entries(json).map(([key, value]) => [key, escaped(value)])) : json;
}

/** Characters that a parser refuses, drops or takes for the end of a line where they stand as they are; the library writes them so within quotes. */
const RAW = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;
/** What block and plain scalars cannot hold for every parser: those characters, other controls, carriage returns, and white space that hides how a block is indented. */
// eslint-disable-next-line no-control-regex -- they are what it is about
const ONLY_QUOTED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|^\n*\t|^\n* +\n|^\s*$/;
