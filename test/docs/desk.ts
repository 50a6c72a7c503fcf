import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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
/** The ports that guides name: of the server, of a receiver of webhooks. Each is a free one here. */
const PORTS = ['4000', '4010'];

/**
 * Where a reader of a guide sits: a folder with what is in the repository, and terminals in it. `regraft` is the built one; nothing else of what is outside is
 * used but node, bash, curl and the like.
 */
export class Desk {
  readonly #folder = mkdtempSync(join(tmpdir(), 'regraft-doc-'));
  readonly #ports: ReadonlyMap<string, string>;
  readonly #env: Environment;
  readonly #here: Terminal;
  readonly #elsewhere: { readonly step: Step & { does: 'start' }; readonly terminal: Terminal }[] = [];

  private constructor(ports: ReadonlyMap<string, string>) {
    if (!existsSync(MAIN)) throw new Error('there is no build: npm test makes it first; so does npm run build');
    this.#ports = ports;
    const bin = join(this.#folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'regraft'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`, { mode: 0o755 });
    for (const name of ['node_modules', 'client', 'package.json', 'schema']) symlinkSync(fileAt(name), join(this.#folder, name));
    for (const name of ['demo/shop', 'docs/ask.mjs']) cpSync(fileAt(name), join(this.#folder, name), { recursive: true });
    this.#env = {
      PATH: [bin, dirname(process.execPath), process.env['PATH']].join(delimiter),
      PORT: ports.get('4000'),
      REGRAFT_URL: `http://127.0.0.1:${ports.get('4000')}`,
      REGRAFT_DATA_DIR: join(this.#folder, 'data'),
      LOG_LEVEL: 'silent',
    };
    this.#here = new Terminal(this.#folder, this.#env);
  }

  static async open(): Promise<Desk> {
    const free = await Promise.all(PORTS.map(async (port) => [port, await freePort()] as const));
    return new Desk(new Map(free));
  }

  /**
   * Does a step. Of what runs on in another terminal it waits for the first line that is told; `ended` looks at all of it.
   * @throws Error where commands end with another status than 0.
   */
  async do(step: Step): Promise<Compared | undefined> {
    switch (step.does) {
      case 'write':
        writeFileSync(join(this.#folder, step.file), this.#withPorts(step.text));
        return undefined;
      case 'start':
        return this.#start(step);
      case 'run': {
        const { printed, status } = await this.#here.run(this.#withPorts(step.commands));
        if (status !== 0) throw new Error(`it ended with ${status}, and printed: ${printed}`);
        return step.output && compare(step.output.language, step.output.text, printed);
      }
    }
  }

  async #start(step: Step & { does: 'start' }): Promise<undefined> {
    const terminal = new Terminal(this.#folder, this.#env);
    this.#elsewhere.push({ step, terminal });
    terminal.start(this.#withPorts(step.commands));
    const told = step.output?.text;
    if (told === undefined) throw new Error('what runs in another terminal needs a block that says what it prints: the next step waits for its first line');
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

  #withPorts(text: string): string {
    return [...this.#ports].reduce((all, [told, free]) => all.replaceAll(new RegExp(`\\b${told}\\b`, 'g'), free), text);
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
