import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainStartError } from '../../src/start-error.js';
import { startServer } from '../../src/server.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { newEvent } from '../store/contract.js';
import { diskFull, shippedWith } from '../support/projections.js';
import { startTestServer } from '../support/server.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(ROOT, 'dist/src/main.js');
const REBUILD = [join(ROOT, 'dist/src/cli/main.js'), 'rebuild'];

/** Well under the time that it waits for EventStoreDB. */
const AT_ONCE_MS = 5_000;

let dataDir: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'regraft-e2e-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

function run(command: string, args: readonly string[], environment: Record<string, string>): ChildProcessByStdio<null, Readable, Readable> {
  const env = { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'silent', REGRAFT_DATA_DIR: dataDir, ...environment };
  const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

describe('a program that cannot start', () => {
  /** What it said of it. */
  async function failure(program: string | readonly string[], environment: Record<string, string>): Promise<string> {
    const child = run(process.execPath, [program].flat(), environment);
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(1);
    expect(said.trim().split('\n'), 'one line').toHaveLength(1);
    return said;
  }

  it('says that the data folder is a file', async () => {
    const file = join(dataDir, 'file');
    writeFileSync(file, '');
    expect(await failure(MAIN, { REGRAFT_DATA_DIR: file })).toContain(`REGRAFT_DATA_DIR is ${file}: that is a file`);
    expect(await failure(MAIN, { REGRAFT_DATA_DIR: join(file, 'data') })).toContain('that is a file, or in one');
  });

  it('says that the data folder cannot be made', async () => {
    expect(await failure(MAIN, { REGRAFT_DATA_DIR: '/sys/data' })).toContain('REGRAFT_DATA_DIR is /sys/data: this folder cannot be made');
  });

  it('says that another program has the port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    expect(await failure(MAIN, { PORT: String(port) })).toContain(`PORT is ${port}: another program has it`);
    other.close();
  });

  it('says that the host is not an address of this machine', async () => {
    expect(await failure(MAIN, { HOST: '192.0.2.1', REGRAFT_ACCESS: 'tokens' })).toContain(
      'HOST is 192.0.2.1: this machine does not have that address',
    );
  });

  it('says that the host has no address', async () => {
    expect(await failure(MAIN, { HOST: 'nowhere.invalid', REGRAFT_ACCESS: 'tokens' })).toContain(
      'HOST is nowhere.invalid: no address is known',
    );
  });

  it('says that there is nothing to rebuild, and makes nothing', async () => {
    const missing = join(dataDir, 'missing');
    expect(await failure(REBUILD, { REGRAFT_DATA_DIR: missing })).toContain(`there is no log at ${missing}`);
    expect(await failure(REBUILD, { REGRAFT_DATA_DIR: missing })).toContain(`there is no log at ${missing}`);
  });

  it('says that the server runs, where it is to rebuild beside it', async () => {
    const server = await startTestServer();
    expect(await failure(REBUILD, { REGRAFT_DATA_DIR: server.dataDir })).toMatch(/another process has .* open: stop it/);
    await server.close();
  });

  it('says that a port is not for this user', () => {
    const refused = Object.assign(new Error('listen EACCES'), { code: 'EACCES', syscall: 'listen', address: '127.0.0.1', port: 80 });
    expect(explainStartError(refused)).toBe('PORT is 80: this user may not listen there; name one from 1024 up');
  });

  it('keeps the stack of what no setting mends', () => {
    expect(explainStartError(new TypeError('a fault'))).toBeUndefined();
  });
});

describe('a signal before the server is ready', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`stops it while it waits for EventStoreDB: ${signal}`, async () => {
      const child = run(process.execPath, [MAIN], { EVENTSTORE_URL: 'esdb://localhost:1?tls=false', LOG_LEVEL: 'warn' });
      for await (const line of createInterface({ input: child.stderr })) if (line.includes('trying again')) break;
      const exited = once(child, 'exit');
      const told = performance.now();
      child.kill(signal);
      expect(await exited).toEqual([0, null]);
      expect(performance.now() - told).toBeLessThan(AT_ONCE_MS);
    });
  }

  it('stops it during the first catch-up, and lets go of the folder', async () => {
    const held = shippedWith('apps', () => {
      throw diskFull();
    });
    const log = openEmbeddedStore({ path: join(dataDir, 'log.db') });
    await log.append('a-1', 'no_stream', [newEvent()]);
    await log.close();
    const stop = new AbortController();
    const config = { host: '127.0.0.1', port: 0, dataDir, logLevel: 'silent' } as const;
    const logger = pino({ level: 'silent' });
    const starting = startServer(config, { logger, projections: held, signal: stop.signal });
    await expect.poll(() => readdirSync(dataDir)).toContain('read-model-1.db');
    stop.abort();
    await expect(starting).rejects.toBe(stop.signal.reason);
    await (await startServer(config, { logger })).close();
  });
});

describe('npm start', () => {
  it('stops the server when it is told to stop, and leaves nothing behind', async () => {
    const npm = run('npm', ['start'], {});
    let url: string | undefined;
    for await (const line of createInterface({ input: npm.stdout })) {
      url = /^Regraft is ready at (\S+)$/.exec(line)?.[1];
      if (url) break;
    }
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    npm.kill('SIGTERM');
    await once(npm, 'exit');
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
  });
});
