import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toCloudEvent } from '../../src/audit/cloud-event.js';
import { exportLines } from '../../src/audit/export.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { BEFORE_FIRST, MAX_APPEND_BYTES } from '../../src/store/event-store.js';
import { chain } from '../../src/store/hash-chain.js';
import { newEvent } from '../store/contract.js';
import { startTestServer, type TestServer } from '../support/server.js';

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

describe('the command line', () => {
  let server: TestServer;
  let folder: string;
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    expect(existsSync(MAIN), 'npm test builds first; so does npm run build').toBe(true);
    folder = mkdtempSync(join(tmpdir(), 'regraft-cli-'));
    server = await startTestServer();
    for (const name of ['one', 'two', 'three']) await server.api.mutate('createApp', 'CreateAppInput', { name }, 'app { id }');
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Started with standard output as given. */
  function regraftInto(out: 'pipe' | number, dataDir: string, ...words: string[]): ChildProcess {
    const env = { PATH: process.env['PATH'], REGRAFT_DATA_DIR: dataDir };
    const child = spawn(process.execPath, [MAIN, ...words], { env, stdio: ['ignore', out, 'pipe'] });
    children.push(child);
    return child;
  }

  async function regraft(dataDir: string, ...words: string[]): Promise<{ code: number; out: string; err: string }> {
    const env = { PATH: process.env['PATH'], REGRAFT_DATA_DIR: dataDir };
    const child = spawn(process.execPath, [MAIN, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit') as Promise<[number]>]);
    return { code, out, err };
  }

  it('verifies and exports while the server runs, and imports into another folder', async () => {
    expect(await regraft(server.dataDir, 'verify')).toMatchObject({
      code: 0,
      out: expect.stringContaining('3 events in 3 streams'),
      err: '',
    });
    const backup = join(folder, 'backup.ndjson');
    expect(await regraft(server.dataDir, 'export', '--out', backup)).toMatchObject({ code: 0, out: '', err: '' });
    expect((await regraft(server.dataDir, 'export')).out).toBe(readFileSync(backup, 'utf8'));

    const copy = join(folder, 'copy');
    const imported = await regraft(copy, 'restore', backup, '--json');
    expect(JSON.parse(imported.out)).toMatchObject({ imported: 3, present: 0 });
    expect(JSON.parse((await regraft(copy, 'verify', '--json')).out)).toMatchObject({ ok: true, events: 3, broken: null });

    const { position } = await server.api.mutate('createApp', 'CreateAppInput', { name: 'four' }, 'position');
    await server.api.mutate('createApp', 'CreateAppInput', { name: 'five' }, 'position');
    expect((await regraft(server.dataDir, 'export', '--from', position)).out.trimEnd().split('\n')).toHaveLength(1);
    expect(await regraft(copy, 'export', '--from', position)).toMatchObject({
      code: 1,
      err: expect.stringContaining('is no position of this log'),
    });
  });

  it('goes on with an import that was killed', { timeout: 60_000 }, async () => {
    const source = openEmbeddedStore({ path: ':memory:' });
    const append = (n: number) => source.append(`s-${n}`, 'no_stream', chain([newEvent({ n }), newEvent({ n })], undefined).linked);
    await Promise.all(Array.from({ length: 10_000 }, (_, n) => append(n)));
    const backup = join(folder, 'backup.ndjson');
    writeFileSync(backup, (await Array.fromAsync(exportLines(source, BEFORE_FIRST, () => undefined))).join(''));
    await source.close();

    const copy = join(folder, 'copy');
    const killed = spawn(process.execPath, [MAIN, 'restore', backup], { env: { REGRAFT_DATA_DIR: copy }, stdio: 'ignore' });
    children.push(killed);
    await vi.waitUntil(() => eventsIn(copy) > 0, { timeout: 30_000, interval: 5 });
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const present = eventsIn(copy);
    expect(present).toBeLessThan(20_000);

    expect(JSON.parse((await regraft(copy, 'restore', backup, '--json')).out)).toMatchObject({ present, imported: 20_000 - present });
    expect((await regraft(copy, 'verify')).code).toBe(0);
  });

  it('compares the log with checkpoints that were kept elsewhere, also in another folder', { timeout: 60_000 }, async () => {
    const kept = join(folder, 'kept.txt');
    const { publicKey } = (await server.api.ask('{ checkpoint { publicKey } }')).checkpoint;
    const backup = join(folder, 'backup.ndjson');
    await regraft(server.dataDir, 'export', '--out', backup);
    await server.stop();
    expect(await regraft(server.dataDir, 'verify')).toMatchObject({
      code: 0,
      out: expect.stringContaining('The first 3 are those of a signed'),
    });
    cpSync(join(server.dataDir, 'checkpoints.txt'), kept);

    const copy = join(folder, 'copy');
    await regraft(copy, 'restore', backup);
    expect((await regraft(copy, 'verify')).out).toContain('There is no checkpoint of it');
    expect(await regraft(copy, 'verify', '--checkpoint', kept)).toMatchObject({ code: 1, err: expect.stringContaining('--key') });
    const proven = await regraft(copy, 'verify', '--checkpoint', kept, '--key', publicKey, '--json');
    expect(JSON.parse(proven.out)).toMatchObject({ ok: true, proven: 3, brokenCheckpoint: null });
    const database = new DatabaseSync(join(copy, 'log.db'));
    database.exec('DELETE FROM events WHERE position = 2');
    database.close();
    expect((await regraft(copy, 'verify')).code).toBe(0);
    expect(await regraft(copy, 'verify', '--checkpoint', kept, '--key', publicKey)).toMatchObject({
      code: 1,
      out: expect.stringContaining('3 events were signed, and there are 2: the log was cut short'),
    });

    writeFileSync(kept, readFileSync(kept, 'utf8').replace('\n3\n', '\n2\n'));
    expect(await regraft(copy, 'verify', '--checkpoint', kept, '--key', publicKey)).toMatchObject({
      code: 1,
      err: expect.stringContaining('the checkpoint of 2 events is not signed by'),
    });
    expect(await regraft(copy, 'verify', '--key', 'nonsense')).toMatchObject({ code: 2, err: expect.stringContaining('no verifier key') });
  });

  it('exits with 1 where the log is broken, and names the place', async () => {
    const { id } = (await server.api.mutate('createApp', 'CreateAppInput', { name: 'four' }, 'app { id }')).app;
    await server.api.mutate('updateApp', 'UpdateAppInput', { appId: id, name: 'renamed' }, 'app { id }');
    const database = new DatabaseSync(join(server.dataDir, 'log.db'));
    database.exec(`UPDATE events SET type = 'AppDeleted' WHERE position = 3`);
    database.close();
    expect(await regraft(server.dataDir, 'verify')).toMatchObject({
      code: 1,
      out: expect.stringMatching(`stream app-${id}\n *revision 1\n *position 4\n`),
    });
    expect(JSON.parse((await regraft(server.dataDir, 'verify', '--json')).out)).toMatchObject({
      ok: false,
      events: 4,
      broken: { stream: `app-${id}`, revision: 1 },
    });
  });

  it('exits with 1 and a line that says what to do where the store or the file is not there, or a server has the folder', async () => {
    expect(await regraft(folder, 'verify')).toMatchObject({ code: 1, err: expect.stringMatching(/there is no log at .*\n$/) });
    expect(await regraft(folder, 'restore', join(folder, 'nothing'))).toMatchObject({ code: 1, err: expect.stringMatching(/ENOENT.*\n$/) });
    expect(await regraft(server.dataDir, 'restore', MAIN)).toMatchObject({ code: 1, err: expect.stringContaining('another process has') });
  });

  it('makes no log for an import of what cannot be read', async () => {
    for (const file of [join(folder, 'nothing'), folder]) {
      const copy = join(folder, 'copy');
      expect(await regraft(copy, 'restore', file)).toMatchObject({ code: 1, err: expect.stringMatching(/^[^\n]*\n$/) });
      expect(existsSync(copy)).toBe(false);
    }
  });

  it('says in a line that a file holds an event that no store takes', async () => {
    const backup = join(folder, 'backup.ndjson');
    const event = { ...newEvent({ text: 'x'.repeat(MAX_APPEND_BYTES) }), stream: 'app-1', revision: 0, position: 0 };
    writeFileSync(backup, JSON.stringify(toCloudEvent('abc', { ...event, recordedAt: '2026-01-01T00:00:00.000Z' })));
    const result = await regraft(join(folder, 'copy'), 'restore', backup);
    expect(result).toMatchObject({ code: 1, err: expect.stringMatching(/^an append to app-1 of \d+ bytes is larger than \d+\n$/) });
  });

  it('says in a line that its result cannot be written, and exits with 1', async () => {
    const backup = join(folder, 'backup.ndjson');
    await regraft(server.dataDir, 'export', '--out', backup);
    const into = openSync('/dev/full', 'w');
    for (const words of [['verify'], ['verify', '--json'], ['export'], ['restore', backup]]) {
      const child = regraftInto(into, words[0] === 'restore' ? join(folder, 'copy') : server.dataDir, ...words);
      const [err, [code]] = await Promise.all([textOf(child.stderr), once(child, 'exit')]);
      expect({ words, code, err }).toEqual({
        words,
        code: 1,
        err: expect.stringMatching(words.includes('--json') ? /^\{"error":\{.*ENOSPC[^\n]*\n$/ : /^ENOSPC[^\n]*\n$/),
      });
    }
    closeSync(into);
  });

  it('keeps its exit code, and silent, where nobody reads its result', async () => {
    const unread = async (...words: string[]): Promise<{ code: unknown; err: string }> => {
      const child = regraftInto('pipe', server.dataDir, ...words);
      child.stdout?.destroy();
      const [err, [code]] = await Promise.all([textOf(child.stderr), once(child, 'exit')]);
      return { code, err };
    };
    for (const words of [['verify'], ['verify', '--json'], ['export']]) expect(await unread(...words)).toEqual({ code: 0, err: '' });
    const database = new DatabaseSync(join(server.dataDir, 'log.db'));
    database.exec('DELETE FROM events WHERE position = 1');
    database.close();
    expect(await unread('verify')).toEqual({ code: 1, err: '' });
  });

  it('leaves nothing of an export that cannot be whole, and refuses what is no name for a file before it begins', async () => {
    const kept = join(folder, 'kept');
    mkdirSync(kept);
    for (const out of [kept, '', '/dev/null']) {
      expect(await regraft(server.dataDir, 'export', '--out', out)).toMatchObject({
        code: 2,
        out: '',
        err: expect.stringContaining('--out'),
      });
    }
    const database = new DatabaseSync(join(server.dataDir, 'log.db'));
    database.exec(`UPDATE events SET data = 'none' WHERE position = 2`);
    database.close();
    expect((await regraft(server.dataDir, 'export', '--out', join(folder, 'backup.ndjson'))).code).toBe(1);
    expect(readdirSync(folder)).toEqual(['kept']);
  });

  it('exits with 2 and its usage for words that it does not know, and with 0 for help', async () => {
    expect((await regraft(folder, 'bogus')).code).toBe(2);
    expect((await regraft(folder, 'verify', '--bogus')).code).toBe(2);
    expect((await regraft(folder, 'restore')).code).toBe(2);
    expect(await regraft(folder, '--help')).toMatchObject({ code: 0, out: expect.stringContaining('Exit codes:') });
  });
});

/** What a child writes where it was given a pipe. */
const textOf = (pipe: Readable | null): Promise<string> => (pipe ? text(pipe) : Promise.resolve(''));

/** How many events the log in a folder has: 0 while there is none. */
function eventsIn(dataDir: string): number {
  const path = join(dataDir, 'log.db');
  if (!existsSync(path)) return 0;
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    const made = database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'events'`).get();
    return made ? Number(database.prepare('SELECT count(*) AS n FROM events').get()?.['n']) : 0;
  } finally {
    database.close();
  }
}
