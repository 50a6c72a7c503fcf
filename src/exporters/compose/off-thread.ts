import type { AppContent, Definition } from '../../domain/definition/definition.js';
import { Refusal } from '../../domain/errors.js';
import { OneThread, ThreadLimitError } from '../../one-thread.js';
import { exportCompose } from './index.js';

export interface Exported {
  readonly components: readonly Definition[];
  readonly content: AppContent;
}

/** Compiled beside this file. */
const thread = new OneThread<Exported, string>(new URL('./thread.js', import.meta.url));
/** Characters of JSON. Writing takes about a millisecond for each 3,000: less is written before a thread has started. */
const LARGE = 256 * 1024;

/**
 * As exportCompose; but a large app is written in a thread of its own, one at a time, so that the server goes on answering.
 * @throws Refusal DEFINITION_TOO_LARGE for an app that takes too much memory or time.
 */
export async function exportComposeOffThread(exported: Exported): Promise<string> {
  const { components, content } = exported;
  if (!thread.isBuilt || JSON.stringify(exported).length < LARGE) return exportCompose(components, content);
  return thread.run(exported).catch((error: unknown) => {
    if (!(error instanceof ThreadLimitError)) throw error;
    throw new Refusal('DEFINITION_TOO_LARGE', 'the app is too large to be written as one Compose file: read its components instead');
  });
}
