import { NoCheckpointError } from '../audit/checkpoints/checkpoint.js';
import { ImportRefusedError } from '../audit/import.js';
import { Refusal } from '../domain/errors.js';
import { explainStartError } from '../start-error.js';
import { AppendTooLargeError, CorruptLogError } from '../store/errors.js';

const EXPECTED = [AppendTooLargeError, CorruptLogError, ImportRefusedError, NoCheckpointError, Refusal];

/** What went wrong with the surroundings is told in a line; a fault of ours with all that is known of it. */
export function explain(error: unknown): string {
  const started = explainStartError(error);
  if (started !== undefined) return started;
  const expected = EXPECTED.some((kind) => error instanceof kind);
  if (error instanceof Error) return expected || 'syscall' in error ? error.message : (error.stack ?? error.message);
  return String(error);
}

export function refusalIn(error: unknown): Refusal | undefined {
  return error instanceof Refusal ? error : undefined;
}
