import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { CallerOf } from './caller.js';
import type { RequestScope, ServedApi } from './operation.js';
import { refusalBody } from './transport-errors.js';

/** A file of any length, made as it is read. */
export interface Download {
  readonly contentType: string;
  readonly fileName: string;
  /** What is in it, up to there, as clients see positions. */
  readonly position: string;
  readonly pieces: AsyncIterable<string>;
}

/**
 * Opens a download for who asks, by the parameters of the address.
 * @param signal is aborted when nobody reads it any more.
 * @throws what `formatError` explains to the client.
 */
export type OpenDownload<Context> = (context: Context, query: URLSearchParams, signal: AbortSignal) => Promise<Download>;

export interface DownloadOptions<Context extends RequestScope> extends Pick<ServedApi<Context>, 'context' | 'formatError' | 'limits'> {
  readonly callerOf: CallerOf;
  /** By their paths. */
  readonly downloads: Readonly<Record<string, OpenDownload<Context>>>;
}

/** Each holds a page of events. */
const AT_ONCE = 8;
const POSITION_HEADER = 'regraft-position';

/**
 * Serves files that are read as fast as the client takes them, and no longer than it is there. One that takes nothing for as long as a request may take
 * to arrive is disconnected. What fails before the first piece is answered with an error; later it breaks the connection, so that no half file looks whole.
 */
export function serveDownloads<Context extends RequestScope>(app: FastifyInstance, options: DownloadOptions<Context>): void {
  let running = 0;
  const serve = async (open: OpenDownload<Context>, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (running >= AT_ONCE) {
      const message = `${AT_ONCE} downloads run already: ask again when one of them has ended`;
      return reply.status(503).header('retry-after', '10').send(refusalBody(503, message));
    }
    running += 1;
    const gone = new AbortController();
    reply.raw.once('close', () => {
      running -= 1;
      gone.abort();
    });
    reply.raw.setTimeout(options.limits.requestTimeoutMs, () => reply.raw.destroy());
    try {
      const { download, pieces } = await begun(options, open, request, gone.signal);
      return await reply
        .header('content-type', download.contentType)
        .header('content-disposition', `attachment; filename="${download.fileName}"`)
        .header('x-content-type-options', 'nosniff')
        .header(POSITION_HEADER, download.position)
        .send(Readable.from(pieces, { objectMode: false }));
    } catch (error) {
      return answerError(reply, error, options.formatError(error));
    }
  };
  for (const [url, open] of Object.entries(options.downloads)) {
    app.route({
      url,
      method: 'GET',
      exposeHeadRoute: false,
      onSend: async (_request, reply) => void reply.header('cache-control', 'no-store'),
      handler: (request, reply) => serve(open, request, reply),
    });
  }
}

/** Opens a download, and has its first piece made, which shows whether there are any. */
async function begun<Context extends RequestScope>(
  { context, callerOf }: DownloadOptions<Context>,
  open: OpenDownload<Context>,
  { raw, url }: FastifyRequest,
  signal: AbortSignal,
): Promise<{ download: Download; pieces: AsyncIterable<string> }> {
  const scope = await context(callerOf(raw));
  try {
    const download = await open(scope, parametersOf(url), signal);
    const pieces = download.pieces[Symbol.asyncIterator]();
    const first = await pieces.next();
    return { download, pieces: continued(first, pieces) };
  } finally {
    scope.end();
  }
}

async function* continued(first: IteratorResult<string>, rest: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    for (let next = first; !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

function parametersOf(url: string): URLSearchParams {
  const at = url.indexOf('?');
  return new URLSearchParams(at === -1 ? '' : url.slice(at + 1));
}

const STATUSES: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  INTERNAL_SERVER_ERROR: 500,
  READ_MODEL_UNAVAILABLE: 503,
  STORE_UNAVAILABLE: 503,
};

interface HttpHints {
  readonly status?: number;
  readonly headers?: ReadonlyMap<string, string>;
}

function answerError(reply: FastifyReply, error: unknown, formatted: GraphQLFormattedError): FastifyReply {
  const hints: HttpHints = error instanceof GraphQLError ? ((error.extensions['http'] as HttpHints | undefined) ?? {}) : {};
  for (const [name, value] of hints.headers ?? []) void reply.header(name, value);
  const status = hints.status ?? STATUSES[String(formatted.extensions?.['code'])] ?? 400;
  return reply.status(status).send({ errors: [formatted] });
}
