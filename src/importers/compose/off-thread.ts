import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { ImportFailedError, type ComposeSource, type ImportedProject } from '../imported-project.js';
import { importComposeProject } from './index.js';
import type { Outcome } from './thread.js';

/** Compiled beside this file; not there where the sources are run as they are. */
const THREAD = new URL('./thread.js', import.meta.url);
/** Characters. Parsing takes about a millisecond for each 1,000: a smaller project is read before a thread has started. */
const LARGE = 128 * 1024;
/** The largest project that a request can carry takes some 700 MB and a few seconds. */
const MAX_HEAP_MB = 1024;
const MAX_MILLISECONDS = 60_000;

let previous: Promise<unknown> = Promise.resolve();

/**
 * As importComposeProject; but a large project is read in a thread of its own, one at a time, so that the server goes on answering.
 * @throws ImportFailedError also for a project that takes too much memory or time.
 */
export async function importComposeOffThread(source: ComposeSource): Promise<ImportedProject> {
  const size = source.files.reduce((sum, { content }) => sum + content.length, source.env?.length ?? 0);
  if (size < LARGE || !existsSync(THREAD)) return importComposeProject(source);
  const outcome = previous.then(() => runThread(source));
  previous = outcome.then(
    () => undefined,
    // It is the caller's to hear of; the next one only waits.
    () => undefined,
  );
  return outcome;
}

async function runThread(source: ComposeSource): Promise<ImportedProject> {
  const thread = new Worker(THREAD, { workerData: source, resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } });
  try {
    const [outcome] = (await once(thread, 'message', { signal: AbortSignal.timeout(MAX_MILLISECONDS) })) as [Outcome];
    if ('project' in outcome) return outcome.project;
    const { reason, file, line } = outcome.failure;
    throw new ImportFailedError(reason, file, line);
  } catch (error) {
    if (isOutOfMemory(error)) throw new ImportFailedError('the project is too large: reading it takes too much memory');
    if (error instanceof Error && error.name === 'AbortError') {
      throw new ImportFailedError(`the project is too large: reading it takes more than ${MAX_MILLISECONDS / 1000} seconds`);
    }
    throw error;
  } finally {
    await thread.terminate();
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
