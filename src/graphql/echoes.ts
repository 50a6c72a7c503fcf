import type { GraphQLError } from 'graphql';

/**
 * What graphql-js says of a request that it does not understand, without the values that it would repeat: among them may be one that was meant to
 * be a secret, and errors go where answers do not, into logs of clients. Where it went wrong is kept, by path.
 */
export function withoutEchoes({ message, originalError }: GraphQLError): string {
  const [head, invalid] = split(message, ' got invalid value ');
  if (invalid === undefined) return withoutValues(message);
  // The value comes first, whatever is in it; then where it is, and at the end what is wrong with it, in the words of the error within.
  const reason = originalError?.message ?? '';
  const before = reason !== '' && invalid.endsWith(`; ${reason}`) ? invalid.slice(0, -reason.length - 2) : '';
  const place = / at "[\w.[\]]+"$/.exec(before)?.[0] ?? '';
  return `${head} got an invalid value${place}; ${withoutValues(reason) || 'it does not fit its type'}`;
}

/** The message of an error about a value, up to where the value is shown. */
function withoutValues(message: string): string {
  if (message.startsWith('Syntax Error')) return message.replace(/\b((?:Block)?String) ".*"/s, '$1');
  const [cannot, value] = split(message, /(?<= cannot represent [^:"']*): /);
  if (value !== undefined) return `${cannot}.`;
  const [expected, found] = split(message, ', found ');
  if (found !== undefined) return `${expected}, found something else.`;
  return message.replace(/^Value .* does not exist in (".*?" enum)[^]*$/s, 'The value does not exist in $1.');
}

function split(text: string, by: string | RegExp): [string, string | undefined] {
  const at = typeof by === 'string' ? text.indexOf(by) : text.search(by);
  if (at < 0) return [text, undefined];
  const length = typeof by === 'string' ? by.length : (by.exec(text)?.[0].length ?? 0);
  return [text.slice(0, at), text.slice(at + length)];
}
