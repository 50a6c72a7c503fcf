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
import type { Caller } from './caller.js';
import type { Observation } from '../telemetry/observation.js';
import { notParsed, problemsOf } from './documents.js';
import type { SentDocument, TrustedDocuments } from './trusted-documents.js';

/** What an operation is answered with; to be ended when it is answered. */
export interface RequestScope {
  /** How far the read models are that it is answered from, as clients see it. */
  readonly position: string;
  /** Takes what an operation costs from what its client may ask for. @throws GraphQLError RATE_LIMITED. */
  readonly charge: (cost: number) => Promise<void>;
  /** Who asks, where that is known. */
  readonly client: string | undefined;
  /** What operators are told of the operation; not there in tests of resolvers alone. */
  readonly observation?: Observation | undefined;
  end(): void;
  /** Gives up what still runs for it, and ends it. */
  abort(reason: Error): void;
}

/** Whose limits an operation counts towards: whoever asks, or whoever is at that address where everybody may. */
export function clientOf({ client }: RequestScope, { address }: Caller): string {
  return client === undefined ? `address ${address}` : `actor ${client}`;
}

/** The API, as all transports (HTTP, WebSocket, Server-Sent Events) serve it. */
export interface ServedApi<Context extends RequestScope> {
  readonly schema: GraphQLSchema;
  /** The context of an operation, by who sent it, or opened its socket. */
  readonly context: (caller: Caller, observation: Observation) => Promise<Context>;
  /** What somebody is told who opens a socket. */
  readonly greet: (caller: Caller) => Promise<Greeting>;
  /** Whether somebody is still let in: asked now and then of sockets that stay open. */
  readonly isLetIn: (caller: Caller) => Promise<boolean>;
  /** Looks at a valid operation before it runs, and throws where it shall not. */
  readonly check: (operation: OperationToRun) => { readonly cost: number };
  readonly formatError: (error: unknown) => GraphQLFormattedError;
  readonly limits: Limits;
  /** The only documents that run; any does where there are none. */
  readonly trustedDocuments?: TrustedDocuments | undefined;
}

/** `LATER`: there were too many others who were not let in. */
export type Greeting = 'WELCOME' | 'UNAUTHORIZED' | 'LATER';

export interface OperationToRun {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
}

export interface OperationRequest extends SentDocument {
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
  { schema, context, check, limits, trustedDocuments }: ServedApi<Context>,
  request: OperationRequest,
  caller: Caller,
  observation: Observation,
): Promise<Admitted<Context> | readonly GraphQLError[]> {
  let contextValue: Context | undefined;
  const refused = (errors: readonly GraphQLError[]): readonly GraphQLError[] => {
    contextValue?.end();
    return errors;
  };
  try {
    contextValue = await context(caller, observation);
    const { operationName, variables } = request;
    const document = parseDocument(trustedDocuments ? trustedDocuments.textOf(request) : request.query);
    const problems = problemsOf({ schema, limits }, document);
    if (problems.length > 0) return refused(problems);
    const operation = getOperationAST(document, operationName);
    if (!operation) return refused([unresolved(operationName)]);
    observation.resolved(operation);
    await contextValue.charge(check({ schema, document, operation, variables }).cost);
    return { schema, document, operation, operationName, variableValues: variables, contextValue };
  } catch (error) {
    if (error instanceof GraphQLError) return refused([error]);
    const cause = error instanceof Error ? error : new Error(String(error));
    return refused([new GraphQLError(cause.message, { originalError: cause })]);
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

/** Runs what was admitted so that spans are beneath that of its observation. */
export function observed<Result>({ contextValue: { observation } }: Admitted<RequestScope>, run: () => Result): Result {
  return observation ? observation.run(run) : run();
}
