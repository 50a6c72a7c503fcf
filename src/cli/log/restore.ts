import { importLog } from '../../audit/import.js';
import { linesOf } from '../../audit/lines.js';
import type { EventStore } from '../../store/event-store.js';
import { progressDone, progressOf, report, type Terminal } from '../command.js';
import { OK, type ExitCode } from '../exit-code.js';

/**
 * Loads an export into an empty store, or goes on where an import of it was interrupted.
 * @param input the text of the export, in pieces.
 * @throws ImportRefusedError.
 */
export async function restoreCommand(
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
