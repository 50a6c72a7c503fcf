import { createReadStream } from 'node:fs';
import { importLog } from '../audit/import.js';
import { linesOf } from '../audit/lines.js';
import type { EventStore } from '../store/event-store.js';
import { OK, progressDone, progressOf, report, type ExitCode, type Terminal } from './command.js';

/**
 * Loads an export into an empty store, or goes on where an import of it was interrupted.
 * @throws ImportRefusedError.
 */
export async function importCommand(
  store: EventStore,
  terminal: Terminal,
  { file, json }: { file: string; json: boolean },
): Promise<ExitCode> {
  const lines = linesOf(createReadStream(file, { encoding: 'utf8' }) as AsyncIterable<string>);
  const result = await importLog(store, lines, progressOf(terminal, 'imported'));
  progressDone(terminal);
  const before = result.present > 0 ? `, ${result.present} were there already` : '';
  report(terminal, json, result, `${result.imported} events imported${before}: log ${result.from} is now log ${result.to}.`);
  return OK;
}
