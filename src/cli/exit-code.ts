/**
 * Exit codes of `regraft`: what a script can tell apart. The table is printed by `regraft --help` and stands in docs/cli.md.
 */
export const OK = 0;
/** What was asked for failed, or found something wrong. */
export const FAILED = 1;
export const USAGE = 2;
/** The server understood, and will not: its message says what to do. */
export const REFUSED = 3;
/** An upgrade, or a rollback, needs a choice first: a conflict, a problem of the plan, data that would be lost. */
export const TO_SETTLE = 4;
/** No answer came, in all the time that it was asked again. */
export const UNREACHABLE = 5;
/** No token, one that is not good, or one that does not permit this. */
export const NOT_ALLOWED = 6;
/** Ended by SIGINT (128 and the number of the signal, as shells have it). */
export const INTERRUPTED = 130;

export type ExitCode =
  | typeof OK
  | typeof FAILED
  | typeof USAGE
  | typeof REFUSED
  | typeof TO_SETTLE
  | typeof UNREACHABLE
  | typeof NOT_ALLOWED
  | typeof INTERRUPTED;

const MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [OK, 'done; or there was nothing to do'],
  [FAILED, 'it failed, or something wrong was found'],
  [USAGE, 'wrong usage'],
  [REFUSED, 'the server refused; the message says what to do'],
  [TO_SETTLE, 'the plan needs a choice: conflicts, problems, data that would be lost'],
  [UNREACHABLE, 'the server could not be reached'],
  [NOT_ALLOWED, 'no token, one that is not good, or one that does not permit it'],
  [INTERRUPTED, 'interrupted'],
];

export const EXIT_CODES = ['Exit codes:', ...MEANINGS.map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning}`)].join('\n');

const NEEDS_A_CHOICE = new Set(['CONFLICTS_UNRESOLVED', 'PLAN_INAPPLICABLE', 'DATA_LOSS_NOT_ACCEPTED', 'PLAN_OUTDATED']);
const NOT_LET_IN = new Set(['UNAUTHENTICATED', 'FORBIDDEN']);
/** Faults, of the server or of this program beside it: not refusals. */
const FAULTS = new Set(['INTERNAL_SERVER_ERROR', 'GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED']);

/** @param code the coded error of the API. */
export function exitCodeOf(code: string): ExitCode {
  if (NEEDS_A_CHOICE.has(code)) return TO_SETTLE;
  if (NOT_LET_IN.has(code)) return NOT_ALLOWED;
  return FAULTS.has(code) ? FAILED : REFUSED;
}
