import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openKeyFile, readKeyFile, replaceKeyFile } from '../../src/secrets/key-file.js';
import { masterKeyText, newMasterKey, parseMasterKey } from '../../src/secrets/master-keys.js';
import { KeyFileError } from '../../src/secrets/private-file.js';
import { startServer } from '../../src/server.js';
import { explainStartError } from '../../src/start-error.js';

const BUILT = fileURLToPath(new URL('../../dist/src/secrets/key-file.js', import.meta.url));

describe('the key file', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'regraft-key-'));
    path = join(folder, 'secret.key');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is made where it is not there, for its user alone, and is the same from then on', () => {
    const { current, previous } = openKeyFile(folder);
    expect(previous).toBeUndefined();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(openKeyFile(folder).current.id).toBe(current.id);
    expect(readdirSync(folder)).toEqual(['secret.key']);
  });

  it('is one for all processes that come at once', { timeout: 60_000 }, async () => {
    expect(existsSync(BUILT), 'npm test builds first; so does npm run build').toBe(true);
    const program = `import(${JSON.stringify(BUILT)}).then(({ openKeyFile }) => console.log(openKeyFile(process.argv[1]).current.id))`;
    const ids = Array.from({ length: 8 }, async () => {
      const child = spawn(process.execPath, ['-e', program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [id] = await Promise.all([text(child.stdout), once(child, 'exit')]);
      return id.trim();
    });
    expect(new Set(await Promise.all(ids))).toEqual(new Set([readKeyFile(folder).current.id]));
    expect(readdirSync(folder)).toEqual(['secret.key']);
  });

  it('is made anew beside what a crash left of making it', () => {
    writeFileSync(`${path}.0000`, '# Opens the secr');
    expect(openKeyFile(folder).current.id).toBe(readKeyFile(folder).current.id);
  });

  it('is refused where others may read it', () => {
    openKeyFile(folder);
    for (const mode of [0o640, 0o604, 0o660]) {
      chmodSync(path, mode);
      expect(() => openKeyFile(folder)).toThrow(KeyFileError);
      expect(() => openKeyFile(folder)).toThrow(`${path} may be read or written by others (mode 0${mode.toString(8)})`);
    }
    chmodSync(path, 0o400);
    expect(openKeyFile(folder).current.id).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each([
    ['nothing', ''],
    ['half a key', 'c2hvcnQ='],
    ['something else', 'password=hunter2'],
    ['three keys', [1, 2, 3].map(() => masterKeyText(newMasterKey())).join('\n')],
  ])('is refused where it holds %s, which is not shown', (_what, content) => {
    writeFileSync(path, content, { mode: 0o600 });
    expect(() => openKeyFile(folder)).toThrow(`${path} holds no secret key`);
    expect(() => openKeyFile(folder)).not.toThrow(/hunter2|c2hv/);
    expect(readFileSync(path, 'utf8')).toBe(content);
  });

  it('is refused with what the system says where it cannot be read or made', () => {
    mkdirSync(path, { mode: 0o700 });
    expect(() => openKeyFile(folder)).toThrow(`${path} cannot be read (EISDIR): let this user do so, or set REGRAFT_SECRET_KEY`);
    expect(() => openKeyFile(join(folder, 'nowhere'))).toThrow('cannot be made (ENOENT)');
    expect(() => openKeyFile(join(folder, 'nowhere'))).toThrow(KeyFileError);
  });

  it('holds the key of before beside the current one while keys are rotated', () => {
    const keys = { current: newMasterKey(), previous: newMasterKey() };
    replaceKeyFile(folder, keys);
    const read = readKeyFile(folder);
    expect([read.current.id, read.previous?.id]).toEqual([keys.current.id, keys.previous.id]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('keeps a server from starting where it cannot be used, with a line that says why', async () => {
    writeFileSync(path, '', { mode: 0o600 });
    const config = { host: '127.0.0.1', port: 0, dataDir: folder, logLevel: 'silent' } as const;
    const error: unknown = await startServer(config, { logger: pino({ level: 'silent' }) }).catch((reason: unknown) => reason);
    expect(explainStartError(error)).toContain('secret.key holds no secret key');
    rmSync(path);
    await (await startServer(config, { logger: pino({ level: 'silent' }) })).close();
  });
});

describe('a secret key as text', () => {
  const hex = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';
  const base64 = Buffer.from(hex, 'hex').toString('base64');

  it('is 32 bytes in base64, in its URL-safe alphabet, or in hexadecimal digits', () => {
    const ids = [hex, hex.toUpperCase(), base64, base64.slice(0, -1), Buffer.from(hex, 'hex').toString('base64url')].map(
      (each) => parseMasterKey(each)?.id,
    );
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each(['', 'secret', hex.slice(1), `${hex}0`, `${base64}=`, base64.slice(2), 'x'.repeat(64)])('is nothing else: "%s"', (given) => {
    expect(parseMasterKey(given)).toBeUndefined();
  });
});
