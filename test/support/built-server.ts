import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Api } from './server.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

type Child = ChildProcessByStdio<null, Readable, Readable>;

export interface Running {
  readonly child: Child;
  readonly api: Api;
}

/** The built program, as processes of their own on one data folder. */
export class BuiltServer {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'regraft-e2e-'));
  readonly #children: Child[] = [];

  constructor() {
    if (!existsSync(MAIN)) throw new Error('there is no build: npm test makes it first; so does npm run build');
  }

  /** @param under a program, with its arguments, that is to run it, such as a tracer. */
  spawn(environment: Readonly<Record<string, string>> = {}, under: readonly string[] = []): Child {
    const [command = process.execPath, ...rest] = [...under, process.execPath, MAIN];
    const child = spawn(command, rest, {
      env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'silent', REGRAFT_DATA_DIR: this.dataDir, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#children.push(child);
    return child;
  }

  /** Resolves when it is ready. */
  async start(environment: Readonly<Record<string, string>> = {}, under: readonly string[] = []): Promise<Running> {
    const child = this.spawn(environment, under);
    let complaints = '';
    child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /^Regraft is ready at (\S+)$/.exec(line)?.[1];
      if (url) return { child, api: new Api(url) };
    }
    throw new Error(`it ended before it was ready: ${complaints}`);
  }

  /** Kills what still runs, and removes the data folder. */
  remove(): void {
    for (const child of this.#children.splice(0)) child.kill('SIGKILL');
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** As a power cut would, but for the disk. Resolves when the process is gone. */
export async function kill(child: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
