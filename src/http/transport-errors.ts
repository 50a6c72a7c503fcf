import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** What a request is told that never came to an operation, by its HTTP status. */
const REFUSALS: Readonly<Record<number, { readonly code: string; readonly message: string }>> = {
  400: { code: 'BAD_REQUEST', message: 'the request is not well-formed HTTP' },
  403: { code: 'FORBIDDEN', message: 'this is not allowed' },
  404: { code: 'NOT_FOUND', message: 'nothing is served at this address: the API is at /graphql' },
  405: { code: 'METHOD_NOT_ALLOWED', message: 'this method is not served here: the header Allow tells those that are' },
  408: { code: 'REQUEST_TIMEOUT', message: 'the request took too long to arrive: send it again' },
  413: { code: 'BODY_TOO_LARGE', message: 'the body is larger than 8 MiB: send it in parts' },
  415: {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'bodies are read as JSON, uncompressed: send Content-Type: application/json, and no Content-Encoding',
  },
  431: { code: 'HEADERS_TOO_LARGE', message: 'address and headers are longer than 16 KiB: send the query by POST' },
  503: { code: 'UNAVAILABLE', message: 'the server stops: ask again when it is back' },
};
const INSIDE = { code: 'INTERNAL_SERVER_ERROR', message: 'something went wrong inside; it is in the log of the server' };

const UNREADABLE = { code: 'BAD_REQUEST', message: 'the request cannot be read' };

function refusalOf(status: number): { readonly code: string; readonly message: string } {
  return REFUSALS[status] ?? (status >= 500 ? INSIDE : UNREADABLE);
}

/** What a request is refused with that has no code of its own. */
export function codeOfStatus(status: number): string {
  return refusalOf(status).code;
}

/** The body of such an answer: an error of GraphQL, so that clients have one kind to read. */
export function refusalBody(status: number, message?: string): { readonly errors: readonly object[] } {
  const refusal = refusalOf(status);
  return { errors: [{ message: message ?? refusal.message, extensions: { code: refusal.code } }] };
}

/** What Fastify answers by itself, in our words: no address is repeated, no route or parser named. */
export function answerRefusals(app: FastifyInstance): void {
  app.setErrorHandler<Error & { statusCode?: number }>(async (error, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) app.log.error({ err: error }, 'a request failed');
    await reply.status(status).send(refusalBody(status, status === 400 ? error.message : undefined));
  });
  app.setNotFoundHandler(async ({ url }, reply) => {
    const allowed = methodsAt(app, url.split('?')[0] ?? url);
    if (allowed.length > 0) void reply.header('allow', allowed.join(', '));
    const status = allowed.length > 0 ? 405 : 404;
    await reply.status(status).send(refusalBody(status));
  });
  // RFC 9112, section 3.2: whoever stands between may have read the other one.
  app.addHook('onRequest', async ({ raw }, reply) => {
    if ((raw.headersDistinct['host'] ?? []).length > 1) await reply.status(400).send(refusalBody(400, 'there are two headers Host'));
  });
}

function methodsAt(app: FastifyInstance, url: string): readonly string[] {
  return ['GET', 'HEAD', 'POST'].filter((method) => app.hasRoute({ url, method }));
}

/** For addresses that no route can be looked up for. */
export function answerBadAddress(_error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  void reply.status(400).send(refusalBody(400, 'the address is not well-formed'));
}

/** For what Node's parser of HTTP gives up at. There is no request then: the connection is answered, and ends. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  refuseConnection(socket, status);
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  503: 'Service Unavailable',
};

/** Answers by hand where there is no response object, and ends the connection. */
export function refuseConnection(socket: Socket, status: number, message?: string): void {
  const body = JSON.stringify(refusalBody(status, message));
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Bad Request'}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.on('error', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
