import { status, type ServerWritableStream } from '@grpc/grpc-js';
import type { ReadReq, ReadResp as ReadResponse } from '@eventstore/db-client/generated/streams_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerLog } from './log.js';
import { fail, toResponse, writePatiently } from './responses.js';

const { ReadResp } = streams;
const WINDOW = 32;

/** A subscription to `$all` with a filter: history, then live, with a checkpoint after every so many events that were looked at. */
export class AllSubscription {
  #next: number;
  #looked = 0;
  #caughtUp = false;
  #pumping = false;
  readonly #stop: () => void;

  constructor(
    private readonly call: ServerWritableStream<ReadReq, ReadResponse>,
    private readonly log: ServerLog,
    private readonly options: ReadReq.Options,
    private readonly ended: () => void,
  ) {
    this.#next = indexAfter(log, options);
    this.#stop = log.onAppended(() => void this.#pump());
    call.on('cancelled', () => this.#end());
  }

  start(): void {
    this.call.write(new ReadResp().setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId('subscription')));
    void this.#pump();
  }

  /** As the server drops one that reads too slowly, or when it goes. */
  drop(code: status = status.ABORTED): void {
    this.#end();
    fail(this.call, code, 'Operation timed out');
  }

  #end(): void {
    this.#stop();
    this.ended();
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    for (let event = this.log.events[this.#next]; event && !this.call.cancelled; event = this.log.events[this.#next]) {
      this.#next += 1;
      this.#looked += 1;
      if (this.#passes(event.stream, event.type)) await writePatiently(this.call, toResponse(event));
      if (this.#looked % (WINDOW * (this.options.getFilter()?.getCheckpointintervalmultiplier() ?? 1)) === 0) {
        const at = String(event.position);
        this.call.write(new ReadResp().setCheckpoint(new ReadResp.Checkpoint().setCommitPosition(at).setPreparePosition(at)));
      }
    }
    this.#pumping = false;
    if (!this.#caughtUp) {
      this.#caughtUp = true;
      this.call.write(new ReadResp().setCaughtUp(new ReadResp.CaughtUp()));
    }
  }

  #passes(stream: string, type: string): boolean {
    const filter = this.options.getFilter();
    if (!filter) return true;
    const expression = filter.getStreamIdentifier() ?? filter.getEventType();
    const text = filter.hasStreamIdentifier() ? stream : type;
    const prefixes = expression?.getPrefixList() ?? [];
    return prefixes.length > 0 ? prefixes.some((prefix) => text.startsWith(prefix)) : new RegExp(expression?.getRegex() ?? '').test(text);
  }
}

/** As 23.10 does: the first record at the position or after it is passed over, whatever its position. */
function indexAfter({ events }: ServerLog, options: ReadReq.Options): number {
  const all = options.getAll();
  if (all?.hasStart()) return 0;
  const position = Number(all?.getPosition()?.getCommitPosition());
  const index = all?.hasEnd() ? -1 : events.findIndex((event) => event.position >= position);
  return index === -1 ? events.length : index + 1;
}
