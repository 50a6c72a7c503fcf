import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuiltServer, kill } from '../support/built-server.js';
import type { Api } from '../support/server.js';

describe('the built server', () => {
  let server: BuiltServer;
  beforeEach(() => {
    server = new BuiltServer();
  });
  afterEach(() => server.remove());

  it('shows every acknowledged mutation once after it was killed in the middle of many', { timeout: 60_000 }, async () => {
    const first = await server.start();
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
    await Promise.all([...writers, kill(first.child)]);

    const { api } = await server.start();
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
    const first = await server.start();
    const APPS = 600;
    const CREATE = `mutation { ${Array.from({ length: 60 }, (_, n) => `a${n}: createApp(input: { name: "app" }) { position }`).join(' ')} }`;
    for (let n = 0; n < APPS; n += 60) await first.api.ask(CREATE);
    const generations = (): string[] => readdirSync(server.dataDir).filter((name) => /^read-model-\d+\.db$/.test(name));
    // Again and again, so that the kill comes while one is under way.
    const rebuilding = (async () => {
      for (;;) await first.api.ask('mutation { rebuildReadModels { generation } }');
    })().catch(() => undefined);
    while (generations().length < 2) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([rebuilding, kill(first.child)]);

    const { api } = await server.start();
    expect(generations()).toHaveLength(1);
    expect(await api.ask('{ apps { totalCount } history { totalCount } }')).toEqual({
      apps: { totalCount: APPS },
      history: { totalCount: APPS },
    });
  });

  it('goes on answering while it reads a large Compose project', { timeout: 60_000 }, async () => {
    const { api } = await server.start();
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
    const { child, api } = await server.start();
    await api.mutate('createApp', 'CreateAppInput', { name: 'one' }, 'position');
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
  });

  it('says what is wrong with its configuration, and exits with 1', async () => {
    const child = server.spawn({ PORT: 'http', LOG_LEVEL: 'loud' });
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(1);
    expect(text).toContain('PORT is "http"');
    expect(text).toContain('LOG_LEVEL is "loud"');
  });
});
