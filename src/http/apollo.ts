import { ApolloServer, HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { GraphQLError, OperationTypeNode } from 'graphql';
import { MAX_TOKENS, type RequestScope, type ServedApi } from './operation.js';

export function createApollo<Context extends RequestScope>({ schema, check, formatError }: ServedApi<Context>): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema,
    formatError: (_formatted, error) => formatError(error),
    csrfPrevention: true,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    parseOptions: { maxTokens: MAX_TOKENS },
    plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginLandingPageDisabled(), checkOperations(check), answerOkForJson()],
  });
}

/** Once for each request: documents are kept with their validation, variables come anew. */
function checkOperations(check: ServedApi<RequestScope>['check']): ApolloServerPlugin {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: ({ schema, document, operation, request }) => {
          // Apollo refuses it in its next step.
          if (!operation) return Promise.resolve();
          if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw subscriptionOverHttp();
          check({ schema, document, operation, variables: request.variables });
          return Promise.resolve();
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
