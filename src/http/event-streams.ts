import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import { OperationTypeNode, subscribe, type ExecutionResult, type GraphQLError } from 'graphql';
import { createHandler, type RequestParams, type Response } from 'graphql-sse';
import type { Observation } from '../telemetry/observation.js';
import type { CallerOf } from './caller.js';
import { couldBeCrossSite, CROSS_SITE } from './cross-site.js';
import { executeWithin } from './deadline.js';
import { EventStream } from './event-stream.js';
import { admit, clientOf, observed, type RequestScope, type ServedApi } from './operation.js';
import { GOODBYE_MS, Outlet } from './outlet.js';
import type { Results, Subscriptions } from './subscriptions.js';
import { refusalBody } from './transport-errors.js';
import type { SentDocument } from './trusted-documents.js';
import { watch } from './watch.js';

export interface EventStreamsOptions<Context extends RequestScope> extends ServedApi<Context> {
  readonly callerOf: CallerOf;
  readonly subscriptions: Subscriptions;
  readonly logger: FastifyBaseLogger;
  readonly observationOf: (request: FastifyRequest) => Observation;
}

const EVENT_STREAM = 'text/event-stream';
const JSON_TYPE = 'application/json; charset=utf-8';
const TOO_SLOW = 'too slow to read: subscribe again after the last position that you have';
const GOING_AWAY = 'the server stops: subscribe again after the last position that you have';
const NOT_ANY_MORE = { message: 'the token is not good any more: ask for another', extensions: { code: 'UNAUTHENTICATED' } };

/** Whether a request asks for Server-Sent Events, and for nothing else: a client that would read JSON, too, is answered with that. */
export function wantsEventStream(accept: string | undefined): boolean {
  const types = (accept ?? '').split(',').map((type) => type.split(';')[0]?.trim().toLowerCase());
  return types.every((type) => type === EVENT_STREAM);
}

/** Stands for the document that a request names. */
const ANY = '{ __typename }';

/** What one request is about, while it is answered. */
interface Asked {
  readonly outlet: Outlet;
  isSubscription: boolean;
}

/** Serves GraphQL over Server-Sent Events (protocol graphql-sse, distinct connections mode): one request, one operation, one stream. */
export class EventStreams<Context extends RequestScope> {
  readonly #handle: (request: FastifyRequest, asked: Asked) => Promise<Response>;
  readonly #subscribed = new Set<EventStream>();
  #stopping = false;

  constructor(private readonly options: EventStreamsOptions<Context>) {
    const handle = createHandler<FastifyRequest, Asked>({
      // Streams belong to their request: none is kept for others to write to, which is the other mode.
      authenticate: () => null,
      onSubscribe: ({ raw, context }, params) => this.#run(raw, context, params),
      onNext: (_context, { raw }, result) => this.#shown(raw, result),
    });
    this.#handle = (raw, context) =>
      handle({
        method: raw.method,
        url: this.#named(raw) && raw.method === 'GET' ? `${raw.url}&query=${encodeURIComponent(ANY)}` : raw.url,
        headers: { get: (name) => (name === 'accept' ? EVENT_STREAM : raw.headers[name]?.toString()) },
        // Whatever is no object is refused as such.
        body: JSON.stringify(this.#named(raw) ? { ...(raw.body as object), query: ANY } : (raw.body ?? null)),
        raw,
        context,
      });
  }

  /** What a request says of its document where those run alone that are named: the protocol knows texts only. */
  #named({ method, body, query }: FastifyRequest): (SentDocument & { readonly query: string }) | undefined {
    if (!this.options.trustedDocuments) return undefined;
    const sent = method === 'GET' ? query : body;
    if (typeof sent !== 'object' || sent === null) return undefined;
    const { query: text, documentId, extensions } = sent as SentDocument;
    return { query: typeof text === 'string' ? text : '', documentId, extensions: method === 'GET' ? parsed(extensions) : extensions };
  }

  async answer(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    if (couldBeCrossSite(request.headers)) return reply.status(400).send(refusalBody(400, CROSS_SITE));
    const asked: Asked = { outlet: new Outlet(request.raw.socket), isSubscription: false };
    const [body, { status, headers }] = await this.#handle(request, asked);
    if (body === null || typeof body === 'string') {
      return reply
        .status(status)
        .headers({ ...headers, 'content-type': JSON_TYPE })
        .send(withCode(status, body));
    }
    await this.#send(new EventStream(reply, body, asked.outlet), request, asked);
    return reply;
  }

  /** Cuts the subscriptions; other operations are answered. */
  stop(): void {
    this.#stopping = true;
    for (const stream of this.#subscribed) stream.cut(GOING_AWAY, GOODBYE_MS);
  }

  async #send(stream: EventStream, request: FastifyRequest, { outlet, isSubscription }: Asked): Promise<void> {
    const { limits, isLetIn, formatError, logger } = this.options;
    const letGo = (): void => {
      logger.info({ unreadBytes: outlet.unread }, 'a client that does not read its stream of events is let go');
      stream.cut(TOO_SLOW, limits.unreadMs);
    };
    const ends = [outlet.onStall(limits.unreadMs, letGo)];
    if (isSubscription) {
      this.#subscribed.add(stream);
      const caller = this.options.callerOf(request.raw);
      const refuse = (): void => {
        this.options.observationOf(request).refused([NOT_ANY_MORE]);
        stream.refuse({ errors: [NOT_ANY_MORE] });
      };
      ends.push(watch(() => isLetIn(caller), refuse));
      if (this.#stopping) stream.cut(GOING_AWAY, GOODBYE_MS);
    }
    try {
      await stream.run();
    } catch (error) {
      const errors = [formatError(error)];
      this.options.observationOf(request).refused(errors);
      stream.refuse({ errors });
    } finally {
      this.#subscribed.delete(stream);
      for (const end of ends) end();
    }
  }

  /** @returns the answers to an operation, or the HTTP response to a request that is not run. */
  async #run(request: FastifyRequest, asked: Asked, params: RequestParams): Promise<Response | Results> {
    const caller = this.options.callerOf(request.raw);
    const admitted = await admit(this.options, { ...params, ...this.#named(request) }, caller, this.options.observationOf(request));
    if ('length' in admitted) return this.#refuse(request, admitted);
    const { operation, contextValue } = admitted;
    try {
      if (operation.operation === OperationTypeNode.MUTATION && request.method === 'GET') return ONLY_BY_POST;
      asked.isSubscription = operation.operation === OperationTypeNode.SUBSCRIPTION;
      const run = (): ReturnType<typeof subscribe> =>
        Promise.resolve(asked.isSubscription ? subscribe(admitted) : executeWithin(admitted, this.options.limits.operationTimeoutMs));
      const result = await observed(admitted, run);
      if (!(Symbol.asyncIterator in result)) return once(result);
      const held = await this.options.subscriptions.hold(result, clientOf(contextValue, caller), asked.outlet);
      return Symbol.asyncIterator in held ? held : once(held);
    } finally {
      // What a subscription sends from then on, it reads from the log.
      contextValue.end();
    }
  }

  /** What is wrong with a document is told in the stream, as the protocol wants it; what is wrong with the request, or the server, by a status. */
  #refuse(request: FastifyRequest, errors: readonly GraphQLError[]): Response | Results {
    const http = errors.map(({ extensions }) => httpOf(extensions['http'])).find((each) => each !== undefined && each.status !== 400);
    if (!http) return once({ errors });
    const formatted = errors.map(this.options.formatError);
    this.options.observationOf(request).refused(formatted);
    return [JSON.stringify({ errors: formatted }), { ...http, statusText: '' }];
  }

  #shown(request: FastifyRequest, result: object): object {
    const errors: unknown = 'errors' in result ? result.errors : undefined;
    if (!Array.isArray(errors)) return result;
    const formatted = errors.map(this.options.formatError);
    this.options.observationOf(request).refused(formatted);
    return { ...result, errors: formatted };
  }
}

const ONLY_BY_POST: Response = [
  JSON.stringify(refusalBody(405, 'a mutation is sent by POST')),
  { status: 405, statusText: '', headers: { allow: 'POST' } },
];

// eslint-disable-next-line @typescript-eslint/require-await -- a stream of one
async function* once(result: ExecutionResult): AsyncGenerator<ExecutionResult, void, void> {
  yield result;
}

/** The response that an error asks for. */
function httpOf(http: unknown): { readonly status: number; readonly headers: Record<string, string> } | undefined {
  if (typeof http !== 'object' || http === null || !('status' in http) || typeof http.status !== 'number') return undefined;
  const headers =
    'headers' in http && http.headers instanceof Map ? (http.headers as ReadonlyMap<string, string>) : new Map<string, string>();
  return { status: http.status, headers: Object.fromEntries(headers) };
}

/** What the protocol's library answers by itself has no code. */
function withCode(status: number, body: string | null): object | string {
  const { errors } = JSON.parse(body ?? '{}') as { errors?: readonly { message?: string; extensions?: object }[] };
  return body !== null && errors?.[0]?.extensions ? body : refusalBody(status, errors?.[0]?.message);
}

/** Of a query string. */
function parsed(json: unknown): unknown {
  try {
    return typeof json === 'string' ? JSON.parse(json) : undefined;
  } catch {
    // It names no document then, and is refused for that.
    return undefined;
  }
}
