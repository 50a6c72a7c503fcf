import { ApolloServer, HeaderMap, type ApolloServerOptionsWithGateway, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { GraphQLError, OperationTypeNode } from 'graphql';
import { createExecutor } from './compiled.js';
import { AS_IT_IS } from './compression.js';
import { executeWithin } from './deadline.js';
import { notParsed, problemsOf } from './documents.js';
import { MAX_TOKENS, type RequestScope, type ServedApi } from './operation.js';
import { runOnly } from './run-only.js';

type Gateway = NonNullable<ApolloServerOptionsWithGateway<RequestScope>['gateway']>;

export interface ApolloOptions<Context extends RequestScope> extends ServedApi<Context> {
  /** Whether texts are remembered by their hashes, where clients ask for that (automatic persisted queries). */
  readonly automaticDocuments: boolean;
}

export function createApollo<Context extends RequestScope>(api: ApolloOptions<Context>): ApolloServer<Context> {
  const { formatError, trustedDocuments } = api;
  return new ApolloServer<Context>({
    gateway: executedWithin(api),
    formatError: (_formatted, error) => formatError(isOfDepth(error) ? notParsed(error) : withCode(error)),
    csrfPrevention: true,
    // Of documents and remembered texts: 30 MiB of each, those used last.
    cache: 'bounded',
    ...((!api.automaticDocuments || trustedDocuments) && { persistedQueries: false }),
    introspection: true,
    // Done by checkOperations, within bounds.
    dangerouslyDisableValidation: true,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    parseOptions: { maxTokens: MAX_TOKENS },
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ...(trustedDocuments ? [runOnly(trustedDocuments)] : []),
      checkOperations(api),
      tellErrors(),
      answerOkForJson(),
      sendMutationsAsTheyAre,
    ],
  });
}

/** What Apollo refuses of automatic persisted queries without a code: a hash that is not that of the text, or another version. */
function withCode(error: unknown): unknown {
  if (!(error instanceof GraphQLError) || error.originalError || error.extensions['code'] !== undefined) return error;
  const { http } = error.extensions;
  const isRefusal = typeof http === 'object' && http !== null && 'status' in http && http.status === 400;
  return isRefusal ? new GraphQLError(error.message, { extensions: { code: 'BAD_REQUEST' } }) : error;
}

/** What Apollo leaves the execution to, which else it lets take as long as it takes. */
function executedWithin<Context extends RequestScope>({ schema, limits }: ServedApi<Context>): Gateway {
  const run = createExecutor(schema);
  return {
    load: () =>
      Promise.resolve({
        executor: ({ document, operation, operationName, request, context }) => {
          const variableValues = request.variables;
          const args = { schema, document, operation, operationName, variableValues, contextValue: context as Context };
          return executeWithin(args, limits.operationTimeoutMs, run);
        },
      }),
    onSchemaLoadOrUpdate: (listener) => {
      listener({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => undefined;
    },
    stop: () => Promise.resolve(),
  };
}

/** Whether the parser ran out of stack; Apollo wraps that twice. */
function isOfDepth(error: unknown): boolean {
  return error instanceof RangeError || (error instanceof GraphQLError && isOfDepth(error.originalError));
}

type OperationRules<Context extends RequestScope> = Pick<ServedApi<Context>, 'schema' | 'limits' | 'check' | 'formatError'>;

/** Validates documents as the other transports do, and looks at each operation that is to run: variables come anew. */
function checkOperations<Context extends RequestScope>(api: OperationRules<Context>): ApolloServerPlugin<Context> {
  const { check, formatError } = api;
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: async ({ schema, document, operation, request, contextValue }) => {
          // It is refused in the next step.
          if (!operation || problemsOf(api, document).length > 0) return;
          contextValue.observation?.resolved(operation);
          if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw subscriptionOverHttp();
          await contextValue.charge(check({ schema, document, operation, variables: request.variables }).cost);
        },
        responseForOperation: ({ document, response }) => {
          const problems = problemsOf(api, document);
          if (problems.length === 0) return Promise.resolve(null);
          const { headers } = response.http;
          const errors = problems.map(formatError);
          return Promise.resolve({ http: { status: 400, headers }, body: { kind: 'single', singleResult: { errors } } });
        },
      }),
  };
}

const SUBSCRIPTIONS_ELSEWHERE =
  'subscriptions are served at this address over WebSocket (protocol graphql-transport-ws), and to requests with the header Accept: text/event-stream';

/** A subscription sent as a request would run as if it were a query; it belongs on a WebSocket, or in a stream. */
function subscriptionOverHttp(): GraphQLError {
  const headers = new HeaderMap([['allow', 'GET, POST']]);
  return new GraphQLError(SUBSCRIPTIONS_ELSEWHERE, {
    extensions: { code: 'BAD_REQUEST', http: { status: 405, headers } },
  });
}

/** Tells the observation of an operation what its client is told. */
function tellErrors(): ApolloServerPlugin<RequestScope> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: ({ contextValue, response: { body } }) => {
          if (body.kind === 'single') contextValue.observation?.refused(body.singleResult.errors);
          return Promise.resolve();
        },
      }),
  };
}

/**
 * GraphQL over HTTP: a client that reads `application/json` gets 200 for a well-formed request whose document is refused; the status tells only
 * clients of `application/graphql-response+json`.
 */
function answerOkForJson(): ApolloServerPlugin {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: ({ request, response }) => {
          const accepts = request.http?.headers.get('accept') ?? '';
          const isJson = !accepts.includes('application/graphql-response+json');
          if (isJson && response.http.status === 400 && typeof request.query === 'string') response.http.status = 200;
          return Promise.resolve();
        },
      }),
  };
}

/** Answers to mutations may hold a secret. */
const sendMutationsAsTheyAre: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse: ({ operation, response }) => {
        if (operation?.operation === OperationTypeNode.MUTATION) response.http.headers.set('cache-control', AS_IT_IS);
        return Promise.resolve();
      },
    }),
};
