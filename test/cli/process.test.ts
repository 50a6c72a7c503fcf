import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
/** Gives a program a terminal (util-linux). */
const SCRIPT = '/usr/bin/script';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe('regraft as a process, over the API', () => {
  let server: TestServer;
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    expect(existsSync(MAIN), 'npm test builds first; so does npm run build').toBe(true);
    server = await startTestServer();
    for (const name of ['one', 'two']) await server.api.mutate('createApp', 'CreateAppInput', { name }, 'app { id }');
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await server.close();
  });

  function start(words: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
    const env = { PATH: process.env['PATH'], REGRAFT_URL: server.url, ...environment };
    const child = spawn(process.execPath, [MAIN, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    return child;
  }

  async function ended(child: ChildProcess): Promise<Ended> {
    const [out, err, [code]] = await Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      once(child, 'exit') as Promise<[number | null]>,
    ]);
    return { code, out, err };
  }

  const regraft = (words: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ended> =>
    ended(start(words, environment));

  it('exits with 2, 3 or 5, and says on one line of JSON what went wrong where that is asked for', async () => {
    expect((await regraft(['plan'])).code).toBe(2);
    expect((await regraft(['history', '--from', 'yesterday'])).code).toBe(2);
    expect(await regraft(['install', 'shop', '--json'])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/^\{"error":\{"code":"USAGE",.*\}\n$/),
    });
    const refused = await regraft(['plan', 'nobody', '--json']);
    expect(refused).toMatchObject({ code: 3, out: '' });
    expect(JSON.parse(refused.err)).toMatchObject({ error: { code: 'NOT_FOUND' } });
    await server.stop();
    expect(await regraft(['history'])).toMatchObject({ code: 5, out: '', err: expect.stringContaining('regraft serve') });
  });

  it('never shows a token, and warns of one on the command line', async () => {
    const quiet = await regraft(['plan', 'nobody'], { REGRAFT_TOKEN: 'very-secret' });
    const loud = await regraft(['plan', 'nobody', '--token', 'very-secret']);
    expect(JSON.stringify([quiet, loud])).not.toContain('very-secret');
    expect([quiet.err.includes('REGRAFT_TOKEN'), loud.err.includes('REGRAFT_TOKEN')]).toEqual([false, true]);
  });

  it('colours only where that is wanted', async () => {
    const ESCAPE = '\u001B[';
    const coloured = await regraft(['history'], { FORCE_COLOR: '1' });
    expect(coloured.out).toContain(ESCAPE);
    for (const environment of [undefined, { NO_COLOR: '1' }]) expect((await regraft(['history'], environment)).out).not.toContain(ESCAPE);
  });

  it('is quiet where nobody reads on', async () => {
    const child = start(['watch', '--from-beginning']);
    child.stdout?.destroy();
    const [err, [code]] = await Promise.all([text(child.stderr!), once(child, 'exit')]);
    expect({ err, code }).toEqual({ err: '', code: 0 });
  });

  it('serves at the port and from the folder that flags name, before those of the environment, until SIGTERM', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'regraft-serve-'));
    const child = start(['serve', '--port', '0', '--data-dir', folder], { PORT: '1', LOG_LEVEL: 'silent' });
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    const url = /^Regraft is ready at (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(line.toString())?.[1];
    expect((await regraft(['history'], { REGRAFT_URL: url ?? '' })).code).toBe(0);
    const end = ended(child);
    child.kill('SIGTERM');
    expect(await end).toMatchObject({ code: 0, err: '' });
    expect(readdirSync(folder)).toContain('log.db');
    rmSync(folder, { recursive: true, force: true });
    expect(await regraft(['serve', '--port', 'none'])).toMatchObject({ code: 1, err: expect.stringContaining('PORT is "none"') });
  });

  it('ends with 130 at SIGINT', async () => {
    const child = start(['watch', '--from-beginning']);
    await once(child.stdout!, 'data');
    const end = ended(child);
    child.kill('SIGINT');
    expect(await end).toMatchObject({ code: 130, err: 'interrupted\n' });
  });

  it.runIf(existsSync(SCRIPT))('asks at a terminal, and shows colours there', async () => {
    await server.api.mutate('createApp', 'CreateAppInput', { name: 'source' }, 'app { id }').then(async ({ app }) => {
      const input = { appId: app.id, component: { key: 'web', image: 'web:1' } };
      const { component } = await server.api.mutate('addComponent', 'AddComponentInput', input, 'component { id }');
      await server.api.mutate('publishTemplate', 'PublishTemplateInput', { appId: app.id, name: 'shop', version: '1.0' }, 'position');
      await regraft(['install', 'shop', '--as', 'Ada']);
      await server.api.mutate(
        'updateComponent',
        'UpdateComponentInput',
        { appId: app.id, componentId: component.id, set: { image: 'web:1.1' } },
        'position',
      );
      await regraft(['publish', 'source', '--version', '1.1']);
    });
    const env = { PATH: process.env['PATH'], REGRAFT_URL: server.url, TERM: 'xterm' };
    const child = spawn(SCRIPT, ['-qec', `'${process.execPath}' '${MAIN}' upgrade Ada`, '/dev/null'], {
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    children.push(child);
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('[y/N]')) child.stdin.end('y\n');
    });
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
    expect(said).toContain('\u001B[32m+ image: web:1.1');
    expect(said).toContain('Upgraded "Ada" to 1.1.');
  });
});
