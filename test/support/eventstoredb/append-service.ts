import { Metadata, status, type ServerReadableStream, type ServiceError, type sendUnaryData } from '@grpc/grpc-js';
import type { AppendReq, AppendResp as AppendResponse } from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { Faults } from './faults.js';
import type { Appended, Expected, ProposedEvent, ServerLog } from './log.js';

const { Empty } = shared;
const { AppendResp } = streams;
const MAX_APPEND_BYTES = 1024 * 1024;

type Call = ServerReadableStream<AppendReq, AppendResponse>;

/** `Streams.Append`: options first, then an event a message, one answer. */
export function appendService(log: ServerLog, faults: Faults) {
  return (call: Call, answer: sendUnaryData<AppendResponse>): void => {
    let options: AppendReq.Options | undefined;
    const proposed: ProposedEvent[] = [];
    let bytes = 0;
    call.on('data', (request: AppendReq) => {
      options ??= request.getOptions();
      const message = request.getProposedMessage();
      if (!message) return;
      const event = toProposed(message);
      bytes += event.data.length + event.metadata.length + event.type.length * 2;
      proposed.push(event);
    });
    call.on('end', () => {
      if (faults.calls === 'slow') return;
      if (!options) return answer(failure(status.INVALID_ARGUMENT, 'no options'));
      if (bytes > MAX_APPEND_BYTES) return answer(tooLarge());
      const stream = Buffer.from(options.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString();
      const expected = expectedOf(options);
      if (expected === undefined) return answer(failure(status.INVALID_ARGUMENT, 'Regraft never appends without an exact revision'));
      const appended = log.append(stream, expected, proposed);
      if (faults.lostReplies) {
        faults.lostReplies -= 1;
        return answer(failure(status.UNAVAILABLE, 'the connection broke'));
      }
      answer(null, toResponse(appended, expected, faults));
    });
  };
}

function expectedOf(options: AppendReq.Options): Expected | undefined {
  if (options.hasNoStream()) return 'no_stream';
  return options.hasRevision() ? Number(options.getRevision()) : undefined;
}

function toProposed(message: AppendReq.ProposedMessage): ProposedEvent {
  return {
    id: message.getId()?.getString() || uuidOf(message),
    type: message.getMetadataMap().get('type') ?? '',
    contentType: message.getMetadataMap().get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

/** Ids come as two numbers of 64 bits. */
function uuidOf(message: AppendReq.ProposedMessage): string {
  const id = message.getId()?.getStructured();
  const part = (bits = '0'): string => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0');
  return `${part(id?.getMostSignificantBits())}${part(id?.getLeastSignificantBits())}`.replace(
    /^(.{8})(.{4})(.{4})(.{4})(.{12})$/,
    '$1-$2-$3-$4-$5',
  );
}

function toResponse(appended: Appended, expected: Expected, { noPositions }: Faults): AppendResponse {
  const response = new AppendResp();
  if (appended.ok) {
    const { revision, position } = appended.last;
    const success = new AppendResp.Success().setCurrentRevision(String(revision));
    const at = new AppendResp.Position().setCommitPosition(String(position)).setPreparePosition(String(position));
    return response.setSuccess(noPositions ? success.setNoPosition(new Empty()) : success.setPosition(at));
  }
  const wrong = new AppendResp.WrongExpectedVersion();
  if (appended.actual === 'no_stream') wrong.setCurrentNoStream(new Empty());
  else wrong.setCurrentRevision(String(appended.actual));
  if (expected === 'no_stream') wrong.setExpectedNoStream(new Empty());
  else wrong.setExpectedRevision(String(expected));
  return response.setWrongExpectedVersion(wrong);
}

function tooLarge(): ServiceError {
  const metadata = new Metadata();
  metadata.set('exception', 'maximum-append-size-exceeded');
  metadata.set('maximum-append-size', String(MAX_APPEND_BYTES));
  return failure(status.INVALID_ARGUMENT, 'Maximum Append Size Exceeded', metadata);
}

function failure(code: status, details: string, metadata = new Metadata()): ServiceError {
  return Object.assign(new Error(details), { code, details, metadata });
}
