/** A JSON Pointer (RFC 6901) within a definition, such as `/env/REDIS_HOST`; the empty string names the whole. */
export type Pointer = string;

/** Escapes one reference token (RFC 6901 section 3). */
export function escapeToken(token: string): string {
  return token.includes('~') || token.includes('/') ? token.replaceAll('~', '~0').replaceAll('/', '~1') : token;
}

export function pointerOf(...tokens: readonly string[]): Pointer {
  return tokens.map((token) => `/${escapeToken(token)}`).join('');
}

/**
 * The tokens of a pointer, unescaped.
 * @returns undefined where the text is not a JSON Pointer.
 */
export function parsePointer(pointer: string): string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((token) => (token.includes('~') ? token.replaceAll('~1', '/').replaceAll('~0', '~') : token));
}
