import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import {
  getOperationAST,
  GraphQLError,
  parse,
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Limits } from '../config/limits.js';
import { notParsed, problemsOf } from './documents.js';

/** What an operation is answered with; to be ended when it is answered. */
export interface RequestScope {
  /** How far the read models are that it is answered from, as clients see it. */
  readonly position: string;
  /** Who asks, where that is known. */
  readonly client: string | undefined;
  end(): void;
  /** Gives up what still runs for it, and ends it. */
  abort(reason: Error): void;
}

/** Whose limits an operation counts towards: whoever asks, or whoever is at that address where everybody may. */
export function clientOf({ client }: RequestScope, { socket }: IncomingMessage): string {
  return client === undefined ? `address ${socket.remoteAddress ?? ''}` : `actor ${client}`;
}

/** The API, as all transports (HTTP, WebSocket, Server-Sent Events) serve it. */
export interface ServedApi<Context extends RequestScope> {
  readonly schema: GraphQLSchema;
  /** The context of an operation, by the headers that it or its socket came with. */
  readonly context: (headers: IncomingHttpHeaders) => Promise<Context>;
  /** Whether whoever came with these headers is still let in: asked now and then of sockets that stay open. */
  readonly isLetIn: (headers: IncomingHttpHeaders) => Promise<boolean>;
  /** Looks at a valid operation before it runs, and throws where it shall not. */
  readonly check: (operation: OperationToRun) => void;
  readonly formatError: (error: unknown) => GraphQLFormattedError;
  readonly limits: Limits;
}

export interface OperationToRun {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
}

export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

/** An operation that may run. */
export interface Admitted<Context extends RequestScope> extends ExecutionArgs {
  readonly operation: OperationDefinitionNode;
  readonly contextValue: Context;
}

/** What a document may have at most: it is parsed and validated before its cost can be known. */
export const MAX_TOKENS = 20_000;

/**
 * What Apollo does before it runs an operation, for the transports that it does not serve.
 * @returns what to run, or why not.
 */
export async function admit<Context extends RequestScope>(
  { schema, context, check, limits }: ServedApi<Context>,
  { query, operationName, variables }: OperationRequest,
  headers: IncomingHttpHeaders,
): Promise<Admitted<Context> | readonly GraphQLError[]> {
  try {
    const document = parseDocument(query);
    const problems = problemsOf({ schema, limits }, document);
    if (problems.length > 0) return problems;
    const operation = getOperationAST(document, operationName);
    if (!operation) return [unresolved(operationName)];
    check({ schema, document, operation, variables });
    return { schema, document, operation, operationName, variableValues: variables, contextValue: await context(headers) };
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    const cause = error instanceof Error ? error : new Error(String(error));
    return [new GraphQLError(cause.message, { originalError: cause })];
  }
}

function parseDocument(query: string): DocumentNode {
  try {
    return parse(query, { maxTokens: MAX_TOKENS });
  } catch (error) {
    throw notParsed(error);
  }
}

function unresolved(operationName: string | null | undefined): GraphQLError {
  const message = operationName
    ? `Unknown operation named "${operationName}".`
    : 'Must provide operation name if query contains multiple operations.';
  return new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } });
}
