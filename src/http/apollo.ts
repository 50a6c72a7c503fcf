import { ApolloServer, HeaderMap, type ApolloServerOptionsWithGateway, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { GraphQLError, OperationTypeNode, type ExecutionArgs, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { createExecutor } from './compiled.js';
import { notParsed, problemsOf } from './documents.js';
import { MAX_TOKENS, type RequestScope, type ServedApi } from './operation.js';

export function createApollo<Context extends RequestScope>(api: ServedApi<Context>): ApolloServer<Context> {
  const { schema, formatError } = api;
  return new ApolloServer<Context>({
    gateway: executedBy(createExecutor(schema), schema),
    formatError: (_formatted, error) => formatError(isOfDepth(error) ? notParsed(error) : error),
    csrfPrevention: true,
    introspection: true,
    // Done by checkOperations, within bounds.
    dangerouslyDisableValidation: true,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    parseOptions: { maxTokens: MAX_TOKENS },
    plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginLandingPageDisabled(), checkOperations(api), answerOkForJson()],
  });
}

/** What Apollo leaves the execution to. */
function executedBy(
  run: (args: ExecutionArgs) => Promise<ExecutionResult>,
  schema: GraphQLSchema,
): ApolloServerOptionsWithGateway<RequestScope>['gateway'] {
  return {
    load: () =>
      Promise.resolve({
        executor: ({ document, operationName, request, context }) =>
          run({ schema, document, operationName, variableValues: request.variables, contextValue: context }),
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

type OperationRules = Pick<ServedApi<RequestScope>, 'schema' | 'limits' | 'check' | 'formatError'>;

/** Validates documents as the other transports do, and looks at each operation that is to run: variables come anew. */
function checkOperations(api: OperationRules): ApolloServerPlugin {
  const { check, formatError } = api;
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: ({ schema, document, operation, request }) => {
          // It is refused in the next step.
          if (!operation || problemsOf(api, document).length > 0) return Promise.resolve();
          if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw subscriptionOverHttp();
          check({ schema, document, operation, variables: request.variables });
          return Promise.resolve();
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

/** A subscription sent as a request would run as if it were a query; it belongs on the WebSocket. */
function subscriptionOverHttp(): GraphQLError {
  const headers = new HeaderMap([['allow', 'GET, POST']]);
  return new GraphQLError('subscriptions are served over WebSocket (protocol graphql-transport-ws) at this address', {
    extensions: { code: 'BAD_REQUEST', http: { status: 405, headers } },
  });
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
