import { HeaderMap } from '@apollo/server';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import { GraphQLError, Kind, type GraphQLFormattedError } from 'graphql';
import { ArgumentValidationError } from 'type-graphql';
import type { ValidationError } from 'class-validator';
import { Refusal } from '../domain/errors.js';
import { withoutEchoes } from './echoes.js';
import { ImportFailedError } from '../importers/imported-project.js';
import type { Logger } from '../logger.js';
import { ReadModelUnavailableError } from '../projector/errors.js';
import { RateLimitedError } from '../rates/allowance.js';
import { AppendTooLargeError, StoreUnavailableError } from '../store/errors.js';

const RETRY_AFTER_SECONDS = 5;

/** What is at a position is in the log; the read models do not show it yet. */
export class AppliedNotVisibleError extends Error {
  override readonly name = 'AppliedNotVisibleError';

  constructor(
    readonly position: string,
    message = 'the change is made, and not visible yet: read again later, with the header Regraft-Min-Position',
  ) {
    super(message);
  }
}

export type ErrorFormatter = (error: unknown) => GraphQLFormattedError;

/**
 * Turns what was thrown into what a client may see, over HTTP and WebSocket alike: a code and what to do. Nothing of the inside leaves; it is logged
 * instead.
 */
export function createErrorFormatter(logger: Logger): ErrorFormatter {
  return (error) => {
    const formatted = error instanceof GraphQLError ? error.toJSON() : { message: '' };
    const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
    const known = describe(cause);
    if (known) return { ...formatted, message: known.message, extensions: { code: known.code, ...known.details } };
    const code = error instanceof GraphQLError ? codeOf(error) : undefined;
    if (error instanceof GraphQLError && code !== undefined) {
      const { stacktrace: _stack, http: _http, ...extensions } = formatted.extensions ?? {};
      return { ...formatted, message: withoutEchoes(error), extensions: { ...extensions, code } };
    }
    logger.error({ err: cause }, 'a request failed');
    return {
      ...formatted,
      message: 'something went wrong inside; it is in the log of the server',
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    };
  };
}

/** The code that the client of a request sees for what was thrown. */
export function codeOfError(error: unknown): string {
  const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  return describe(cause)?.code ?? (error instanceof GraphQLError ? codeOf(error) : undefined) ?? 'INTERNAL_SERVER_ERROR';
}

/** Says why a request was not run at all, with the HTTP status that tells whose fault it is, and whether it passes. */
export function notRun(error: unknown): GraphQLError {
  const cause = error instanceof Error ? error : new Error(String(error));
  const passes = [AppliedNotVisibleError, StoreUnavailableError, ReadModelUnavailableError].some((passing) => cause instanceof passing);
  if (cause instanceof Refusal && cause.code === 'UNAUTHENTICATED') {
    const headers = new HeaderMap([['www-authenticate', 'Bearer']]);
    return new GraphQLError(cause.message, { originalError: cause, extensions: { http: { status: 401, headers } } });
  }
  if (cause instanceof RateLimitedError) {
    const headers = new HeaderMap([['retry-after', `${cause.retryAfterSeconds}`]]);
    return new GraphQLError(cause.message, { originalError: cause, extensions: { http: { status: 429, headers } } });
  }
  const status = passes ? 503 : cause instanceof Refusal ? 400 : 500;
  return new GraphQLError(cause.message, { originalError: cause, extensions: { http: { status } } });
}

/** The code of an error that was meant for the client; undefined for a fault of the server. */
function codeOf(error: GraphQLError): string | undefined {
  const { code } = error.extensions;
  if (typeof code === 'string') return code === 'INTERNAL_SERVER_ERROR' ? undefined : code;
  return error.nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION ? 'BAD_USER_INPUT' : undefined;
}

interface KnownError {
  readonly code: string;
  readonly message: string;
  readonly details?: object;
}

function describe(error: unknown): KnownError | undefined {
  if (error instanceof Refusal) return { code: error.code, message: error.message, details: error.details };
  if (error instanceof ImportFailedError) {
    const { message, file, line } = error;
    return { code: 'IMPORT_FAILED', message, details: { file: file ?? null, line: line ?? null } };
  }
  if (error instanceof AppliedNotVisibleError) {
    return { code: 'APPLIED_NOT_VISIBLE', message: error.message, details: { position: error.position } };
  }
  if (error instanceof StoreUnavailableError) {
    return {
      code: 'STORE_UNAVAILABLE',
      message: `the event store cannot be reached just now: queries go on; try again in ${RETRY_AFTER_SECONDS} seconds, a mutation with the same commandId`,
      details: { retryAfterSeconds: RETRY_AFTER_SECONDS },
    };
  }
  if (error instanceof ReadModelUnavailableError) {
    return {
      code: 'READ_MODEL_UNAVAILABLE',
      message: `${error.message}: try again in ${RETRY_AFTER_SECONDS} seconds; /health/ready tells how far they are`,
      details: { retryAfterSeconds: RETRY_AFTER_SECONDS },
    };
  }
  if (error instanceof RateLimitedError) {
    return { code: 'RATE_LIMITED', message: error.message, details: { retryAfterSeconds: error.retryAfterSeconds } };
  }
  if (error instanceof AppendTooLargeError) {
    return {
      code: ApolloServerErrorCode.BAD_USER_INPUT,
      message: `this changes more than ${error.maxBytes} bytes at once: do it in parts`,
    };
  }
  if (error instanceof ArgumentValidationError) {
    const problems = problemsOf(error.extensions.validationErrors);
    return {
      code: ApolloServerErrorCode.BAD_USER_INPUT,
      message: problems.map(({ message }) => message).join('; '),
      details: { problems },
    };
  }
  return undefined;
}

function problemsOf(errors: readonly ValidationError[], path = ''): { path: string; message: string }[] {
  return errors.flatMap(({ property, constraints, children }) => {
    const at = path ? `${path}.${property}` : property;
    const own = Object.values(constraints ?? {}).map((message) => ({ path: at, message: `${at}: ${message}` }));
    return [...own, ...problemsOf(children ?? [], at)];
  });
}
