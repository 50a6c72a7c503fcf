import type { IncomingMessage, Server } from 'node:http';
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

/** What an operation is answered with; to be ended when it is answered. */
export interface RequestScope {
  end(): void;
}

export interface WebSocketOptions<Context extends RequestScope> {
  readonly server: Server;
  readonly path: string;
  readonly schema: GraphQLSchema;
  /** A context for each operation. */
  readonly context: (request: IncomingMessage) => Promise<Context>;
  readonly formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
}

const MAX_MESSAGE_BYTES = 1024 * 1024;

/**
 * Serves GraphQL over WebSocket (protocol graphql-transport-ws) on the port of an HTTP server.
 * @returns ends all connections with close code 1001 (going away), and their subscriptions.
 */
export function serveWebSocket<Context extends RequestScope>({
  server,
  path,
  schema,
  context,
  formatError,
}: WebSocketOptions<Context>): () => Promise<void> {
  const sockets = new WebSocketServer({ server, path, maxPayload: MAX_MESSAGE_BYTES });
  const format = (error: GraphQLError): GraphQLFormattedError => formatError(error.toJSON(), error);
  const { dispose } = useServer(
    {
      schema,
      context: ({ extra }) => context(extra.request),
      // Queries and mutations are answered then; what a subscription sends from then on, it reads from the log.
      onOperation: (_context, _id, _payload, { contextValue }) => (contextValue as Context).end(),
      onError: (_context, _id, _payload, errors) => errors.map((error) => format(error)),
      onNext: (_context, _id, _payload, _args, result) => ({
        ...result,
        ...(result.errors && { errors: result.errors.map((error) => format(error)) }),
      }),
    },
    sockets,
  );
  return async () => {
    await dispose();
  };
}
