import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Observation, Observer } from '../telemetry/observation.js';
import { wantsEventStream } from './event-streams.js';
import { codeOfStatus } from './transport-errors.js';

/** A client that was gone before its answer: the status that proxies log for it. */
const CLIENT_GONE = { status: 499, code: 'CLIENT_GONE' };

export interface ObservedPaths {
  /** Where operations are sent to. */
  readonly graphql: string;
  /** Of files. */
  readonly downloads: readonly string[];
}

/**
 * Observes every request to these paths, also those that are refused before they come to an operation: to be called before hooks that refuse any. The
 * answer carries the id of the request in `x-request-id`.
 * @returns the observation of a request.
 */
export function observeRequests(
  app: FastifyInstance,
  { graphql, downloads }: ObservedPaths,
  observer: Observer,
): (request: FastifyRequest) => Observation {
  const observations = new WeakMap<IncomingMessage, Observation>();
  const observationOf = ({ raw, routeOptions: { url } }: FastifyRequest): Observation => {
    const transport = url === graphql && wantsEventStream(raw.headers.accept) ? 'sse' : 'http';
    const observation = observations.get(raw) ?? observer.begin(transport, raw.headers);
    observations.set(raw, observation);
    return observation;
  };
  app.addHook('onRequest', (request, reply, done) => {
    const { url = '' } = request.routeOptions;
    const isDownload = downloads.includes(url);
    if (isDownload || url === graphql) {
      const observation = observationOf(request);
      if (isDownload) observation.downloads(url);
      void reply.header('x-request-id', observation.requestId);
      reply.raw.once('close', () => end(observation, reply.raw.writableFinished ? reply.raw.statusCode : undefined));
    }
    done();
  });
  return observationOf;
}

/** @param status of the answer; undefined where it was not sent whole. */
function end(observation: Observation, status: number | undefined): void {
  // Going away is how its client unsubscribes.
  const answered = status ?? (observation.isSubscription ? 200 : CLIENT_GONE.status);
  if (answered === CLIENT_GONE.status) observation.failed(CLIENT_GONE.code);
  else if (answered >= 400 && !observation.hasFailed) observation.failed(codeOfStatus(answered));
  observation.end(answered);
}
