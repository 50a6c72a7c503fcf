import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BuiltServer } from '../support/built-server.js';

const guide = readFileSync(new URL('../../docs/operations/README.md', import.meta.url), 'utf8');
const blocks = [...guide.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, commands = '']) => commands);

/** What a command has to print, by a part of it. */
const PRINTS: readonly (readonly [part: string, printed: RegExp])[] = [
  ['/livez', /"status":"ready"/],
  ['/metrics', /^regraft_operations_total/m],
  ['looked-for-1', /"correlationId":"looked-for-1","type":"AppCreated"/],
  ['verify', /events?/],
];

describe('the guide for operators', () => {
  const server = new BuiltServer();
  const folder = mkdtempSync(join(tmpdir(), 'regraft-guide-'));
  const root = fileURLToPath(new URL('../..', import.meta.url));
  let addresses: { readonly api: string; readonly metrics: string };
  beforeAll(async () => {
    const metrics = await freePort();
    const { api } = await server.start({ REGRAFT_METRICS_PORT: String(metrics) });
    await api.ask('{ position }');
    addresses = { api: api.url.replace('http://', ''), metrics: `127.0.0.1:${metrics}` };
  });
  afterAll(() => {
    server.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has commands', () => expect(blocks.length).toBeGreaterThanOrEqual(5));

  it.each(blocks)('has commands that work: %s', async (commands) => {
    const here = commands
      .replaceAll('localhost:4000', addresses.api)
      .replaceAll('localhost:9464', addresses.metrics)
      .replaceAll('./restored', join(folder, 'restored'))
      .replaceAll('backup.ndjson', join(folder, 'backup.ndjson'));
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', here], {
      cwd: root,
      env: { ...process.env, REGRAFT_DATA_DIR: server.dataDir, LOG_LEVEL: 'warn' },
    });
    for (const [part, printed] of PRINTS) if (commands.includes(part)) expect(stdout).toMatch(printed);
    if (commands.includes('--out')) expect(readFileSync(join(folder, 'backup.ndjson'), 'utf8')).toContain('"AppCreated"');
  });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
