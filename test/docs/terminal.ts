import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

export interface Ran {
  /** Standard output and standard error as they come to a terminal. */
  readonly printed: string;
  readonly status: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A bash that goes on from command to command, so that variables and functions stay. */
export class Terminal {
  readonly #bash: ChildProcessByStdio<Writable, Readable, null>;
  #printed = '';

  constructor(cwd: string, env: Environment) {
    // A group of its own, so that what it started can be ended with it.
    this.#bash = spawn('bash', ['--norc', '--noprofile', '-o', 'pipefail'], {
      cwd,
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    this.#bash.stdout.setEncoding('utf8').on('data', (chunk: string) => (this.#printed += chunk));
  }

  /** All that it printed, apart from what `run` took. */
  get printed(): string {
    return this.#printed;
  }

  /** Waits until all of the commands are done. */
  async run(commands: string): Promise<Ran> {
    const end = /\n<done (\d+)>\n$/;
    this.start(commands, `printf '\\n<done %d>\\n' $?`);
    await this.#until(() => end.test(this.#printed));
    const printed = this.#printed.replace(end, '');
    const status = Number(end.exec(this.#printed)?.[1]);
    this.#printed = '';
    return { printed, status };
  }

  start(commands: string, then = ''): void {
    this.#bash.stdin.write(`{ ${commands}\n} < /dev/null 2>&1; ${then}\n`);
  }

  /** Resolves to whether it came to be, within so many milliseconds. */
  async waitFor(holds: (printed: string) => boolean, milliseconds: number): Promise<boolean> {
    const signal = AbortSignal.timeout(milliseconds);
    try {
      await this.#until(() => holds(this.#printed), signal);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  }

  async #until(holds: () => boolean, signal?: AbortSignal): Promise<void> {
    while (!holds()) {
      if (this.#bash.exitCode !== null) throw new Error(`bash ended with ${this.#bash.exitCode}: ${this.#printed}`);
      await once(this.#bash.stdout, 'data', signal ? { signal } : {});
    }
  }

  /** Ends it and what it started. */
  async close(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#bash;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const closed = once(this.#bash, 'close');
    process.kill(-pid, 'SIGKILL');
    await closed;
  }
}
