import { MAX_MILLISECONDS, OneThread, ThreadLimitError } from '../../one-thread.js';
import { ImportFailedError, type ComposeSource, type ImportedProject } from '../imported-project.js';
import { importComposeProject } from './index.js';
import type { Outcome } from './thread.js';

/** Compiled beside this file. */
const thread = new OneThread<ComposeSource, Outcome>(new URL('./thread.js', import.meta.url));
/** Characters. Parsing takes about a millisecond for each 1,000: a smaller project is read before a thread has started. */
const LARGE = 128 * 1024;

/**
 * As importComposeProject; but a large project is read in a thread of its own, one at a time, so that the server goes on answering.
 * @throws ImportFailedError also for a project that takes too much memory or time.
 */
export async function importComposeOffThread(source: ComposeSource): Promise<ImportedProject> {
  const size = source.files.reduce((sum, { content }) => sum + content.length, source.env?.length ?? 0);
  if (size < LARGE || !thread.isBuilt) return importComposeProject(source);
  const outcome = await thread.run(source).catch((error: unknown) => {
    throw error instanceof ThreadLimitError ? new ImportFailedError(tooLarge(error)) : error;
  });
  if ('project' in outcome) return outcome.project;
  const { reason, file, line } = outcome.failure;
  throw new ImportFailedError(reason, file, line);
}

function tooLarge({ limit }: ThreadLimitError): string {
  const what = limit === 'memory' ? 'too much memory' : `more than ${MAX_MILLISECONDS / 1000} seconds`;
  return `the project is too large: reading it takes ${what}`;
}
