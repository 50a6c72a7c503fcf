import type { Writable } from 'node:stream';

/** What a command of the command line works with, so that tests can run it without a process. */
export interface Terminal {
  readonly out: Writable;
  /** Where progress goes; not there where nobody watches. */
  readonly progress: Writable | undefined;
}

/** Exit codes of `regraft`. */
export const OK = 0;
/** What was asked for failed, was refused, or found something wrong. */
export const FAILED = 1;
export const USAGE = 2;
export type ExitCode = typeof OK | typeof FAILED | typeof USAGE;

/** Writes a result: one line of JSON, or text for people. */
export function report(terminal: Terminal, json: boolean, result: object, text: string): void {
  terminal.out.write(`${json ? JSON.stringify(result) : text}\n`);
}

/** A line that is written over as the work goes on; nothing where nobody watches. */
export function progressOf(terminal: Terminal, what: string): (events: number) => void {
  return (events) => void terminal.progress?.write(`\r${what} ${events} events`);
}

/** Ends the line of progress. */
export function progressDone(terminal: Terminal): void {
  terminal.progress?.write('\r\u001B[K');
}
