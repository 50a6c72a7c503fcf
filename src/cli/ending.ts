import { NoCheckpointError } from '../audit/checkpoints/checkpoint.js';
import { ImportRefusedError } from '../audit/import.js';
import { ConfigError } from '../config.js';
import { Refusal } from '../domain/errors.js';
import { KeyFileError } from '../secrets/private-file.js';
import { explainStartError } from '../start-error.js';
import { AppendTooLargeError, CorruptLogError, StoreUnavailableError } from '../store/errors.js';
import { isClosedPipe } from './command.js';
import { CommandError, hintFor } from './errors.js';
import { FAILED, INTERRUPTED, type ExitCode } from './exit-code.js';

/** Why a command ended before it was done: somebody wanted it to. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

/** Runs a command, sets the exit code, and tells what went wrong: as a line of JSON where results are JSON. */
export async function exitWith(run: () => Promise<ExitCode>, { json = false }: { readonly json?: boolean } = {}): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    if (isClosedPipe(error)) return;
    process.exitCode = exitCodeFor(error);
    process.stderr.write(`${json ? JSON.stringify({ error: toJson(error) }) : explain(error)}\n`);
  }
}

function exitCodeFor(error: unknown): ExitCode {
  if (error instanceof InterruptedError) return INTERRUPTED;
  return error instanceof CommandError ? error.exitCode : FAILED;
}

function toJson(error: unknown): object {
  if (error instanceof CommandError) return { code: error.code, message: error.message, ...error.details };
  if (error instanceof Refusal) return { code: error.code, message: error.message, ...error.details };
  return { code: error instanceof InterruptedError ? 'INTERRUPTED' : 'FAILED', message: explain(error) };
}

const EXPECTED = [
  AppendTooLargeError,
  ConfigError,
  CorruptLogError,
  ImportRefusedError,
  InterruptedError,
  KeyFileError,
  NoCheckpointError,
  Refusal,
  StoreUnavailableError,
];

/** What went wrong with the surroundings is told in a line; a fault of ours with all that is known of it. */
function explain(error: unknown): string {
  if (error instanceof CommandError) return [error.message, hintFor(error.code) ?? []].flat().join('\n');
  const started = explainStartError(error);
  if (started !== undefined) return started;
  const expected = EXPECTED.some((kind) => error instanceof kind);
  if (error instanceof Error) return expected || 'syscall' in error ? error.message : (error.stack ?? error.message);
  return String(error);
}
