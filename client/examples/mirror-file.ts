import { appendFileSync, closeSync, constants, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';

const TAIL_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** What a line is: an event, and with it how far the file has come. */
export interface MirroredEvent {
  readonly position: string;
}

/**
 * A file of one event a line. The position that it has come to is that of its last whole line: since an event and its position are one line, no crash
 * can leave the one without the other. For one process at a time.
 */
export class MirrorFile {
  /** Of the last event in it; undefined where there is none. */
  readonly position: string | undefined;
  readonly #file: number;

  /** Makes the file where there is none; cuts off a line that a crash left half written. @throws SyntaxError where its last line is not of a mirror. */
  constructor(path: string) {
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND);
    const { size } = fstatSync(this.#file);
    const { whole, lastLine } = readTail(this.#file, size);
    if (whole < size) ftruncateSync(this.#file, whole);
    this.position = lastLine === undefined ? undefined : (JSON.parse(lastLine) as MirroredEvent).position;
  }

  /** Durable when it returns. */
  append(event: MirroredEvent): void {
    appendFileSync(this.#file, `${JSON.stringify(event)}\n`);
    fdatasyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** The last whole line of a file, and where it ends. Reads back from the end only as far as that line begins. */
function readTail(file: number, size: number): { readonly whole: number; readonly lastLine: string | undefined } {
  for (let length = Math.min(size, TAIL_BYTES); ; length = Math.min(size, length * 2)) {
    const tail = Buffer.alloc(length);
    readSync(file, tail, 0, length, size - length);
    const end = tail.lastIndexOf(NEWLINE);
    const start = end <= 0 ? -1 : tail.lastIndexOf(NEWLINE, end - 1);
    if (length === size || start >= 0) {
      return { whole: size - length + end + 1, lastLine: end < 0 ? undefined : tail.toString('utf8', start + 1, end) };
    }
  }
}
