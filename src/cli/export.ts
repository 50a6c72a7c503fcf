import { createWriteStream, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { InvalidArgumentError } from 'commander';
import { exportLines } from '../audit/export.js';
import { Refusal } from '../domain/errors.js';
import { BEFORE_FIRST, type EventStore, type Position } from '../store/event-store.js';
import { decodePosition } from '../store/position.js';
import { OK, progressDone, progressOf, type ExitCode, type Terminal } from './command.js';

export interface ExportOptions {
  /** Events after this position, as clients see positions. */
  readonly from?: string;
  readonly out?: string;
}

/**
 * Checks, before anything is done, that a file may appear under a name: what is there, if anything, is a file.
 * @throws InvalidArgumentError.
 */
export function outFile(path: string): string {
  if (path === '') throw new InvalidArgumentError('Name a file.');
  const there = statSync(path, { throwIfNoEntry: false });
  if (there && !there.isFile()) {
    throw new InvalidArgumentError(
      there.isDirectory() ? 'It is a folder.' : 'It is no file; without --out, standard output is written to.',
    );
  }
  return path;
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

async function writeWhole(path: string, lines: AsyncIterable<string>): Promise<void> {
  const part = `${path}.part`;
  try {
    await pipeline(lines, createWriteStream(part));
    const file = await open(part, 'r+');
    await file.sync();
    await file.close();
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
