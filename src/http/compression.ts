import fastifyCompress from '@fastify/compress';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Below that, compressing takes longer than sending. */
const FROM_BYTES = 4 * 1024;

/** For answers that are sent as they are: RFC 9111, section 5.2.2.6. Proxies keep to it as well. */
export const AS_IT_IS = 'no-store, no-transform';

/**
 * Compresses larger answers, by Brotli or gzip, where a client says that it reads such. Streams of events are none of them. Bodies of requests are never
 * expanded: a few kilobytes of them could be gigabytes.
 */
export async function compressAnswers(app: FastifyInstance): Promise<void> {
  await app.register(fastifyCompress, { encodings: ['br', 'gzip'], threshold: FROM_BYTES, globalDecompression: false });
}

/**
 * Keeps what may hold a secret from being compressed: how long that is tells of a secret beside texts that somebody else chose (BREACH). Secrets are in
 * answers to mutations alone, which are short.
 */
export function keepAsItIs({ headers }: FastifyRequest, reply: FastifyReply): void {
  if (reply.getHeader('cache-control') === AS_IT_IS) headers['x-no-compression'] = 'true';
}
