import { status, type ServerWritableStream } from '@grpc/grpc-js';
import type { ReadReq, ReadResp as ReadResponse } from '@eventstore/db-client/generated/streams_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { Faults } from './faults.js';
import type { LoggedEvent, ServerLog } from './log.js';
import { fail, toResponse, writePatiently } from './responses.js';
import { AllSubscription } from './subscription.js';

const { ReadResp } = streams;

type Call = ServerWritableStream<ReadReq, ReadResponse>;

/** `Streams.Read`: a stream or `$all`, either way, or a subscription to `$all`. */
export function readService(log: ServerLog, faults: Faults, subscriptions: Set<AllSubscription>) {
  return (call: Call): void => {
    if (faults.calls === 'slow') return;
    const options = call.request.getOptions();
    const all = options?.getAll();
    if (faults.calls === 'unauthenticated') return fail(call, status.UNAUTHENTICATED, 'UNAUTHENTICATED');
    if (all && faults.allDenied) return fail(call, status.PERMISSION_DENIED, 'Access Denied', 'access-denied');
    if (!options) return fail(call, status.INVALID_ARGUMENT, 'no options');
    if (options.hasSubscription()) {
      const subscription = new AllSubscription(call, log, options, () => subscriptions.delete(subscription));
      subscriptions.add(subscription);
      subscription.start();
      return;
    }
    const backwards = Number(options.getReadDirection()) === 1;
    const events = all ? eventsOfAll(log, all, backwards) : eventsOfStream(log, options, backwards);
    if (events === 'no stream') {
      const name = options.getStream()?.getStreamIdentifier();
      call.write(new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(name)));
      call.end();
    } else if (events === 'no record') fail(call, status.UNKNOWN, 'Unexpected ReadAllResult: Error');
    else void write(call, events.slice(0, Number(options.getCount())));
  };
}

async function write(call: Call, events: readonly LoggedEvent[]): Promise<void> {
  for (const event of events) {
    if (call.cancelled) return;
    await writePatiently(call, toResponse(event));
  }
  call.end();
}

function eventsOfAll(log: ServerLog, all: ReadReq.Options.AllOptions, backwards: boolean): readonly LoggedEvent[] | 'no record' {
  const { events } = log;
  if (all.hasStart()) return backwards ? [] : events;
  if (all.hasEnd()) return backwards ? [...events].reverse() : [];
  const position = Number(all.getPosition()?.getCommitPosition());
  const index = events.findIndex((event) => event.position >= position);
  if (index === -1) return [];
  if (!log.hasBegunAt(position)) return 'no record';
  return backwards ? events.slice(0, index).reverse() : events.slice(index);
}

function eventsOfStream(log: ServerLog, options: ReadReq.Options, backwards: boolean): readonly LoggedEvent[] | 'no stream' {
  const stream = options.getStream();
  const events = log.stream(Buffer.from(stream?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString());
  if (!events) return 'no stream';
  const revision = stream?.hasRevision() ? Number(stream.getRevision()) : undefined;
  if (backwards) return events.slice(0, (revision ?? events.length) + 1).reverse();
  return stream?.hasEnd() ? [] : events.slice(revision ?? 0);
}
