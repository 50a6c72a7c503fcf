import { exitCodeOf, INTERRUPTED, UNREACHABLE, USAGE, type ExitCode } from './exit-code.js';

/** Why a command ends without what it was for, with the exit code that says so. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';

  constructor(
    readonly code: string,
    message: string,
    readonly exitCode: ExitCode,
    /** What the API said beside its message. */
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** Refused, with a code of the API's catalogue: by the server, or here for the same reason. */
export class RefusedError extends CommandError {
  override readonly name = 'RefusedError';

  constructor(code: string, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(code, message, exitCodeOf(code), details);
  }
}

/** Nobody answered, or nobody that speaks as Regraft does. */
export class UnreachableError extends CommandError {
  override readonly name = 'UnreachableError';

  constructor(message: string) {
    super('UNREACHABLE', message, UNREACHABLE);
  }
}

/** Words on the command line that do not say what is meant. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';

  constructor(message: string) {
    super('USAGE', message, USAGE);
  }
}

/** Somebody wanted it to end. */
export class InterruptedError extends CommandError {
  override readonly name = 'InterruptedError';

  constructor(message: string) {
    super('INTERRUPTED', message, INTERRUPTED);
  }
}

const HINTS: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: 'Set REGRAFT_TOKEN to a token that is good (regraft token create makes one).',
  FORBIDDEN: 'Use a token whose role permits it in this team (docs/access.md).',
  CONFLICTS_UNRESOLVED: 'Settle each by --resolve <place>=ours|theirs|<value>, or all by --prefer ours|theirs; regraft plan shows them.',
  DATA_LOSS_NOT_ACCEPTED: 'Where that is meant, add --accept data-loss.',
  PLAN_OUTDATED: 'Something moved since the plan was made: look at it again, by the same command.',
  GRAPHQL_VALIDATION_FAILED: 'The server is of another version than this program.',
};

/** A few words more, where this program knows what to do next. */
export function hintFor(code: string): string | undefined {
  return HINTS[code];
}
