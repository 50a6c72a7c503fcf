import { isClosedPipe } from './command.js';
import { CommandError, hintFor } from './errors.js';
import { FAILED, type ExitCode } from './exit-code.js';

/** Runs a command, sets the exit code, and tells what went wrong: as a line of JSON where results are JSON. */
export async function exitWith(run: () => Promise<ExitCode>, { json = false }: { readonly json?: boolean } = {}): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    if (isClosedPipe(error)) return;
    process.exitCode = exitCodeFor(error);
    process.stderr.write(`${json ? JSON.stringify({ error: await toJson(error) }) : await toText(error)}\n`);
  }
}

function exitCodeFor(error: unknown): ExitCode {
  return error instanceof CommandError ? error.exitCode : FAILED;
}

async function toJson(error: unknown): Promise<object> {
  if (error instanceof CommandError) return { code: error.code, message: error.message, ...error.details };
  const { explain, refusalIn } = await import('./explain.js');
  const refusal = refusalIn(error);
  return refusal ? { code: refusal.code, message: refusal.message, ...refusal.details } : { code: 'FAILED', message: explain(error) };
}

async function toText(error: unknown): Promise<string> {
  if (error instanceof CommandError) return [error.message, hintFor(error.code) ?? []].flat().join('\n');
  const { explain } = await import('./explain.js');
  return explain(error);
}
