import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuiltServer, type Running } from '../support/built-server.js';

const run = promisify(execFile);

describe('the examples of the client', () => {
  let server: BuiltServer;
  let running: Running;
  beforeEach(async () => {
    server = new BuiltServer();
    running = await server.start();
  });
  afterEach(() => server.remove());

  it('tell the story of a first upgrade, and of one that is refused', async () => {
    const environment = { PATH: process.env['PATH'], REGRAFT_URL: running.api.url };
    const { stdout } = await run(process.execPath, ['client/examples/first-upgrade.ts'], { env: environment });
    expect(stdout).toBe('COMPLETED 1.1\nNOT_FOUND: template "shop" has no published version 0.9\n');
  });
});
