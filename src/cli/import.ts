import { importLog } from '../audit/import.js';
import { linesOf } from '../audit/lines.js';
import type { EventStore } from '../store/event-store.js';
import { OK, progressDone, progressOf, report, type ExitCode, type Terminal } from './command.js';

/**
 * Loads an export into an empty store, or goes on where an import of it was interrupted.
 * @param input the text of the export, in pieces.
 * @throws ImportRefusedError.
 */
export async function importCommand(
  store: EventStore,
  terminal: Terminal,
  { input, json }: { input: AsyncIterable<string>; json: boolean },
): Promise<ExitCode> {
  const result = await importLog(store, linesOf(input), progressOf(terminal, 'imported'));
  progressDone(terminal);
  const before = result.present > 0 ? `, ${result.present} were there already` : '';
  await report(terminal, json, result, `${result.imported} events imported${before}: log ${result.from} is now log ${result.to}.`);
  return OK;
}
