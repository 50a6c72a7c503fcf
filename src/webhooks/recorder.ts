import type { CommandContext } from '../commands/context.js';
import type { WebhookId } from '../domain/ids.js';
import type { Progress, RecordedAttempt } from '../domain/webhook/progress.js';
import { StoreUnavailableError } from '../store/errors.js';
import type { Clock } from './clock.js';
import type { ProgressLog } from './progress-log.js';

export interface RecorderOptions {
  readonly webhookId: WebhookId;
  /** Of its stream, as it is known to who delivers. */
  readonly webhookRevision: number;
  readonly log: ProgressLog;
  readonly clock: Clock;
  readonly context: CommandContext;
}

/** Attempts are recorded together: a second after the first of them, or when there are so many. */
const AFTER_MS = 1_000;
const AFTER_ATTEMPTS = 100;
/** How long it may be that nothing was for the webhook until it is recorded how much of the log was looked at for that. */
const LOOKED_AFTER_MS = 60 * 60 * 1_000;

/** Records how far deliveries have come, not more often than it is worth: what a crash makes forgotten is sent again. */
export class Recorder {
  #attempts: RecordedAttempt[] = [];
  #since = Infinity;
  #last: number;
  #upTo: string | undefined;

  constructor(private readonly options: RecorderOptions) {
    this.#last = options.clock.now();
  }

  /** When it is to be recorded, in milliseconds since 1970; Infinity where there is nothing to be. */
  get dueAt(): number {
    return this.#since + AFTER_MS;
  }

  add(attempt: RecordedAttempt): void {
    if (this.#attempts.length === 0) this.#since = this.options.clock.now();
    this.#attempts.push(attempt);
  }

  /**
   * Records it where that is due; where the store is away, later.
   * @param always records what there is, due or not.
   * @throws RevisionConflictError where somebody else recorded.
   */
  async record(progress: Progress, { always }: { readonly always: boolean }): Promise<void> {
    const { webhookId, webhookRevision, log, clock, context } = this.options;
    const now = clock.now();
    const looked = progress.upTo !== (this.#upTo ??= progress.upTo) && now - this.#last >= LOOKED_AFTER_MS;
    const due = this.#attempts.length >= AFTER_ATTEMPTS || now >= this.dueAt || looked;
    if (!due && !(always && this.#attempts.length > 0)) return;
    try {
      await log.record({ webhookId, webhookRevision, ...progress, held: [...progress.held], attempts: this.#attempts }, context);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      this.#since = now;
      return;
    }
    [this.#attempts, this.#since, this.#last, this.#upTo] = [[], Infinity, now, progress.upTo];
  }
}
