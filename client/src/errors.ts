import type { ErrorCode } from './error-codes.js';

export type ErrorDetails = Readonly<Record<string, unknown>>;

/** An error as GraphQL over HTTP and over WebSocket tells it. */
export interface AnsweredError {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** What may be otherwise the next time, though nobody does anything about it. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'UNREACHABLE',
  'CONNECTION_LOST',
  'UNAVAILABLE',
  'STORE_UNAVAILABLE',
  'READ_MODEL_UNAVAILABLE',
  'ISSUER_UNAVAILABLE',
  'REQUEST_TIMEOUT',
  'INTERNAL_SERVER_ERROR',
]);

/** Why an operation has no answer. The message says what to do; `details` is what the server tells beside the code. */
export class RegraftError extends Error {
  override readonly name = 'RegraftError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Whether the same again may be answered later. A mutation is to be sent again with the same `commandId`: it may have been done. */
  get passes(): boolean {
    return PASSING.has(this.code) || this.retryAfterMs !== undefined;
  }

  /** Milliseconds that the server asks to wait for. */
  get retryAfterMs(): number | undefined {
    const { retryAfterSeconds } = this.details;
    return typeof retryAfterSeconds === 'number' ? retryAfterSeconds * 1_000 : undefined;
  }
}

/** The first of what an operation was answered with: the others mostly follow from it, and are in `details.errors`. */
export function toRegraftError(errors: readonly AnsweredError[]): RegraftError {
  const [first, ...others] = errors;
  if (!first)
    return new RegraftError('BAD_RESPONSE', 'the server answered with neither data nor an error: is this the address of Regraft?');
  const { code, ...details } = first.extensions ?? {};
  return new RegraftError(typeof code === 'string' ? code : 'BAD_RESPONSE', first.message, {
    ...details,
    ...(first.path && { path: first.path }),
    ...(others.length > 0 && { errors: others }),
  });
}
