import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { isIPv6 } from 'node:net';
import { OTHER_HOST, type IsAllowedHost } from '../http/hosts.js';
import type { Logger } from '../logger.js';
import type { Metrics } from './metrics.js';

export interface MetricsAddress {
  readonly host: string;
  /** 0 takes any that is free. */
  readonly port: number;
}

export interface MetricsSource {
  readonly metrics: Metrics;
  readonly isAllowedHost: IsAllowedHost;
  readonly logger: Logger;
}

export interface MetricsServer {
  /** Of the page with the metrics. */
  readonly url: string;
  close(): Promise<void>;
}

/** The metrics cannot be served where the configuration says. Its message is for the user. */
export class MetricsAddressError extends Error {
  override readonly name = 'MetricsAddressError';
}

/**
 * Serves metrics at /metrics, by plain HTTP and to everybody who reaches the address. It is a listener of its own, so that it can stay on the loopback, or
 * in the network of those who operate, while the API is open to others. @throws MetricsAddressError.
 */
export async function serveMetrics(
  { host, port }: MetricsAddress,
  { metrics, isAllowedHost, logger }: MetricsSource,
): Promise<MetricsServer> {
  const answer: RequestListener = (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const refuse = (status: number, message: string): void => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${message}\n`);
    };
    if (!isAllowedHost(headers.host)) refuse(403, OTHER_HOST);
    else if (url.split('?')[0] !== '/metrics') refuse(404, 'the metrics are at /metrics');
    else if (method !== 'GET' && method !== 'HEAD') refuse(405, 'metrics are read by GET');
    else {
      metrics.text().then(
        (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(method === 'GET' ? text : undefined),
        (error: unknown) => {
          logger.error({ err: error }, 'the metrics cannot be read');
          refuse(500, 'the metrics cannot be read: the log of the server says why');
        },
      );
    }
  };
  const server = createServer(answer);
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new MetricsAddressError(
      `REGRAFT_METRICS_HOST is ${host}, REGRAFT_METRICS_PORT is ${port}: nobody can listen there (${code}); name another address, or stop the program that has it`,
      { cause: error },
    );
  }
  const address = server.address();
  const actual = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${isIPv6(host) ? `[${host}]` : host}:${actual}/metrics`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
