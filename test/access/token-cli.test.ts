import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuiltServer } from '../support/built-server.js';

const CLI = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

describe('regraft token', () => {
  let built: BuiltServer;
  beforeEach(() => (built = new BuiltServer()));
  afterEach(() => built.remove());

  const token = (...args: readonly string[]) => tokenWith({}, ...args);

  async function tokenWith(
    environment: Readonly<Record<string, string>>,
    ...args: readonly string[]
  ): Promise<{ code: number; out: string; err: string }> {
    const env = { PATH: process.env['PATH'], REGRAFT_DATA_DIR: built.dataDir, ...environment };
    const child = spawn(process.execPath, [CLI, 'token', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit') as Promise<[number]>]);
    return { code, out, err };
  }

  async function stop({ child }: Awaited<ReturnType<BuiltServer['start']>>): Promise<void> {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }

  const ADMIN = ['--name', 'admin', '--role', 'ADMIN', '--all-teams'];

  it('makes the first token of a log, which the server then lets in until it is revoked', async () => {
    const { code, out } = await token('create', ...ADMIN, '--json');
    const { tokenId, secret } = JSON.parse(out) as { tokenId: string; secret: string };
    expect([code, secret]).toEqual([0, expect.stringMatching(/^rgt_[\w-]{43}$/)]);

    const ask = async (environment: Readonly<Record<string, string>>): Promise<number> => {
      const running = await built.start(environment);
      const { status } = await running.api.with({ authorization: `Bearer ${secret}` }).post('{ apps { totalCount } }');
      await stop(running);
      return status;
    };
    expect(await ask({ REGRAFT_ACCESS: 'tokens' })).toBe(200);
    expect(await token('revoke', tokenId)).toMatchObject({ code: 0, out: `Token ${tokenId} is revoked.\n` });
    expect(await token('revoke', tokenId)).toMatchObject({ code: 0, out: `Token ${tokenId} was revoked before.\n` });
    expect(await ask({ REGRAFT_ACCESS: 'tokens' })).toBe(401);
  });

  it('lists tokens without their secrets, also while the server runs; others wait for it to stop', async () => {
    const made = JSON.parse(
      (await token('create', '--name', 'bot', '--role', 'VIEWER', '--team', 'a', 'b', '--expires', '90d', '--json')).out,
    ) as {
      secret: string;
    };
    const running = await built.start();
    const { out } = await token('list');
    expect(out).toMatch(/^\S+ {2}bot {2}VIEWER in a, b {2}until \d{4}-.* {2}never used$/m);
    expect(out).not.toContain(made.secret);
    expect(await token('create', ...ADMIN)).toMatchObject({ code: 1, err: expect.stringContaining('another process has') });
    await stop(running);
  });

  it('does all of it over the API of a server that runs, where --url says so', async () => {
    const { secret } = JSON.parse((await token('create', ...ADMIN, '--json')).out) as { secret: string };
    const running = await built.start({ REGRAFT_ACCESS: 'tokens' });
    const over = (...args: readonly string[]) => tokenWith({ REGRAFT_TOKEN: secret }, ...args, '--url', running.api.url);
    const made = await over('create', '--name', 'bot', '--role', 'VIEWER', '--team', 'a', '--command-id', 'c-1', '--json');
    const bot = JSON.parse(made.out) as { tokenId: string; secret: string };
    expect([made.code, bot.secret]).toEqual([0, expect.stringMatching(/^rgt_/)]);
    expect(await over('create', '--name', 'bot', '--role', 'VIEWER', '--team', 'a', '--command-id', 'c-1')).toMatchObject({
      code: 1,
      out: expect.stringContaining('revoke it, and make another'),
    });
    const { status } = await running.api.with({ authorization: `Bearer ${bot.secret}` }).post('{ apps { totalCount } }');
    expect(status).toBe(200);
    expect((await over('list')).out).toMatch(/ {2}bot {2}VIEWER in a {2}until revoked {2}used \d{4}-/);
    expect(await over('revoke', bot.tokenId)).toMatchObject({ code: 0, out: `Token ${bot.tokenId} is revoked.\n` });
    expect(await over('revoke', bot.tokenId)).toMatchObject({ code: 0, out: `Token ${bot.tokenId} was revoked before.\n` });
    expect((await over('revoke', 'nobody')).code).not.toBe(0);
    await stop(running);
    expect((await token('list')).out).toMatch(/ {2}admin .* {2}used \d{4}-.*\n.* {2}bot .* {2}revoked .* {2}used \d{4}-/);
  });

  it.each([
    ['no teams', ['create', '--name', 'x', '--role', 'ADMIN']],
    ['teams and all of them', ['create', ...ADMIN, '--team', 'a']],
    ['a role that is none', ['create', '--name', 'x', '--role', 'KING', '--all-teams']],
    ['what goes with --url without it', ['list', '--token', 'rgt_x']],
    ['a time that is none', ['create', ...ADMIN, '--expires', 'soon']],
  ])('tells of %s as wrong usage', async (_what, args) => {
    expect(await token(...args)).toMatchObject({ code: 2, out: '' });
  });

  it('knows no token where there is none of the id', async () => {
    await token('create', ...ADMIN);
    expect(await token('revoke', 'nobody')).toMatchObject({ code: 1, err: expect.stringContaining('there is no token nobody') });
  });

  it('a server that others reach does not start open, and says how to make a token', async () => {
    const child = built.spawn({ HOST: '0.0.0.0' });
    const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number]>]);
    expect([code, err]).toEqual([1, expect.stringMatching(/REGRAFT_ACCESS to tokens.*token create/)]);
  });
});
