import { constants } from 'node:zlib';
import fastifyCompress from '@fastify/compress';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Below that, compressing takes longer than sending. */
const FROM_BYTES = 4 * 1024;

/** For answers that are sent as they are: RFC 9111, section 5.2.2.6. Proxies keep to it as well. */
export const AS_IT_IS = 'no-store, no-transform';

/**
 * Compresses larger answers, by gzip, or Brotli for who reads that alone, where a client says that it reads such. At its fastest, gzip makes 12 KB of a page
 * of JSON of 60 KB in a quarter of a millisecond; Brotli takes 1.7 ms for 10 KB. Streams of events are none of them. Bodies of requests are never
 * expanded: a few kilobytes of them could be gigabytes.
 */
export async function compressAnswers(app: FastifyInstance): Promise<void> {
  await app.register(fastifyCompress, {
    encodings: ['gzip', 'br'],
    zlibOptions: { level: constants.Z_BEST_SPEED },
    threshold: FROM_BYTES,
    globalDecompression: false,
  });
}

/**
 * Keeps what may hold a secret from being compressed: how long that is tells of a secret beside texts that somebody else chose (BREACH). Secrets are in
 * answers to mutations alone, which are short.
 */
export function keepAsItIs({ headers }: FastifyRequest, reply: FastifyReply): void {
  if (reply.getHeader('cache-control') === AS_IT_IS) headers['x-no-compression'] = 'true';
}
