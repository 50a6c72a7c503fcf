import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-code.js';

const fileAt = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const MAIN = fileAt('dist/src/cli/main.js');
const DOC = readFileSync(fileAt('docs/cli.md'), 'utf8');

interface Step {
  readonly command: string;
  readonly output: string;
}

/** Commands in the order of the page, each with what it is said to print. */
const steps: readonly Step[] = [...DOC.matchAll(/```sh\n(.*?)\n```\n\n```text\n(.*?)\n```\n/gs)].map(([, command = '', output = '']) => ({
  command,
  output,
}));

/** What is another at each run. */
function stable(text: string): string {
  return text
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, '<id>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/127\.0\.0\.1:\d+/g, '<address>');
}

describe('docs/cli.md', () => {
  let folder: string;
  let server: ChildProcess | undefined;
  const env: Record<string, string | undefined> = { PORT: '0', LOG_LEVEL: 'silent' };
  beforeAll(() => {
    expect(existsSync(MAIN), 'npm test builds first; so does npm run build').toBe(true);
    folder = mkdtempSync(join(tmpdir(), 'regraft-doc-'));
    cpSync(fileAt('demo/shop'), join(folder, 'shop'), { recursive: true });
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin', 'regraft'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`, { mode: 0o755 });
    Object.assign(env, { PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}`, REGRAFT_DATA_DIR: join(folder, 'data') });
  });
  afterAll(async () => {
    if (server?.exitCode === null) {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  /** Standard output and standard error as they come to a terminal. */
  function run(command: string): string {
    const { stdout } = spawnSync('bash', ['--norc', '-c', `{ ${command}\n} 2>&1`], {
      cwd: folder,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return stdout.trimEnd();
  }

  async function serve(command: string): Promise<string> {
    server = spawn('bash', ['--norc', '-c', `exec ${command}`], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: server.stdout! })) {
      env['REGRAFT_URL'] = /http\S+/.exec(line)?.[0];
      return line;
    }
    throw new Error('it ended before it was ready');
  }

  it('tells the whole story', () => {
    const words = steps.map(({ command }) => /^regraft (\S+)/.exec(command)?.[1]);
    expect(words).toEqual(
      expect.arrayContaining(['serve', 'import', 'publish', 'install', 'set', 'plan', 'upgrade', 'rollback', 'history']),
    );
    expect(DOC.match(/```sh\n/g)).toHaveLength(steps.length);
  });

  it.each(steps)('$command', { timeout: 60_000 }, async ({ command, output }) => {
    const said = command === 'regraft serve' ? await serve(command) : run(command);
    expect(stable(said)).toBe(stable(output));
  });

  it('has the table of exit codes as it is', () => {
    expect(DOC).toContain(EXIT_CODES);
  });
});
