import { ApolloServerErrorCode } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ArgumentValidationError } from 'type-graphql';
import type { ValidationError } from 'class-validator';
import { Refusal } from '../domain/errors.js';
import { ImportFailedError } from '../importers/imported-project.js';
import type { Logger } from '../logger.js';
import { AppendTooLargeError, StoreUnavailableError } from '../store/errors.js';

/** The change is in the log; the read models do not show it yet. */
export class AppliedNotVisibleError extends Error {
  override readonly name = 'AppliedNotVisibleError';

  constructor(readonly position: string) {
    super('the change is made, and not visible yet: read again later, with the header Regraft-Min-Position');
  }
}

/** Turns what was thrown into what a client may see: a code and what to do. Nothing of the inside leaves; it is logged instead. */
export function createErrorFormatter(logger: Logger): (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError {
  return (formatted, error) => {
    const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
    const known = describe(cause);
    if (known) return { ...formatted, message: known.message, extensions: { code: known.code, ...known.details } };
    const code = formatted.extensions?.['code'];
    if (typeof code === 'string' && code !== 'INTERNAL_SERVER_ERROR') return withoutStack(formatted);
    if (cause instanceof GraphQLError && code !== 'INTERNAL_SERVER_ERROR') return withoutStack(formatted);
    logger.error({ err: cause }, 'a request failed');
    return {
      ...formatted,
      message: 'something went wrong inside; it is in the log of the server',
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    };
  };
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
    return { code: 'STORE_UNAVAILABLE', message: 'the event store is unavailable just now: try again' };
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

function withoutStack(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const { stacktrace: _, ...extensions } = formatted.extensions ?? {};
  return { ...formatted, extensions };
}
