import type { Writable } from 'node:stream';
import { styleText } from 'node:util';

type Style = 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim';

export type Paint = (style: Style, text: string) => string;

/** Colours where the stream is a terminal and NO_COLOR is not set; FORCE_COLOR has its way, as with Node itself. */
export function paintFor(stream: Writable): Paint {
  return (style, text) => styleText(style, text, { stream });
}

/**
 * A text that is not ours as a terminal may show it: characters that would move its cursor, colour it or worse are written out.
 * Ends of lines and tabs stay.
 */
export function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are the ones that are looked for
  return text.replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}
