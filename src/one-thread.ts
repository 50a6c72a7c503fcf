import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** The largest thing that a request can carry takes some 700 MB and a few seconds. */
const MAX_HEAP_MB = 1024;
export const MAX_MILLISECONDS = 60_000;

/** It takes more memory, or more time, than one request may. */
export class ThreadLimitError extends Error {
  override readonly name = 'ThreadLimitError';

  constructor(readonly limit: 'memory' | 'time') {
    super(`a thread took too much ${limit}`);
  }
}

/** Runs a script in a thread of its own, one at a time, so that the server goes on answering. The script says one thing, at its end. */
export class OneThread<Input, Outcome> {
  #previous: Promise<unknown> = Promise.resolve();

  constructor(private readonly script: URL) {}

  /** It is not where the sources are run as they are. */
  get isBuilt(): boolean {
    return existsSync(this.script);
  }

  /** @throws ThreadLimitError; what the script throws. */
  run(input: Input): Promise<Outcome> {
    const outcome = this.#previous.then(() => this.#run(input));
    this.#previous = outcome.then(
      () => undefined,
      // It is the caller's to hear of; the next one only waits.
      () => undefined,
    );
    return outcome;
  }

  async #run(input: Input): Promise<Outcome> {
    const thread = new Worker(this.script, { workerData: input, resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } });
    try {
      const [outcome] = (await once(thread, 'message', { signal: AbortSignal.timeout(MAX_MILLISECONDS) })) as [Outcome];
      return outcome;
    } catch (error) {
      if (isOutOfMemory(error)) throw new ThreadLimitError('memory');
      throw error instanceof Error && error.name === 'AbortError' ? new ThreadLimitError('time') : error;
    } finally {
      await thread.terminate();
    }
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
