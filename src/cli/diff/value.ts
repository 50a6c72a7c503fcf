import { plain } from '../paint.js';

/** A value on one line: texts as they are where that is no riddle, all else as JSON. */
export function valueText(value: unknown): string {
  if (typeof value !== 'string') return plain(JSON.stringify(value));
  const isPlain = value !== '' && value.trim() === value && !/[\r\n\t]/.test(value);
  return isPlain ? plain(value) : plain(JSON.stringify(value));
}

export function isTextOfLines(value: unknown): value is string {
  return typeof value === 'string' && /\n./s.test(value);
}
