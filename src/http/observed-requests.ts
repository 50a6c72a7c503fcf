import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Observation, Observer } from '../telemetry/observation.js';
import { wantsEventStream } from './event-streams.js';
import { codeOfStatus } from './transport-errors.js';

/** A client that was gone before its answer: the status that proxies log for it. */
const CLIENT_GONE = { status: 499, code: 'CLIENT_GONE' };

/**
 * Observes every request to some paths, also those that are refused before they come to an operation: to be called before hooks that refuse any. The
 * answer carries the id of the request in `x-request-id`.
 * @returns the observation of a request.
 */
export function observeRequests(app: FastifyInstance, paths: readonly string[], observer: Observer): (request: FastifyRequest) => Observation {
  const observations = new WeakMap<IncomingMessage, Observation>();
  const observationOf = ({ raw }: FastifyRequest): Observation => {
    const observation = observations.get(raw) ?? observer.begin(wantsEventStream(raw.headers.accept) ? 'sse' : 'http', raw.headers);
    observations.set(raw, observation);
    return observation;
  };
  app.addHook('onRequest', (request, reply, done) => {
    if (paths.includes(request.routeOptions.url ?? '')) {
      const observation = observationOf(request);
      void reply.header('x-request-id', observation.requestId);
      reply.raw.once('close', () => end(observation, reply.raw.writableFinished ? reply.raw.statusCode : undefined));
    }
    done();
  });
  return observationOf;
}

function end(observation: Observation, status: number | undefined): void {
  // That is how its client unsubscribes.
  if (status === undefined && observation.isSubscription) status = 200;
  if (status === undefined) observation.failed(CLIENT_GONE.code);
  else if (status >= 400 && !observation.hasFailed) observation.failed(codeOfStatus(status));
  observation.end(status ?? CLIENT_GONE.status);
}
