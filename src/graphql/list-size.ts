import { Refusal } from '../domain/errors.js';

const DEFAULT_ROWS = 100;
const MAX_ROWS = 1000;

/** How many a list without pages has at most. @throws Refusal BAD_USER_INPUT. */
export function requireFirst(first: number | null | undefined): number {
  if (first === null || first === undefined) return DEFAULT_ROWS;
  if (first >= 1 && first <= MAX_ROWS) return first;
  throw new Refusal('BAD_USER_INPUT', `first: 1 to ${MAX_ROWS}`, { path: 'first' });
}
