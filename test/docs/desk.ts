import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Step } from './guide.js';
import { compare, hasBegun, type Compared } from './output.js';
import { Terminal, type Environment } from './terminal.js';

const fileAt = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const MAIN = fileAt('dist/src/cli/main.js');
/** How long what is started may take to print what it is said to. */
const PATIENCE = 20_000;
/** The port of the server, as guides name it. A free one stands for it here. */
const PORT = /\b4000\b/g;

/**
 * Where a reader of a guide sits: a folder with the Compose files of `demo/shop`, and terminals in it whose `regraft` is the built one.
 */
export class Desk {
  readonly #folder = mkdtempSync(join(tmpdir(), 'regraft-doc-'));
  readonly #port: string;
  readonly #env: Environment;
  readonly #here: Terminal;
  readonly #elsewhere: { readonly step: Step & { does: 'start' }; readonly terminal: Terminal }[] = [];

  private constructor(port: string) {
    if (!existsSync(MAIN)) throw new Error('there is no build: npm test makes it first; so does npm run build');
    this.#port = port;
    const bin = join(this.#folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'regraft'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`, { mode: 0o755 });
    cpSync(fileAt('demo/shop'), join(this.#folder, 'demo/shop'), { recursive: true });
    this.#env = {
      PATH: [bin, dirname(process.execPath), process.env['PATH']].join(delimiter),
      PORT: port,
      REGRAFT_URL: `http://127.0.0.1:${port}`,
      REGRAFT_DATA_DIR: join(this.#folder, 'data'),
      LOG_LEVEL: 'silent',
    };
    this.#here = new Terminal(this.#folder, this.#env);
  }

  static async open(): Promise<Desk> {
    return new Desk(await freePort());
  }

  /**
   * Does a step. Of what runs on in another terminal it waits for the first line that is told; `ended` looks at all of it.
   * @throws Error where commands end with another status than 0.
   */
  async do(step: Step): Promise<Compared | undefined> {
    switch (step.does) {
      case 'start':
        return this.#start(step);
      case 'run': {
        const { printed, status } = await this.#here.run(this.#withPort(step.commands));
        if (status !== 0) throw new Error(`it ended with ${status}, and printed: ${printed}`);
        return step.output && compare(step.output.language, step.output.text, printed);
      }
    }
  }

  async #start(step: Step & { does: 'start' }): Promise<undefined> {
    const terminal = new Terminal(this.#folder, this.#env);
    this.#elsewhere.push({ step, terminal });
    terminal.start(this.#withPort(step.commands));
    const told = step.output?.text;
    if (told === undefined)
      throw new Error('what runs in another terminal needs a block that says what it prints: the next step waits for its first line');
    if (!(await terminal.waitFor((printed) => hasBegun(told, printed), PATIENCE)))
      throw new Error(`it did not print its first line, but: ${terminal.printed}`);
  }

  /** What each of the other terminals was said to print by the end of the page, and what it did. */
  async ended(): Promise<readonly (Compared & { readonly line: number })[]> {
    const all = this.#elsewhere.map(async ({ step: { output, line }, terminal }) => {
      const compared = (): Compared => compare(output?.language ?? 'text', output?.text ?? '', terminal.printed);
      await terminal.waitFor(() => compared().told === compared().printed, PATIENCE);
      return { line, ...compared() };
    });
    return Promise.all(all);
  }

  async leave(): Promise<void> {
    await Promise.all([this.#here, ...this.#elsewhere.map(({ terminal }) => terminal)].map((terminal) => terminal.close()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #withPort(commands: string): string {
    return commands.replaceAll(PORT, this.#port);
  }
}

async function freePort(): Promise<string> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return String(port);
}
