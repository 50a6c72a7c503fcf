import { createWriteStream, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { InvalidArgumentError } from 'commander';

/**
 * Checks, before anything is done, that a file may appear under a name: what is there, if anything, is a file.
 * @throws InvalidArgumentError.
 */
export function outFile(path: string): string {
  if (path === '') throw new InvalidArgumentError('Name a file.');
  const there = statSync(path, { throwIfNoEntry: false });
  if (there && !there.isFile()) {
    throw new InvalidArgumentError(
      there.isDirectory() ? 'It is a folder.' : 'It is no file; without this option, standard output is written to.',
    );
  }
  return path;
}

/** Writes a file that appears under its name when it is whole and on the disk; nothing stays of one that is not. */
export async function writeWhole(path: string, lines: AsyncIterable<string>): Promise<void> {
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
