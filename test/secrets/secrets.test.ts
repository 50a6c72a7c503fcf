import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

const INSTALLED =
  'app { id components { id key } } installation { id missingValues { componentKey name path secret description } } missingValues { componentKey name secret }';
const ENV = 'env { name value secret generated generateGroup description }';
const FILES = 'configFiles { path content secret mode }';

interface Component {
  readonly id: string;
  readonly key: string;
}
interface Installed {
  readonly app: { readonly id: string; readonly components: readonly Component[] };
  readonly installation: { readonly id: string; readonly missingValues: readonly object[] };
  readonly missingValues: readonly object[];
}

describe('secrets and generated values', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  let names = 0;
  async function source(...components: object[]): Promise<{ appId: string; ids: string[] }> {
    const { app } = await server.api.mutate('createApp', 'CreateAppInput', { name: `source ${(names += 1)}` }, 'app { id }');
    const ids: string[] = [];
    for (const component of components) ids.push(await add(app.id as string, component));
    return { appId: app.id as string, ids };
  }
  async function add(appId: string, component: object): Promise<string> {
    return (await server.api.mutate('addComponent', 'AddComponentInput', { appId, component }, 'component { id }')).component.id as string;
  }
  const update = (appId: string, componentId: string, edit: object, selection = ENV): Promise<{ component: Record<string, never[]> }> =>
    server.api.mutate('updateComponent', 'UpdateComponentInput', { appId, componentId, ...edit }, `component { ${selection} }`);
  async function publish(appId: string, version: string, templateId?: string): Promise<string> {
    const input = { appId, version, ...(templateId ? { templateId } : { name: `template ${(names += 1)}` }) };
    return (await server.api.mutate('publishTemplate', 'PublishTemplateInput', input, 'template { id }')).template.id as string;
  }
  const install = (templateId: string, more: object = {}): Promise<Installed> =>
    server.api.mutate('installTemplate', 'InstallTemplateInput', { templateId, appName: `install ${(names += 1)}`, ...more }, INSTALLED);
  const upgrade = (appId: string, toVersion: string, more: object = {}): Promise<unknown> =>
    server.api.mutate('upgradeApp', 'UpgradeAppInput', { appId, toVersion, ...more }, 'upgrade { id }');
  async function reveal(appId: string, componentId: string, name: string): Promise<string> {
    const input = { appId, componentId, name, reason: 'the test wants to know' };
    return (await server.api.mutate('revealSecret', 'RevealSecretInput', input, 'value')).value as string;
  }
  const idOf = ({ app }: Installed, key: string): string => app.components.find((each) => each.key === key)?.id ?? '';
  const value = (componentKey: string, name: string, text: string): object => ({ componentKey, name, value: text });
  async function components(appId: string, selection: string): Promise<Record<string, never[]>[]> {
    return (await server.api.ask(`query ($id: ID!) { app(id: $id) { components { ${selection} } } }`, { id: appId })).app.components;
  }
  async function events(appId: string): Promise<{ type: string; data: Record<string, string>; actor: object }[]> {
    const answer = await server.api.ask(
      'query ($id: ID!) { history(first: 100, filter: { appId: $id }) { edges { node { type data actor { id kind } } } } }',
      { id: appId },
    );
    return answer.history.edges.map(({ node }: { node: object }) => node);
  }
  const typesOf = async (appId: string): Promise<string[]> => (await events(appId)).map(({ type }) => type);

  describe('of a component of the app itself', () => {
    it('are shown as what they are, without a value', async () => {
      const env = [
        { name: 'A', value: 'hidden', secret: true, description: 'doc' },
        { name: 'B', generate: true, generateGroup: 'g', secret: true },
        { name: 'C', generate: true },
      ];
      const { appId, ids } = await source({
        key: 'db',
        env,
        configFiles: [{ path: '/run/key', content: 'hidden', secret: true, mode: '0400' }],
      });
      const shown = { value: null, secret: false, generated: false, generateGroup: null, description: null };
      expect(await components(appId, `${ENV} ${FILES}`)).toEqual([
        {
          env: [
            { ...shown, name: 'A', secret: true, description: 'doc' },
            { ...shown, name: 'B', secret: true, generated: true, generateGroup: 'g' },
            { ...shown, name: 'C', generated: true },
          ],
          configFiles: [{ path: '/run/key', content: null, secret: true, mode: '0400' }],
        },
      ]);
      expect(await reveal(appId, ids[0] ?? '', 'A')).toBe('hidden');
      expect(await reveal(appId, ids[0] ?? '', '/run/key')).toBe('hidden');
      expect(await reveal(appId, ids[0] ?? '', 'C')).toMatch(/^[A-Za-z0-9]{32}$/);
    });

    it('change with a new value, and not with the same one', async () => {
      const { appId, ids } = await source({ key: 'db', env: [{ name: 'A', value: 'one', secret: true }] });
      const [id = ''] = ids;
      await update(appId, id, { set: { env: [{ name: 'A', value: 'one' }] } });
      expect(await typesOf(appId)).toEqual(['AppCreated', 'ComponentAdded', 'DataKeyCreated', 'ValueBound'].sort(byTime));
      await update(appId, id, { set: { env: [{ name: 'A', value: 'two' }] } });
      expect((await typesOf(appId)).filter((type) => type === 'ValueBound')).toHaveLength(2);
      expect(await reveal(appId, id, 'A')).toBe('two');
    });

    it('stay secret until that is said to be false', async () => {
      const { appId, ids } = await source({
        key: 'db',
        env: [
          { name: 'A', value: 'one', secret: true },
          { name: 'B', generate: true },
        ],
      });
      const [id = ''] = ids;
      const { component } = await update(appId, id, {
        set: {
          env: [
            { name: 'A', value: 'two' },
            { name: 'B', value: 'given' },
          ],
        },
      });
      expect(component['env']).toMatchObject([
        { name: 'A', value: null, secret: true },
        { name: 'B', value: null, generated: true },
      ]);
      expect(await reveal(appId, id, 'B')).toBe('given');
      const plain = await update(appId, id, {
        set: {
          env: [
            { name: 'A', value: 'plain', secret: false },
            { name: 'B', value: 'too', generate: false },
          ],
        },
      });
      expect(plain.component['env']).toMatchObject([
        { name: 'A', value: 'plain', secret: false },
        { name: 'B', value: 'too', generated: false },
      ]);
    });

    it('take over the value that was there in the clear', async () => {
      const files = [{ path: '/etc/c', content: 'text' }];
      const { appId, ids } = await source({ key: 'db', env: [{ name: 'A', value: 'plain' }], configFiles: files });
      const [id = ''] = ids;
      await update(appId, id, { set: { env: [{ name: 'A', secret: true }], configFiles: [{ path: '/etc/c', secret: true }] } });
      expect([await reveal(appId, id, 'A'), await reveal(appId, id, '/etc/c')]).toEqual(['plain', 'text']);
    });

    it('have their value again when the variable comes back', async () => {
      const { appId, ids } = await source({
        key: 'db',
        env: [
          { name: 'A', value: 'kept', secret: true },
          { name: 'B', generate: true },
        ],
      });
      const [id = ''] = ids;
      const generated = await reveal(appId, id, 'B');
      await update(appId, id, { unset: ['/env/A', '/env/B'] });
      expect(await reveal(appId, id, 'A')).toBe('kept');
      await update(appId, id, {
        set: {
          env: [
            { name: 'A', secret: true },
            { name: 'B', generate: true },
          ],
        },
      });
      expect([await reveal(appId, id, 'A'), await reveal(appId, id, 'B')]).toEqual(['kept', generated]);
    });

    it.each([
      [{ name: 'A', value: 'x', generate: true }, 'env: "A" has a value and is to be generated'],
      [{ name: 'A', generateGroup: 'g' }, 'env: "A" has a generateGroup'],
      [{ name: 'A', generate: false, generateGroup: 'g' }, 'env: "A" has a generateGroup'],
      [{ name: 'A', generate: true, generateGroup: '' }, 'component.env[0].generateGroup'],
    ])('are refused where they make no sense: %j', async (variable, message) => {
      const { appId } = await source();
      const { extensions, ...refusal } = await server.api.refuse('addComponent', 'AddComponentInput', {
        appId,
        component: { key: 'x', env: [variable] },
      });
      expect(extensions.code).toBe('BAD_USER_INPUT');
      expect(refusal.message.replaceAll('.0.', '[0].')).toContain(message);
      expect(await typesOf(appId)).toEqual(['AppCreated']);
    });

    it('are told with their side of a difference left out, also what was in the clear on the other side', async () => {
      const files = [{ path: '/etc/c', content: 'text' }];
      const { appId, ids } = await source({
        key: 'db',
        env: [
          { name: 'A', value: 'plain' },
          { name: 'B', value: '1' },
        ],
        configFiles: files,
      });
      const templateId = await publish(appId, '1.0');
      await update(appId, ids[0] ?? '', {
        set: {
          env: [
            { name: 'A', secret: true },
            { name: 'B', value: '2' },
          ],
          configFiles: [{ path: '/etc/c', secret: true }],
        },
      });
      await publish(appId, '1.1', templateId);
      const { compareVersions } = await server.api.ask(
        'query ($id: ID!) { compareVersions(templateId: $id, from: "1.0", to: "1.1") { components { fields { path change before after secret } } } }',
        { id: templateId },
      );
      expect(compareVersions.components[0].fields).toEqual([
        { path: '/configFiles/~1etc~1c/content', change: 'REMOVED', before: null, after: null, secret: true },
        { path: '/configFiles/~1etc~1c/secret', change: 'ADDED', before: null, after: null, secret: true },
        { path: '/env/A', change: 'CHANGED', before: null, after: null, secret: true },
        { path: '/env/B', change: 'CHANGED', before: '1', after: '2', secret: false },
      ]);
    });
  });

  describe('of an install', () => {
    const DB = {
      key: 'db',
      env: [
        { name: 'ROOT', value: 'of the source', secret: true, description: 'superuser' },
        { name: 'PASSWORD', generate: true, generateGroup: 'db' },
        { name: 'MODE' },
        { name: 'SIZE', value: '10' },
      ],
      configFiles: [{ path: '/run/key', content: 'of the source', secret: true }],
    };
    const WEB = {
      key: 'web',
      env: [
        { name: 'DB_PASSWORD', generate: true, generateGroup: 'db' },
        { name: 'TOKEN', generate: true },
      ],
    };

    it('publishing carries that it is secret, and what is left open is told before', async () => {
      const { appId } = await source(DB, WEB);
      const templateId = await publish(appId, '1.0');
      const { template } = await server.api.ask(
        `query ($id: ID!) { template(id: $id) { latestVersion { openValues { componentKey name path secret description } components { ${ENV} } } } }`,
        { id: templateId },
      );
      expect(template.latestVersion.openValues).toEqual([
        { componentKey: 'db', name: 'ROOT', path: '/env/ROOT', secret: true, description: 'superuser' },
        { componentKey: 'db', name: 'MODE', path: '/env/MODE', secret: false, description: null },
        { componentKey: 'db', name: '/run/key', path: '/configFiles/~1run~1key', secret: true, description: null },
      ]);
      expect(template.latestVersion.components[0].env[0]).toMatchObject({ value: null, secret: true });
    });

    it('what is missing is named, not refused', async () => {
      const { appId } = await source(DB, WEB);
      const installed = await install(await publish(appId, '1.0'), { keys: [{ from: 'db', to: 'store' }] });
      const missing = [
        { componentKey: 'store', name: 'ROOT', secret: true },
        { componentKey: 'store', name: 'MODE', secret: false },
        { componentKey: 'store', name: '/run/key', secret: true },
      ];
      expect(installed.missingValues).toEqual(missing);
      expect(installed.installation.missingValues).toMatchObject(missing);
      const set = {
        env: [
          { name: 'ROOT', value: 'mine' },
          { name: 'MODE', value: 'fast' },
        ],
        configFiles: [{ path: '/run/key', content: 'mine' }],
      };
      await update(installed.app.id, idOf(installed, 'store'), { set });
      const { node } = await server.api.ask('query ($id: ID!) { node(id: $id) { ... on Installation { missingValues { name } } } }', {
        id: installed.installation.id,
      });
      expect(node.missingValues).toEqual([]);
    });

    it('a Compose project whose variables are passed through installs, and names them', async () => {
      const { appId } = await source();
      const files = [{ content: 'services: { web: { image: "web:1", environment: [FOO, BAR=1] } }' }];
      await server.api.mutate('importCompose', 'ImportComposeInput', { appId, files }, 'position');
      expect((await install(await publish(appId, '1.0'))).missingValues).toEqual([{ componentKey: 'web', name: 'FOO', secret: false }]);
    });

    it('values are given: of secrets they are bound, others are local changes', async () => {
      const { appId } = await source(DB, WEB);
      const values = [
        value('db', 'ROOT', 'mine'),
        value('db', 'MODE', 'fast'),
        value('db', 'SIZE', '20'),
        value('db', '/run/key', 'my key'),
      ];
      const installed = await install(await publish(appId, '1.0'), { values });
      expect(installed.missingValues).toEqual([]);
      const [db] = await components(installed.app.id, 'localChanges { path before after secret }');
      expect(db?.['localChanges']).toEqual([
        { path: '/env/MODE', before: null, after: 'fast', secret: false },
        { path: '/env/SIZE', before: '10', after: '20', secret: false },
      ]);
      expect(await reveal(installed.app.id, idOf(installed, 'db'), 'ROOT')).toBe('mine');
      expect(await reveal(installed.app.id, idOf(installed, 'db'), '/run/key')).toBe('my key');
    });

    it('a value for what the template does not have is refused, with the list of what it has', async () => {
      const { appId } = await source(DB);
      const templateId = await publish(appId, '1.0');
      const values = [value('db', 'ROOOT', 'x'), value('cache', 'ROOT', 'x')];
      const refusal = await server.api.refuse('installTemplate', 'InstallTemplateInput', { templateId, appName: 'none', values });
      expect(refusal.message).toContain(
        'values: version 1.0 has no variable "ROOOT" of "db", "ROOT" of "cache": it leaves open "ROOT" of "db"',
      );
      expect(refusal.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        unknown: [{ componentKey: 'db', name: 'ROOOT' }, { componentKey: 'cache' }],
      });
      const twice = [value('db', 'ROOT', 'x'), value('db', 'ROOT', 'y')];
      const again = await server.api.refuse('installTemplate', 'InstallTemplateInput', { templateId, appName: 'none', values: twice });
      expect(again.message).toBe('values: "ROOT" of component "db" is given twice');
    });

    it('each install has generated values of its own, one for a group', async () => {
      const { appId, ids } = await source(DB, WEB);
      const templateId = await publish(appId, '1.0');
      const [one, two] = [await install(templateId), await install(templateId)];
      const of = async (installed: Installed): Promise<string[]> => [
        await reveal(installed.app.id, idOf(installed, 'db'), 'PASSWORD'),
        await reveal(installed.app.id, idOf(installed, 'web'), 'DB_PASSWORD'),
        await reveal(installed.app.id, idOf(installed, 'web'), 'TOKEN'),
      ];
      const [[first, same, token], [other]] = [await of(one), await of(two)];
      expect(same).toBe(first);
      const inSource = await reveal(appId, ids[0] ?? '', 'PASSWORD');
      expect(inSource).toBe(await reveal(appId, ids[1] ?? '', 'DB_PASSWORD'));
      expect(new Set([first, token, other, inSource]).size).toBe(4);
    });

    it('a value that is given for one variable of a group is that of the group', async () => {
      const { appId } = await source(DB, WEB);
      const installed = await install(await publish(appId, '1.0'), { values: [value('web', 'DB_PASSWORD', 'chosen')] });
      expect(await reveal(installed.app.id, idOf(installed, 'db'), 'PASSWORD')).toBe('chosen');
    });

    it('an upgrade keeps what was generated, and gives a new variable the value of its group', async () => {
      const { appId, ids } = await source(DB, WEB);
      const templateId = await publish(appId, '1.0');
      const installed = await install(templateId);
      const [db, web, mine] = [idOf(installed, 'db'), idOf(installed, 'web'), installed.app.id];
      const before = [await reveal(mine, db, 'PASSWORD'), await reveal(mine, web, 'TOKEN')];
      await update(appId, ids[1] ?? '', {
        set: {
          image: 'web:2',
          env: [
            { name: 'BACKUP_PASSWORD', generate: true, generateGroup: 'db' },
            { name: 'SALT', generate: true },
          ],
        },
      });
      await add(appId, { key: 'cache', env: [{ name: 'PASSWORD', generate: true, generateGroup: 'db' }] });
      await publish(appId, '1.1', templateId);
      await upgrade(mine, '1.1');
      expect([await reveal(mine, db, 'PASSWORD'), await reveal(mine, web, 'TOKEN')]).toEqual(before);
      expect(await reveal(mine, web, 'BACKUP_PASSWORD')).toBe(before[0]);
      const cache = (await components(mine, 'id key')).find(({ key }) => String(key) === 'cache');
      expect(await reveal(mine, String(cache?.['id']), 'PASSWORD')).toBe(before[0]);
      expect(await reveal(mine, web, 'SALT')).toMatch(/^\w{32}$/);
      // In the append of the upgrade: nothing came between.
      const types = (await events(mine)).map(({ type }) => type).filter((type) => type !== 'SecretRevealed');
      expect(types.slice(types.indexOf('AppUpgraded'))).toEqual(['AppUpgraded', 'ValueBound', 'ValueBound', 'ValueBound']);
    });

    it('what an upgrade makes secret or generated keeps the value that it had at the install', async () => {
      const env = [
        { name: 'A', value: 'default' },
        { name: 'B', value: 'default' },
      ];
      const { appId, ids } = await source({ key: 'web', env });
      const templateId = await publish(appId, '1.0');
      const installed = await install(templateId, { values: [] });
      const web = idOf(installed, 'web');
      await update(appId, ids[0] ?? '', {
        set: {
          env: [
            { name: 'A', secret: true },
            { name: 'B', generate: true },
          ],
        },
      });
      await publish(appId, '1.1', templateId);
      await upgrade(installed.app.id, '1.1');
      expect([await reveal(installed.app.id, web, 'A'), await reveal(installed.app.id, web, 'B')]).toEqual(['default', 'default']);
      const fresh = await install(templateId);
      expect(fresh.missingValues).toEqual([{ componentKey: 'web', name: 'A', secret: true }]);
    });

    it('a new value of a secret is no local change, and no conflict', async () => {
      const { appId, ids } = await source(DB);
      const templateId = await publish(appId, '1.0');
      const installed = await install(templateId, { values: [value('db', 'ROOT', 'mine')] });
      const db = idOf(installed, 'db');
      await update(installed.app.id, db, { set: { env: [{ name: 'ROOT', value: 'mine, again' }] } });
      await update(appId, ids[0] ?? '', { set: { image: 'db:2', env: [{ name: 'ROOT', description: 'the superuser' }] } });
      await publish(appId, '1.1', templateId);
      const { upgradePlan } = await server.api.ask(
        'query ($id: ID!) { upgradePlan(appId: $id, toVersion: "1.1") { components { fields { path base local target result secret outcome } } } }',
        { id: installed.app.id },
      );
      expect(upgradePlan.components[0].fields).toMatchObject([
        { path: '/env/ROOT', base: null, local: null, target: null, result: null, secret: true, outcome: 'TAKE_TEMPLATE' },
        { path: '/image', secret: false, target: 'db:2' },
      ]);
      await upgrade(installed.app.id, '1.1');
      expect(await reveal(installed.app.id, db, 'ROOT')).toBe('mine, again');
    });

    it('a resolution gives no value to a secret', async () => {
      const { appId, ids } = await source({ key: 'web', env: [{ name: 'A', value: '1' }] });
      const templateId = await publish(appId, '1.0');
      const installed = await install(templateId, { values: [value('web', 'A', 'local')] });
      await update(appId, ids[0] ?? '', { set: { env: [{ name: 'A', secret: true }] } });
      await publish(appId, '1.1', templateId);
      const choose = (resolution: object): object => ({
        appId: installed.app.id,
        toVersion: '1.1',
        resolutions: [{ componentKey: 'web', path: '/env/A', ...resolution }],
      });
      const refusal = await server.api.refuse('upgradeApp', 'UpgradeAppInput', choose({ choice: 'VALUE', value: 'other' }));
      expect(refusal).toMatchObject({
        message: expect.stringContaining('is of a secret: choose LOCAL or TEMPLATE'),
        extensions: { code: 'BAD_USER_INPUT' },
      });
      await server.api.mutate('upgradeApp', 'UpgradeAppInput', choose({ choice: 'TEMPLATE' }), 'position');
      expect(await reveal(installed.app.id, idOf(installed, 'web'), 'A')).toBe('local');
    });
  });

  describe('in an import', () => {
    const imported = (appId: string, environment: string, more: object = {}): Promise<{ warnings: object[]; changes: object[] }> => {
      const files = [{ content: `services: { web: { image: "web:1", environment: ${environment} } }` }];
      return server.api.mutate(
        'importCompose',
        'ImportComposeInput',
        { appId, files, ...more },
        'changes { change fields { path } } warnings { code message }',
      );
    };

    it('what is left open keeps its secret, and a value becomes its value without being shown', async () => {
      const { appId } = await source();
      await imported(appId, '[A=1, B=2, C=3]');
      const id = String((await components(appId, 'id'))[0]?.['id']);
      const set = {
        env: [
          { name: 'A', secret: true },
          { name: 'B', secret: true },
          { name: 'C', generate: true },
        ],
      };
      await update(appId, id, { set });
      const generated = await reveal(appId, id, 'C');
      expect(await imported(appId, '[A, C]', { dryRun: true })).toMatchObject({
        warnings: [],
        changes: [{ fields: [{ path: '/env/B' }] }],
      });
      expect(await reveal(appId, id, 'B')).toBe('2');
      const { changes, warnings } = await imported(appId, '[A, B=changed, C]');
      expect(changes).toMatchObject([{ change: 'UNCHANGED' }]);
      expect(warnings).toMatchObject([{ code: 'SECRET_KEPT', message: expect.stringContaining('"web": /env/B is secret') }]);
      expect([await reveal(appId, id, 'A'), await reveal(appId, id, 'B'), await reveal(appId, id, 'C')]).toEqual([
        '1',
        'changed',
        generated,
      ]);
    });
  });

  describe('revealing', () => {
    it('is on the record, with who and why, and without the value', async () => {
      const { appId, ids } = await source({ key: 'db', env: [{ name: 'A', value: 'hidden', secret: true }] });
      const input = { appId, componentId: ids[0], path: '/env/A', reason: 'the backup asks for it' };
      await server.api.mutate('revealSecret', 'RevealSecretInput', input, 'value');
      expect((await events(appId)).at(-1)).toEqual({
        type: 'SecretRevealed',
        data: { appId, componentId: ids[0], path: '/env/A', reason: 'the backup asks for it' },
        actor: { id: 'local', kind: 'ANONYMOUS' },
      });
    });

    it.each([
      ['no reason', { name: 'A', reason: '' }, 'BAD_USER_INPUT'],
      ['both a path and a name', { name: 'A', path: '/env/A', reason: 'r' }, 'BAD_USER_INPUT'],
      ['neither', { reason: 'r' }, 'BAD_USER_INPUT'],
      ['what is not bound', { name: 'PLAIN', reason: 'r' }, 'NOT_FOUND'],
    ])('is refused with %s, and leaves no record', async (_what, input, code) => {
      const env = [
        { name: 'A', value: 'hidden', secret: true },
        { name: 'PLAIN', value: '1' },
      ];
      const { appId, ids } = await source({ key: 'db', env });
      const { extensions } = await server.api.refuse('revealSecret', 'RevealSecretInput', { appId, componentId: ids[0], ...input });
      expect(extensions.code).toBe(code);
      expect(await typesOf(appId)).not.toContain('SecretRevealed');
    });

    it('a repeated command is told what it was told, though it changed since', async () => {
      const { appId, ids } = await source({ key: 'db', env: [{ name: 'A', value: 'old', secret: true }] });
      const input = { appId, componentId: ids[0], name: 'A', reason: 'r', commandId: 'reveal' };
      const told = await server.api.mutate('revealSecret', 'RevealSecretInput', input, 'value position');
      await update(appId, ids[0] ?? '', { set: { env: [{ name: 'A', value: 'new' }] } });
      expect(await server.api.mutate('revealSecret', 'RevealSecretInput', input, 'value position')).toEqual(told);
      expect((await typesOf(appId)).filter((type) => type === 'SecretRevealed')).toHaveLength(1);
    });
  });
});

/** A data key is made before the event that names it. */
function byTime(left: string, right: string): number {
  const order = ['AppCreated', 'DataKeyCreated', 'ComponentAdded', 'ValueBound'];
  return order.indexOf(left) - order.indexOf(right);
}
