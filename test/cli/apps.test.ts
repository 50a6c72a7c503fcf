import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { historyCommand } from '../../src/cli/apps/history.js';
import { importCommand } from '../../src/cli/apps/import.js';
import { installCommand } from '../../src/cli/apps/install.js';
import { publishCommand } from '../../src/cli/apps/publish.js';
import { rollbackCommand } from '../../src/cli/apps/rollback.js';
import { setCommand } from '../../src/cli/apps/set.js';
import { upgradeCommand, type UpgradeOptions } from '../../src/cli/apps/upgrade.js';
import { FAILED, OK, TO_SETTLE } from '../../src/cli/exit-code.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { desk, type Desk, type DeskOptions } from './desk.js';

const ONE = `services:
  web: { image: "example/web:1", environment: { GREETING: hello, MODE: plain } }
  db: { image: "postgres:16", volumes: ["data:/var/lib/postgresql/data"] }
volumes: { data: {} }
`;
const TWO = ONE.replace('web:1', 'web:2').replace('hello', 'welcome').replace('volumes: {', '  cache: { image: "redis:7" }\nvolumes: {');
const NO_DB = TWO.replace(/ {2}db:.*\n/, '').replace(/volumes:.*\n/, '');

const NOTHING = { resolve: [], accept: [], component: [] } satisfies UpgradeOptions;
const IMPORT = { with: [], profile: [], rename: [] };
const INSTALL = { set: [], key: [] };
const HISTORY = { type: [] };

describe('the command line, over the API', () => {
  let server: TestServer;
  let folder: string;
  beforeEach(async () => {
    server = await startTestServer();
    folder = mkdtempSync(join(tmpdir(), 'regraft-apps-'));
    await release('1.0', ONE);
    await installCommand(at(), 'shop', { ...INSTALL, as: 'Ada' });
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const at = (options: DeskOptions = {}): Desk => desk(server.url, options);

  async function release(version: string, compose: string): Promise<void> {
    const file = join(folder, 'compose.yaml');
    writeFileSync(file, compose);
    await importCommand(at(), [file], { ...IMPORT, app: 'source', create: true, team: 'makers' });
    const isFirst = version === '1.0';
    expect(await publishCommand(at(), 'source', { version, ...(isFirst && { new: 'shop' }) })).toBe(OK);
  }

  /** What is installed in Ada's app, as the API has it. */
  async function ada(): Promise<{ currentVersion: string; env: Record<string, string>; keys: string[] }> {
    const { apps } = await server.api.ask(
      '{ apps(search: "Ada") { edges { node { installations { currentVersion } components { key env { name value } } } } } }',
    );
    const { installations, components } = apps.edges[0].node;
    const web = components.find((component: { key: string }) => component.key === 'web');
    return {
      currentVersion: installations[0].currentVersion,
      env: Object.fromEntries(web.env.map(({ name, value }: { name: string; value: string }) => [name, value])),
      keys: components.map(({ key }: { key: string }) => key).sort(),
    };
  }

  describe('a name', () => {
    it('that two apps have is refused, with both; an id, or the team before it, says which', async () => {
      for (const team of ['red', 'blue']) await server.api.mutate('createApp', 'CreateAppInput', { name: 'twin', team }, 'app { id }');
      const naming = upgradeCommand(at(), 'twin', NOTHING);
      await expect(naming).rejects.toMatchObject({
        code: 'NAME_AMBIGUOUS',
        message: expect.stringMatching(/red\/twin[^]*blue\/twin|blue\/twin[^]*red\/twin/),
      });
      await expect(upgradeCommand(at(), 'red/twin', NOTHING)).rejects.toMatchObject({ message: 'nothing is installed in "twin"' });
    });

    it('that none has is refused, with those that are like it', async () => {
      await expect(upgradeCommand(at(), 'Ad', NOTHING)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: expect.stringContaining('makers/Ada'),
      });
    });
  });

  describe('install', () => {
    it('again, changes nothing; another version of what is installed is a matter for upgrade', async () => {
      const again = at();
      expect(await installCommand(again, 'shop', { ...INSTALL, as: 'Ada' })).toBe(OK);
      expect(again.out()).toContain('nothing to do');
      await expect(installCommand(at(), 'shop', { ...INSTALL, as: 'Ada', version: '2.0' })).rejects.toMatchObject({
        code: 'ALREADY_INSTALLED',
      });
      expect((await server.api.ask('{ apps(search: "Ada") { totalCount } }')).apps.totalCount).toBe(1);
    });

    it('with a command id of before, has one effect and the same answer', async () => {
      const answers = [];
      for (const turn of [1, 2]) {
        const given = at({ commandId: 'ci-17', json: true });
        expect(await installCommand(given, 'shop', { ...INSTALL, as: `Ben`, commandId: 'ci-17' }), `turn ${turn}`).toBe(OK);
        answers.push(JSON.parse(given.out()) as object);
      }
      expect(answers[1]).toEqual(answers[0]);
    });

    it('takes values from files, and says which components there are where it is not told one', async () => {
      const file = join(folder, 'greeting');
      writeFileSync(file, 'hi\n');
      await installCommand(at(), 'shop', { ...INSTALL, as: 'Cy', set: [`web.GREETING=@${file}`] });
      const { apps } = await server.api.ask('{ apps(search: "Cy") { edges { node { components { key env { name value } } } } } }');
      expect(JSON.stringify(apps)).toContain('"value":"hi"');
      await expect(installCommand(at(), 'shop', { ...INSTALL, as: 'Di', set: ['GREETING=x'] })).rejects.toThrow('components are web, db');
    });
  });

  describe('plan and upgrade', () => {
    beforeEach(async () => {
      expect(await setCommand(at(), 'Ada', 'web', ['env.GREETING=moin', 'env.MODE=fancy'], { unset: [] })).toBe(OK);
      await release('1.1', TWO);
    });

    it('shows what changes, what is kept and what is to be settled, and ends with 4 while something is', async () => {
      const looking = at();
      expect(await upgradeCommand(looking, 'Ada', { ...NOTHING, dryRun: true })).toBe(TO_SETTLE);
      expect(looking.out()).toBe(`Ada: shop 1.0 → 1.1

~ web
    ! env.GREETING: conflict
        before  hello
        ours    moin   (changed here)
        theirs  welcome   (shop 1.1)
        settle by --resolve 'web.env.GREETING=ours' (or =theirs, or =<another value>)
      env.MODE: fancy   (kept as changed here; shop 1.1: plain)
    - image: example/web:1
    + image: example/web:2
      ! MAJOR_IMAGE_CHANGE: web: example/web goes from major version 1 to 2
+ cache
    + image: redis:7
    + replicas: 1
= db (unchanged)

Not as it is: 1 conflict to settle, by --resolve one by one or by --prefer ours|theirs.
`);
      expect((await ada()).currentVersion).toBe('1.0');
    });

    it.each([
      ['ours', { resolve: ['web.env.GREETING=ours'] }, 'moin'],
      ['theirs', { resolve: ['web.env.GREETING=theirs'] }, 'welcome'],
      ['another value', { resolve: ['web.env.GREETING=a=b'] }, 'a=b'],
      ['a text that reads like a choice', { resolve: ['web.env.GREETING=value:ours'] }, 'ours'],
      ['a place by its JSON Pointer', { resolve: ['web:/env/GREETING=theirs'] }, 'welcome'],
      ['all at once', { prefer: 'theirs' as const }, 'welcome'],
    ])('settles a conflict as told: %s', async (_how, choice, value) => {
      expect(await upgradeCommand(at(), 'Ada', { ...NOTHING, ...choice, yes: true })).toBe(OK);
      expect(await ada()).toMatchObject({ currentVersion: '1.1', env: { GREETING: value, MODE: 'fancy' }, keys: ['cache', 'db', 'web'] });
    });

    it('refuses a choice for a place that is not there, and names those that are', async () => {
      await expect(upgradeCommand(at(), 'Ada', { ...NOTHING, resolve: ['web.env.GRETING=ours'], yes: true })).rejects.toThrow(
        '  web.env.GREETING',
      );
    });

    it('asks before it changes anything, and takes anything but a yes for a no', async () => {
      const doubtful = at({ answer: false });
      expect(await upgradeCommand(doubtful, 'Ada', { ...NOTHING, prefer: 'ours' })).toBe(FAILED);
      expect(doubtful.asked).toEqual(['Ada: shop 1.0 → 1.1: go on?']);
      expect((await ada()).currentVersion).toBe('1.0');
      const sure = at({ answer: true });
      expect(await upgradeCommand(sure, 'Ada', { ...NOTHING, prefer: 'ours' })).toBe(OK);
      expect(sure.notes()).toBe('✓ web updated\n✓ cache added');
    });

    it('is refused, before anything is asked of the server, where nobody can be asked and there is no --yes', async () => {
      await expect(upgradeCommand(at(), 'Ada', { ...NOTHING, prefer: 'ours' })).rejects.toThrow('--yes');
    });

    it('again, has nothing to do', async () => {
      await upgradeCommand(at(), 'Ada', { ...NOTHING, prefer: 'ours', to: '1.1', yes: true });
      const again = at({ json: true });
      expect(await upgradeCommand(again, 'Ada', { ...NOTHING, prefer: 'ours', to: '1.1', yes: true })).toBe(OK);
      expect(JSON.parse(again.out())).toEqual({ upgrade: null, currentVersion: '1.1' });
    });

    it('upgrades some components, and later the rest', async () => {
      expect(await upgradeCommand(at(), 'Ada', { ...NOTHING, component: ['cache'], yes: true })).toBe(OK);
      expect(await ada()).toMatchObject({ currentVersion: '1.0', keys: ['cache', 'db', 'web'] });
      expect(await upgradeCommand(at(), 'Ada', { ...NOTHING, to: '1.1', prefer: 'ours', yes: true })).toBe(OK);
      expect((await ada()).currentVersion).toBe('1.1');
    });

    it('does not lose data unless that is accepted', async () => {
      await release('2.0', NO_DB);
      const careful = at({ json: true });
      expect(await upgradeCommand(careful, 'Ada', { ...NOTHING, prefer: 'ours', yes: true })).toBe(TO_SETTLE);
      const { plan } = JSON.parse(careful.out()) as { plan: { risks: { code: string }[] } };
      expect(plan.risks.map(({ code }) => code)).toContain('DATA_LOSS');
      expect(await upgradeCommand(at(), 'Ada', { ...NOTHING, prefer: 'ours', accept: ['data-loss'], yes: true })).toBe(OK);
      expect((await ada()).keys).toEqual(['cache', 'web']);
    });

    it('goes back, once: the same again has nothing to do, and with --yes it is to be said how far', async () => {
      await upgradeCommand(at(), 'Ada', { ...NOTHING, prefer: 'theirs', yes: true });
      await expect(rollbackCommand(at(), 'Ada', { ...NOTHING, yes: true })).rejects.toThrow('--to or --upgrade');
      expect(await rollbackCommand(at(), 'Ada', { ...NOTHING, to: '1.0', yes: true })).toBe(OK);
      expect(await ada()).toMatchObject({ currentVersion: '1.0', env: { GREETING: 'moin', MODE: 'fancy' }, keys: ['db', 'web'] });
      const again = at();
      expect(await rollbackCommand(again, 'Ada', { ...NOTHING, to: '1.0', yes: true })).toBe(OK);
      expect(again.out()).toContain('nothing to do');
      await expect(rollbackCommand(at(), 'Ada', { ...NOTHING, to: '0.9', yes: true })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });
  });

  it('tells of each component as an integration reports it, until the upgrade is over', async () => {
    await installCommand(at(), 'shop', { ...INSTALL, as: 'Eve', external: true });
    await release('1.1', TWO);
    const watching = at();
    const ended = upgradeCommand(watching, 'Eve', { ...NOTHING, yes: true });
    const { appId, upgrade } = await vi.waitUntil(async () => {
      const { apps } = await server.api.ask(
        '{ apps(search: "Eve") { edges { node { id upgradeRecords { edges { node { id state components { componentId key } } } } } } } }',
      );
      const [record] = apps.edges[0].node.upgradeRecords.edges;
      return record && { appId: apps.edges[0].node.id, upgrade: record.node };
    });
    const report = (key: string, state: string, message?: string): Promise<unknown> => {
      const { componentId } = upgrade.components.find((component: { key: string }) => component.key === key);
      return server.api.mutate(
        'reportComponentUpgrade',
        'ReportComponentUpgradeInput',
        { appId, upgradeId: upgrade.id, componentId, state, message },
        'position',
      );
    };
    await report('web', 'COMPLETED');
    await report('cache', 'FAILED', 'no room');
    expect(await ended).toBe(FAILED);
    expect(watching.notes()).toMatch(/✓ web updated[^]*✗ cache failed: no room/);
  });

  describe('history', () => {
    it('prints what a filter selects, page by page, as lines, NDJSON and CSV', async () => {
      for (let turn = 0; turn < 105; turn++) await server.api.mutate('createApp', 'CreateAppInput', { name: `app ${turn}` }, 'position');
      const printing = at({ json: true });
      await historyCommand(printing, { ...HISTORY, type: ['AppCreated'] });
      const events = printing
        .out()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { type: string; data: { name: string } });
      expect(events.map(({ data }) => data.name)).toEqual(['source', 'Ada', ...Array.from({ length: 105 }, (_, turn) => `app ${turn}`)]);

      const ofAda = at();
      await historyCommand(ofAda, { ...HISTORY, app: 'Ada' });
      expect(ofAda.out()).toMatch(/^\S+ {2}local {2}AppCreated {2}name="Ada" {2}app-\S+@0\n\S+ {2}local {2}TemplateInstalled .*\n$/);

      const file = join(folder, 'history.csv');
      await historyCommand(at(), { ...HISTORY, app: 'Ada', format: 'csv', output: file });
      expect(readFileSync(file, 'utf8')).toMatch(/^position,recordedAt,.*\n[^\n]*,AppCreated,[^\n]*\n[^\n]*,TemplateInstalled,[^\n]*\n$/);
      expect(readdirSync(folder)).not.toContain('history.csv.part');
    });

    it('shows no control characters of a name to the terminal, and no formula to a spreadsheet', async () => {
      await server.api.mutate('createApp', 'CreateAppInput', { name: 'evil \u001B]0;title\u0007' }, 'position');
      const printing = at();
      await historyCommand(printing, { ...HISTORY, type: ['AppCreated'] });
      const text = printing.out();
      expect(text).toContain('evil');
      // eslint-disable-next-line no-control-regex -- these are the ones that are looked for
      expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F]/);
    });
  });

  it('warns of what an import cannot take, and says where', async () => {
    const file = join(folder, 'compose.yaml');
    writeFileSync(file, 'services: { web: { image: "a:${TAG}" } }\n');
    const importing = at({ json: true });
    expect(await importCommand(importing, [file], { ...IMPORT, app: 'source', dryRun: true })).toBe(OK);
    const { warnings } = JSON.parse(importing.out()) as { warnings: { code: string; file: string }[] };
    expect(warnings).toMatchObject([{ message: expect.stringContaining('TAG'), file: 'compose.yaml', line: 1 }]);
    await expect(importCommand(at(), [file], { ...IMPORT, app: 'nobody' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
