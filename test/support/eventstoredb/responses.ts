import { Metadata, type ServerWritableStream, type status } from '@grpc/grpc-js';
import type { ReadReq, ReadResp as ReadResponse } from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { LoggedEvent } from './log.js';

const { ReadResp } = streams;

export function toResponse(event: LoggedEvent): ReadResponse {
  const recorded = new ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(event.id))
    .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(event.stream)))
    .setStreamRevision(String(event.revision))
    .setCommitPosition(String(event.position))
    .setPreparePosition(String(event.position))
    .setData(event.data)
    .setCustomMetadata(event.metadata);
  recorded.getMetadataMap().set('type', event.type);
  recorded.getMetadataMap().set('content-type', event.contentType);
  // Ticks of 100 ns, since 1970.
  recorded.getMetadataMap().set('created', String(BigInt(event.created) * 10_000n));
  const read = new ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(String(event.position));
  return new ReadResp().setEvent(read);
}

export function fail(call: ServerWritableStream<ReadReq, ReadResponse>, code: status, details: string, exception?: string): void {
  const metadata = new Metadata();
  if (exception) metadata.set('exception', exception);
  call.emit('error', { code, details, metadata });
}

/** Writes one answer, and waits where the caller does not take it yet. */
export async function writePatiently(call: ServerWritableStream<ReadReq, ReadResponse>, response: ReadResponse): Promise<void> {
  if (call.write(response)) return;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      call.off('drain', go);
      call.off('cancelled', go);
      resolve();
    };
    call.on('drain', go);
    call.on('cancelled', go);
    if (call.cancelled) go();
  });
}
