import type { Writable } from 'node:stream';
import type { Paint } from './paint.js';

/** What a command of the command line works with, so that tests can run it without a process. */
export interface Terminal {
  readonly out: Writable;
  /** Where progress goes; not there where nobody watches. */
  readonly progress: Writable | undefined;
  /** Colours for `out`: none where it is no terminal, or NO_COLOR is set. */
  readonly paint: Paint;
  /** Word for people beside the result. */
  note(text: string): void;
  /** Asks for a yes; undefined where nobody can be asked. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
}

/**
 * Writes a result: one line of JSON, or text for people. Resolves when it is written, or nobody reads it any more.
 * @throws the system's error where it cannot be written.
 */
export async function report(terminal: Pick<Terminal, 'out'>, json: boolean, result: object, text: string): Promise<void> {
  await writeLine(terminal, json ? JSON.stringify(result) : text);
}

/** @returns false where nobody reads it any more. @throws likewise. */
export async function writeLine({ out }: Pick<Terminal, 'out'>, line: string): Promise<boolean> {
  try {
    await write(out, `${line}\n`);
    return true;
  } catch (error) {
    if (!isClosedPipe(error)) throw error;
    return false;
  }
}

/** Whoever reads our output (`head`) has enough. */
export function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}

function write(out: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // An error comes to the callback, and then as an event, too, which would end the process if nobody listened.
    out.once('error', reject);
    out.write(text, (error) => {
      if (error) return reject(error);
      out.off('error', reject);
      resolve();
    });
  });
}

/** A line that is written over as the work goes on; nothing where nobody watches. */
export function progressOf(terminal: Terminal, what: string): (events: number) => void {
  return (events) => void terminal.progress?.write(`\r${what} ${events} events`);
}

/** Ends the line of progress. */
export function progressDone(terminal: Terminal): void {
  terminal.progress?.write('\r\u001B[K');
}
