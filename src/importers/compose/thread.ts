import { parentPort, workerData } from 'node:worker_threads';
import { ImportFailedError, type ComposeSource, type ImportedProject } from '../imported-project.js';
import { importComposeProject } from './index.js';

/** What the thread says once, at its end. */
export type Outcome = { readonly project: ImportedProject } | { readonly failure: Pick<ImportFailedError, 'reason' | 'file' | 'line'> };

function run(source: ComposeSource): Outcome {
  try {
    return { project: importComposeProject(source) };
  } catch (error) {
    if (!(error instanceof ImportFailedError)) throw error;
    const { reason, file, line } = error;
    return { failure: { reason, ...(file !== undefined && { file }), ...(line !== undefined && { line }) } };
  }
}

parentPort?.postMessage(run(workerData as ComposeSource));
