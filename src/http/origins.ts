import type { IncomingHttpHeaders } from 'node:http';
import fastifyCors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** Whether a program asks, or a page that may: browsers say in the header `Origin` of which site a page is. */
export type IsAllowedOrigin = (headers: Pick<IncomingHttpHeaders, 'origin' | 'host'>) => boolean;

/** Allows pages of this server, and of the sites that are listed. Browsers let any page open a WebSocket to any server: it has to look for itself. */
export function originsAllowing(origins: readonly string[]): IsAllowedOrigin {
  const listed = new Set(origins);
  return ({ origin, host }) => {
    if (origin === undefined || listed.has(origin)) return true;
    return URL.canParse(origin) && new URL(origin).host === host;
  };
}

export const OTHER_ORIGIN = 'pages of other sites may not connect: Origin and Host differ; list the origin in REGRAFT_ALLOWED_ORIGINS';

/** How long browsers may remember what they were told of an origin. */
const REMEMBERED_SECONDS = 600;

/**
 * Tells browsers that pages of the sites that are listed may ask, and read the answers. They send tokens themselves: no cookie or other credential of
 * the browser goes along.
 */
export async function answerPagesOf(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await app.register(fastifyCors, {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST'],
    exposedHeaders: ['Regraft-Position', 'Retry-After', 'WWW-Authenticate'],
    credentials: false,
    maxAge: REMEMBERED_SECONDS,
    strictPreflight: false,
  });
}
