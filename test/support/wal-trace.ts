import { spawnSync } from 'node:child_process';

const STRACE = 'strace';
const CALLS = 'pwrite64,fdatasync,fsync,write,writev,sendto,sendmsg';

/** Whether strace is there and may be used. */
export function canTrace(): boolean {
  return spawnSync(STRACE, ['-o', '/dev/null', 'true']).status === 0;
}

/**
 * The command under which a program writes a trace for a `WalTrace`: of all threads, with the paths of files, with whole buffers (a page of SQLite has
 * 4 KiB), all in hexadecimal bytes. It stays the child of who starts it (-D): the tracer is not between.
 */
export function traceInto(file: string): string[] {
  return [STRACE, '-D', '-f', '-y', '-xx', '-s', '1000000', '-e', `trace=${CALLS}`, '-o', file];
}

export interface TracedAnswer {
  readonly mark: string;
  /** Whether a commit that has the mark in it was on the disk when the first byte of the answer was given to the socket. */
  readonly durable: boolean;
}

const HEADER_BYTES = 24;

/**
 * Follows a trace of a server, from one system call to the next: which marks (texts within events) are in the frames of the log's WAL, in commits that
 * are complete, in commits that a sync which succeeded came after, and in answers on sockets.
 *
 * SQLite writes a frame as a header and a page (https://sqlite.org/fileformat2.html#walformat); bytes 4 to 7 of the header of a transaction's last
 * frame are the size of the database in pages, and 0 in all others.
 */
export class WalTrace {
  readonly answers: TracedAnswer[] = [];
  /** Of the log's WAL. */
  syncs = 0;
  commits = 0;
  readonly #marks: RegExp;
  readonly #durable = new Set<string>();
  readonly #answered = new Set<string>();
  #committed: string[] = [];
  #transaction: string[] = [];
  #isLastFrame = false;
  /** Threads within a sync of the WAL, and what was committed when it began. */
  readonly #syncing = new Map<string, string[]>();

  /** @param marks global: what a mark looks like. */
  constructor(
    private readonly walPath: string,
    marks: RegExp,
  ) {
    this.#marks = marks;
  }

  /** Takes in the next line of the trace. */
  read(line: string): void {
    const [, thread = '', call = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const started = /^(\w+)\(\d+<((?:\\x[0-9a-f]{2})*)>/.exec(call);
    if (started) this.#start(thread, started[1] ?? '', bytesOf(started[2] ?? '').toString(), call);
    if (/^(?:<\.\.\. )?f(?:data)?sync\b.* = 0$/.test(call)) this.#synced(thread);
  }

  #start(thread: string, name: string, path: string, call: string): void {
    if (name.endsWith('sync')) {
      if (path === this.walPath) this.#syncing.set(thread, this.#committed);
      return;
    }
    const buffers = [...call.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, text]) => bytesOf(text ?? ''));
    if (path === this.walPath) for (const buffer of buffers) this.#frame(buffer);
    else if (/^(socket|TCP|TCPv6):/.test(path)) this.#answer(Buffer.concat(buffers).toString('latin1'));
  }

  #frame(buffer: Buffer): void {
    if (buffer.length === HEADER_BYTES) {
      this.#isLastFrame = buffer.readUInt32BE(4) > 0;
      return;
    }
    this.#transaction.push(...this.#marksIn(buffer.toString('latin1')));
    if (!this.#isLastFrame) return;
    this.commits++;
    this.#committed = [...this.#committed, ...this.#transaction];
    this.#transaction = [];
    this.#isLastFrame = false;
  }

  #synced(thread: string): void {
    const covered = this.#syncing.get(thread);
    if (!covered) return;
    this.#syncing.delete(thread);
    this.syncs++;
    for (const mark of covered) this.#durable.add(mark);
    this.#committed = this.#committed.filter((mark) => !this.#durable.has(mark));
  }

  #answer(text: string): void {
    for (const mark of this.#marksIn(text)) {
      if (this.#answered.has(mark)) continue;
      this.#answered.add(mark);
      this.answers.push({ mark, durable: this.#durable.has(mark) });
    }
  }

  #marksIn(text: string): string[] {
    return text.match(this.#marks) ?? [];
  }
}

function bytesOf(hexadecimal: string): Buffer {
  return Buffer.from(hexadecimal.replaceAll('\\x', ''), 'hex');
}
