import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readKeyFile, replaceKeyFile } from '../../src/secrets/key-file.js';
import { masterKeyText, newMasterKey, type MasterKeys } from '../../src/secrets/master-keys.js';
import { startServer } from '../../src/server.js';
import { Api } from '../support/server.js';

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

describe('rotate-key', () => {
  let dataDir: string;
  let secret: { appId: string; componentId: string };
  beforeEach(() => {
    expect(existsSync(MAIN), 'npm test builds first; so does npm run build').toBe(true);
    dataDir = mkdtempSync(join(tmpdir(), 'regraft-rotate-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  /** What is asked of a server on the folder, which stops then. */
  async function serving<Result>(ask: (api: Api) => Promise<Result>, masterKeys?: MasterKeys): Promise<Result> {
    const config = { host: '127.0.0.1', port: 0, dataDir, logLevel: 'silent', ...(masterKeys && { masterKeys }) } as const;
    const server = await startServer(config, { logger: pino({ level: 'silent' }) });
    try {
      return await ask(new Api(server.url));
    } finally {
      await server.close();
    }
  }

  async function bind(api: Api): Promise<void> {
    const { app } = await api.mutate('createApp', 'CreateAppInput', { name: 'shop' }, 'app { id }');
    const component = { key: 'db', env: [{ name: 'A', value: 'hidden', secret: true }] };
    const added = await api.mutate('addComponent', 'AddComponentInput', { appId: app.id, component }, 'component { id }');
    secret = { appId: app.id as string, componentId: added.component.id as string };
  }

  const reveal = async (api: Api): Promise<unknown> =>
    (await api.mutate('revealSecret', 'RevealSecretInput', { ...secret, name: 'A', reason: 'r' }, 'value')).value;

  async function rotateKey(environment: Readonly<Record<string, string>> = {}): Promise<{ code: number; out: string; err: string }> {
    const env = { PATH: process.env['PATH'], REGRAFT_DATA_DIR: dataDir, ...environment };
    const child = spawn(process.execPath, [MAIN, 'rotate-key', '--json'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit') as Promise<[number]>]);
    return { code, out, err };
  }

  it('puts another key in the key file, and secrets open with it', async () => {
    await serving(bind);
    const before = readKeyFile(dataDir);
    const { code, out } = await rotateKey();
    const { current, previous } = readKeyFile(dataDir);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ keys: 2, rewrapped: 2, secretKey: current.id });
    expect([current.id === before.current.id, previous]).toEqual([false, undefined]);
    expect(await serving(reveal)).toBe('hidden');
  });

  it('goes on with a rotation that was interrupted, with the key that it had made', async () => {
    await serving(bind);
    const begun = { current: newMasterKey(), previous: readKeyFile(dataDir).current };
    replaceKeyFile(dataDir, begun);
    expect(await serving(reveal)).toBe('hidden');
    expect(JSON.parse((await rotateKey()).out)).toEqual({ keys: 2, rewrapped: 2, secretKey: begun.current.id });
    expect(readKeyFile(dataDir)).toMatchObject({ current: { id: begun.current.id }, previous: undefined });
  });

  it('goes from one key of the environment to another, and leaves the file alone', async () => {
    const [old, now] = [newMasterKey(), newMasterKey()];
    await serving(bind, { current: old });
    const environment = { REGRAFT_SECRET_KEY: masterKeyText(now) };
    expect(await rotateKey(environment)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^\{"error":\{"code":"FAILED","message":"set REGRAFT_SECRET_KEY.*_PREVIOUS.*\n$/),
    });
    const { code } = await rotateKey({ ...environment, REGRAFT_SECRET_KEY_PREVIOUS: masterKeyText(old) });
    expect(code).toBe(0);
    expect(existsSync(join(dataDir, 'secret.key'))).toBe(false);
    expect(await serving(reveal, { current: now })).toBe('hidden');
  });

  it('is refused beside a server on the embedded log, without a log, and with a key that does not open it; the file stays as it is', async () => {
    const nothing = await rotateKey();
    expect(nothing).toMatchObject({ code: 1, err: expect.stringContaining('there is no log at') });
    await serving(bind);
    const before = readKeyFile(dataDir).current.id;
    await serving(async () => {
      expect(await rotateKey()).toMatchObject({ code: 1, err: expect.stringContaining('another process has') });
    });
    expect(readKeyFile(dataDir)).toMatchObject({ current: { id: before }, previous: undefined });
    const wrong = { current: newMasterKey() };
    replaceKeyFile(dataDir, wrong);
    expect(await rotateKey()).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^\{"error":\{"code":"SECRET_KEY_WRONG","message":"the secret key of this server .*\n$/),
    });
    expect(readKeyFile(dataDir)).toMatchObject({ current: { id: wrong.current.id }, previous: undefined });
  });
});
