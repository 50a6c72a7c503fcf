import type { CommandContext } from '../commands/context.js';
import type { EventWriter } from '../commands/event-writer.js';
import { readable } from '../commands/readable.js';
import type { WebhookId } from '../domain/ids.js';
import { DELIVERY_STREAM } from '../domain/webhook/events.js';
import type { RecordedProgress } from '../domain/webhook/progress.js';
import type { EventStore, ExpectedRevision } from '../store/event-store.js';

/** How far the deliveries of one webhook have come, as the log tells it: so that any node goes on there, after whatever happened to another. */
export class ProgressLog {
  readonly #stream: string;
  #expected: ExpectedRevision = 'no_stream';

  constructor(
    webhookId: WebhookId,
    private readonly store: Pick<EventStore, 'readStream'>,
    private readonly writer: EventWriter,
  ) {
    this.#stream = DELIVERY_STREAM + webhookId;
  }

  /** What was recorded last. */
  async read(): Promise<RecordedProgress | undefined> {
    const [last] = readable(await this.store.readStream(this.#stream, { direction: 'backwards', limit: 1 }));
    if (!last) return undefined;
    this.#expected = last.revision;
    // Decoding checked it against its schema, so it is one.
    return last.data as object as RecordedProgress;
  }

  /** @throws RevisionConflictError where somebody else recorded since: what they say counts. */
  async record(progress: RecordedProgress, context: CommandContext): Promise<void> {
    const { revision } = await this.writer.append(this.#stream, this.#expected, [{ type: 'WebhookProgressed', data: progress }], context);
    this.#expected = revision;
  }
}
