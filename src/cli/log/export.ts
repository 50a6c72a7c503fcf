import { pipeline } from 'node:stream/promises';
import { exportLines } from '../../audit/export.js';
import { Refusal } from '../../domain/errors.js';
import { BEFORE_FIRST, type EventStore, type Position } from '../../store/event-store.js';
import { decodePosition } from '../../store/position.js';
import { progressDone, progressOf, type Terminal } from '../command.js';
import { OK, type ExitCode } from '../exit-code.js';
import { writeWhole } from '../whole-file.js';

export interface ExportOptions {
  /** Events after this position, as clients see positions. */
  readonly from?: string;
  readonly out?: string;
}

/**
 * Writes the log as lines of CloudEvents. A file appears under its name when it is whole and on the disk.
 * @throws Refusal POSITION_UNKNOWN.
 */
export async function exportCommand(store: EventStore, terminal: Terminal, { from, out }: ExportOptions): Promise<ExitCode> {
  const lines = exportLines(store, startOf(store, from), progressOf(terminal, 'exported'));
  if (out === undefined) await pipeline(lines, terminal.out, { end: false });
  else await writeWhole(out, lines);
  progressDone(terminal);
  return OK;
}

function startOf({ logId }: EventStore, from: string | undefined): Position {
  if (from === undefined) return BEFORE_FIRST;
  const position = decodePosition(logId, from);
  if (position !== undefined) return position;
  throw new Refusal('POSITION_UNKNOWN', `--from ${from} is no position of this log (${logId})`, { position: from });
}
