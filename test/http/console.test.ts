import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { startTestNode, type TestNode } from '../support/server.js';

const PAGE = '<!doctype html><title>The page</title>';
/** As browsers send it where one follows a link, or writes an address. */
const NAVIGATION = { headers: { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' } };

describe('the console', () => {
  const consoleDir = mkdtempSync(join(tmpdir(), 'regraft-console-'));
  mkdirSync(join(consoleDir, 'assets'));
  writeFileSync(join(consoleDir, 'index.html'), PAGE);
  writeFileSync(join(consoleDir, 'assets', 'index-abc123.js'), '0;');
  let node: TestNode;
  afterEach(() => node.close());
  afterAll(() => rmSync(consoleDir, { recursive: true }));

  it('is at /, and at every address within it that a browser is led to', async () => {
    node = await startTestNode({ consoleDir });
    for (const path of ['/', '/apps', '/apps/5c0f/upgrades?to=1', '/graph']) {
      const answer = await fetch(`${node.url}${path}`, NAVIGATION);
      expect([path, answer.status, await answer.text()]).toEqual([path, 200, PAGE]);
    }
  });

  it('is no answer to programs, to requests for files, or beneath what is served beside it', async () => {
    node = await startTestNode({ consoleDir });
    expect((await fetch(`${node.url}/metrics`)).status).toBe(404);
    for (const path of [
      '/assets/gone-abc.js',
      '/favicon.ico',
      '/health/other',
      '/graphql/other',
      '/graphiql/other',
      '/%2e%2e%2fpackage.json',
    ]) {
      const answer = await fetch(`${node.url}${path}`, NAVIGATION);
      expect([path, answer.status, await answer.json()]).toMatchObject([path, 404, { errors: [{ extensions: { code: 'NOT_FOUND' } }] }]);
    }
    expect((await fetch(`${node.url}/apps`, { method: 'POST', ...NAVIGATION })).status).toBe(404);
  });

  it('is asked for anew each time, but what has a hash in its name never again', async () => {
    node = await startTestNode({ consoleDir });
    const cached = async (path: string): Promise<string | null> =>
      (await fetch(`${node.url}${path}`, NAVIGATION)).headers.get('cache-control');
    expect(await Promise.all(['/', '/apps', '/assets/index-abc123.js'].map(cached))).toEqual([
      'no-cache',
      'no-cache',
      'public, max-age=31536000, immutable',
    ]);
  });

  it('may load nothing from anywhere else, nor be shown within another page', async () => {
    node = await startTestNode({ consoleDir });
    for (const path of ['/', '/apps']) {
      const policy = (await fetch(`${node.url}${path}`, NAVIGATION)).headers.get('content-security-policy') ?? '';
      expect(policy).toContain(`default-src 'self'`);
      expect(policy).toContain(`frame-ancestors 'none'`);
      expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    }
  });

  it('is not there where it is switched off', async () => {
    node = await startTestNode({ consoleDir, serving: { console: false } });
    expect((await fetch(`${node.url}/apps`, NAVIGATION)).status).toBe(404);
    expect((await fetch(`${node.url}/`, { ...NAVIGATION, redirect: 'manual' })).headers.get('location')).toBe('/graphiql/');
  });
});
