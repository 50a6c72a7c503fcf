import { ApolloServer, HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { getOperationAST, GraphQLError, OperationTypeNode, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
}

const MAX_TOKENS = 20_000;

export function createApollo<Context extends object>({ schema, formatError }: ApolloOptions): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema,
    formatError,
    csrfPrevention: true,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    parseOptions: { maxTokens: MAX_TOKENS },
    plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginLandingPageDisabled(), refuseSubscriptions(), answerOkForJson()],
  });
}

/** A subscription sent as a request would run as if it were a query; it belongs on the WebSocket. */
function refuseSubscriptions(): ApolloServerPlugin {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: ({ document, operationName }) => {
          if (getOperationAST(document, operationName)?.operation !== OperationTypeNode.SUBSCRIPTION) return Promise.resolve();
          const headers = new HeaderMap([['allow', 'GET, POST']]);
          throw new GraphQLError('subscriptions are served over WebSocket (protocol graphql-transport-ws) at this address', {
            extensions: { code: 'BAD_REQUEST', http: { status: 405, headers } },
          });
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
