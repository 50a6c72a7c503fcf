import type { Position } from './event-store.js';

/** The text form of a position that clients keep: `<log id>.<number in base 36>`, opaque to them. */
export function encodePosition(logId: string, position: Position): string {
  return `${logId}.${(position + 1).toString(36)}`;
}

/** @returns undefined where the text is not a position of this log. */
export function decodePosition(logId: string, text: string): Position | undefined {
  const [log, number, ...rest] = text.split('.');
  if (log !== logId || number === undefined || rest.length > 0 || !/^[0-9a-z]{1,11}$/.test(number)) return undefined;
  const position = Number.parseInt(number, 36) - 1;
  return Number.isSafeInteger(position) ? position : undefined;
}
