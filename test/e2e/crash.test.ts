import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Api } from '../support/server.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

describe('the built server', () => {
  let dataDir: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    expect(existsSync(MAIN), 'npm test builds first; so does npm run build').toBe(true);
    dataDir = mkdtempSync(join(tmpdir(), 'regraft-e2e-'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function start(environment: Record<string, string> = {}): Promise<{ child: ChildProcess; api: Api }> {
    const child = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'silent', REGRAFT_DATA_DIR: dataDir, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /^Regraft is ready at (\S+)$/.exec(line)?.[1];
      if (url) return { child, api: new Api(url) };
    }
    throw new Error('it ended before it was ready');
  }

  it('shows every acknowledged mutation once after it was killed in the middle of many', { timeout: 60_000 }, async () => {
    const first = await start();
    const acknowledged: string[] = [];
    const write = async (writer: number): Promise<void> => {
      for (let n = 0; ; n++) {
        const name = `app ${writer}.${n}`;
        await first.api.mutate('createApp', 'CreateAppInput', { name }, 'app { id }');
        acknowledged.push(name);
      }
    };
    const writers = Array.from({ length: 8 }, (_, writer) => write(writer).catch(() => undefined));
    while (acknowledged.length < 200) await new Promise((resolve) => setImmediate(resolve));
    first.child.kill('SIGKILL');
    await Promise.all([...writers, once(first.child, 'exit')]);

    const { api } = await start();
    const names: string[] = [];
    for (let after: string | null = null; ;) {
      const { apps } = await api.ask(
        'query ($after: String) { apps(first: 100, after: $after) { edges { node { name } } pageInfo { hasNextPage endCursor } } }',
        {
          after,
        },
      );
      names.push(...apps.edges.map((edge: { node: { name: string } }) => edge.node.name));
      if (!apps.pageInfo.hasNextPage) break;
      after = apps.pageInfo.endCursor as string;
    }
    expect(new Set(names).size).toBe(names.length);
    expect(acknowledged.filter((name) => !names.includes(name))).toEqual([]);
    // At most the mutations that were under way, one a writer, may be there unacknowledged.
    expect(names.length - acknowledged.length).toBeLessThanOrEqual(8);
  });

  it('has one generation of read models, and all rows, after it was killed in the middle of a rebuild', { timeout: 60_000 }, async () => {
    const first = await start();
    const APPS = 600;
    const CREATE = `mutation { ${Array.from({ length: 60 }, (_, n) => `a${n}: createApp(input: { name: "app" }) { position }`).join(' ')} }`;
    for (let n = 0; n < APPS; n += 60) await first.api.ask(CREATE);
    const generations = (): string[] => readdirSync(dataDir).filter((name) => /^read-model-\d+\.db$/.test(name));
    // Again and again, so that the kill comes while one is under way.
    const rebuilding = (async () => {
      for (;;) await first.api.ask('mutation { rebuildReadModels { generation } }');
    })().catch(() => undefined);
    while (generations().length < 2) await new Promise((resolve) => setImmediate(resolve));
    first.child.kill('SIGKILL');
    await Promise.all([rebuilding, once(first.child, 'exit')]);

    const { api } = await start();
    expect(generations()).toHaveLength(1);
    expect(await api.ask('{ apps { totalCount } history { totalCount } }')).toEqual({
      apps: { totalCount: APPS },
      history: { totalCount: APPS },
    });
  });

  it('goes on answering while it reads a large Compose project', { timeout: 60_000 }, async () => {
    const { api } = await start();
    const { app } = await api.mutate('createApp', 'CreateAppInput', { name: 'large' }, 'app { id }');
    const variables = Array.from({ length: 200 }, (_, n) => `      VARIABLE_${n}: value\n`).join('');
    const services = Array.from({ length: 400 }, (_, n) => `  s${n}:\n    image: x:${n}\n    environment:\n${variables}`).join('');
    const run = (content: string): ReturnType<Api['send']> =>
      api.send('mutation ($input: ImportComposeInput!) { importCompose(input: $input) { changes { key } } }', {
        input: { appId: app.id, dryRun: true, files: [{ name: 'compose.yaml', content }] },
      });

    const began = performance.now();
    let done = false;
    const answer = run(`services:\n${services}`).finally(() => (done = true));
    let longest = 0;
    while (!done) {
      const asked = performance.now();
      await api.ask('{ __typename }');
      longest = Math.max(longest, performance.now() - asked);
    }
    expect((await answer).data.importCompose.changes).toHaveLength(400);
    expect(longest).toBeLessThan((performance.now() - began) / 2);

    const refused = await run(`services:\n${services}  s7: { image: x }\n`);
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'IMPORT_FAILED', file: 'compose.yaml', line: 2 + 400 * 203 });
  });

  it('stops in order on SIGTERM, with exit code 0', async () => {
    const { child, api } = await start();
    await api.mutate('createApp', 'CreateAppInput', { name: 'one' }, 'position');
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
  });

  it('says what is wrong with its configuration, and exits with 1', async () => {
    const child = spawn(process.execPath, [MAIN], { env: { PORT: 'http', LOG_LEVEL: 'loud' }, stdio: ['ignore', 'ignore', 'pipe'] });
    children.push(child);
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(1);
    expect(text).toContain('PORT is "http"');
    expect(text).toContain('LOG_LEVEL is "loud"');
  });
});
