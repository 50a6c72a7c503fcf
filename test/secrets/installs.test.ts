import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';
import { ENV, idOf, valueFor, Workshop, type Installed } from './workshop.js';

describe('secrets and generated values of an install', () => {
  let server: TestServer;
  let shop: Workshop;
  beforeAll(async () => {
    server = await startTestServer();
    shop = new Workshop(server.api);
  });
  afterAll(() => server.close());

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
    const { appId } = await shop.source(DB, WEB);
    const templateId = await shop.publish(appId, '1.0');
    const { template } = await shop.api.ask(
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
    const { appId } = await shop.source(DB, WEB);
    const installed = await shop.install(await shop.publish(appId, '1.0'), { keys: [{ from: 'db', to: 'store' }] });
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
    await shop.update(installed.app.id, idOf(installed, 'store'), { set });
    const { node } = await shop.api.ask('query ($id: ID!) { node(id: $id) { ... on Installation { missingValues { name } } } }', {
      id: installed.installation.id,
    });
    expect(node.missingValues).toEqual([]);
  });

  it('a Compose project whose variables are passed through installs, and names them', async () => {
    const { appId } = await shop.source();
    const files = [{ content: 'services: { web: { image: "web:1", environment: [FOO, BAR=1] } }' }];
    await shop.api.mutate('importCompose', 'ImportComposeInput', { appId, files }, 'position');
    expect((await shop.install(await shop.publish(appId, '1.0'))).missingValues).toEqual([
      { componentKey: 'web', name: 'FOO', secret: false },
    ]);
  });

  it('values are given: of secrets they are bound, others are local changes', async () => {
    const { appId } = await shop.source(DB, WEB);
    const values = [
      valueFor('db', 'ROOT', 'mine'),
      valueFor('db', 'MODE', 'fast'),
      valueFor('db', 'SIZE', '20'),
      valueFor('db', '/run/key', 'my key'),
    ];
    const installed = await shop.install(await shop.publish(appId, '1.0'), { values });
    expect(installed.missingValues).toEqual([]);
    const [db] = await shop.components(installed.app.id, 'localChanges { path before after secret }');
    expect(db?.['localChanges']).toEqual([
      { path: '/env/MODE', before: null, after: 'fast', secret: false },
      { path: '/env/SIZE', before: '10', after: '20', secret: false },
    ]);
    expect(await shop.reveal(installed.app.id, idOf(installed, 'db'), 'ROOT')).toBe('mine');
    expect(await shop.reveal(installed.app.id, idOf(installed, 'db'), '/run/key')).toBe('my key');
  });

  it('a value for what the template does not have is refused, with the list of what it has', async () => {
    const { appId } = await shop.source(DB);
    const templateId = await shop.publish(appId, '1.0');
    const values = [valueFor('db', 'ROOOT', 'x'), valueFor('cache', 'ROOT', 'x')];
    const refusal = await shop.api.refuse('installTemplate', 'InstallTemplateInput', { templateId, appName: 'none', values });
    expect(refusal.message).toContain(
      'values: version 1.0 has no variable "ROOOT" of "db", "ROOT" of "cache": it leaves open "ROOT" of "db"',
    );
    expect(refusal.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      unknown: [{ componentKey: 'db', name: 'ROOOT' }, { componentKey: 'cache' }],
    });
    const twice = [valueFor('db', 'ROOT', 'x'), valueFor('db', 'ROOT', 'y')];
    const again = await shop.api.refuse('installTemplate', 'InstallTemplateInput', { templateId, appName: 'none', values: twice });
    expect(again.message).toBe('values: "ROOT" of component "db" is given twice');
  });

  it('each install has generated values of its own, one for a group', async () => {
    const { appId, ids } = await shop.source(DB, WEB);
    const templateId = await shop.publish(appId, '1.0');
    const [one, two] = [await shop.install(templateId), await shop.install(templateId)];
    const of = async (installed: Installed): Promise<string[]> => [
      await shop.reveal(installed.app.id, idOf(installed, 'db'), 'PASSWORD'),
      await shop.reveal(installed.app.id, idOf(installed, 'web'), 'DB_PASSWORD'),
      await shop.reveal(installed.app.id, idOf(installed, 'web'), 'TOKEN'),
    ];
    const [[first, same, token], [other]] = [await of(one), await of(two)];
    expect(same).toBe(first);
    const inSource = await shop.reveal(appId, ids[0], 'PASSWORD');
    expect(inSource).toBe(await shop.reveal(appId, ids[1], 'DB_PASSWORD'));
    expect(new Set([first, token, other, inSource]).size).toBe(4);
  });

  it('a value that is given for one variable of a group is that of the group', async () => {
    const { appId } = await shop.source(DB, WEB);
    const installed = await shop.install(await shop.publish(appId, '1.0'), { values: [valueFor('web', 'DB_PASSWORD', 'chosen')] });
    expect(await shop.reveal(installed.app.id, idOf(installed, 'db'), 'PASSWORD')).toBe('chosen');
  });

  it('an upgrade keeps what was generated, and gives a new variable the value of its group', async () => {
    const { appId, ids } = await shop.source(DB, WEB);
    const templateId = await shop.publish(appId, '1.0');
    const installed = await shop.install(templateId);
    const [db, web, mine] = [idOf(installed, 'db'), idOf(installed, 'web'), installed.app.id];
    const before = [await shop.reveal(mine, db, 'PASSWORD'), await shop.reveal(mine, web, 'TOKEN')];
    await shop.update(appId, ids[1], {
      set: {
        image: 'web:2',
        env: [
          { name: 'BACKUP_PASSWORD', generate: true, generateGroup: 'db' },
          { name: 'SALT', generate: true },
        ],
      },
    });
    await shop.add(appId, { key: 'cache', env: [{ name: 'PASSWORD', generate: true, generateGroup: 'db' }] });
    await shop.publish(appId, '1.1', templateId);
    await shop.upgrade(mine, '1.1');
    expect([await shop.reveal(mine, db, 'PASSWORD'), await shop.reveal(mine, web, 'TOKEN')]).toEqual(before);
    expect(await shop.reveal(mine, web, 'BACKUP_PASSWORD')).toBe(before[0]);
    const cache = (await shop.components(mine, 'id key')).find(({ key }) => String(key) === 'cache');
    expect(await shop.reveal(mine, String(cache?.['id']), 'PASSWORD')).toBe(before[0]);
    expect(await shop.reveal(mine, web, 'SALT')).toMatch(/^\w{32}$/);
    // In the append of the upgrade: nothing came between.
    const types = (await shop.events(mine)).map(({ type }) => type).filter((type) => type !== 'SecretRevealed');
    expect(types.slice(types.indexOf('AppUpgraded'))).toEqual(['AppUpgraded', 'ValueBound', 'ValueBound', 'ValueBound']);
  });

  it('what an upgrade makes secret or generated keeps the value that it had at the install', async () => {
    const env = [
      { name: 'A', value: 'default' },
      { name: 'B', value: 'default' },
    ];
    const { appId, ids } = await shop.source({ key: 'web', env });
    const templateId = await shop.publish(appId, '1.0');
    const installed = await shop.install(templateId, { values: [] });
    const web = idOf(installed, 'web');
    await shop.update(appId, ids[0], {
      set: {
        env: [
          { name: 'A', secret: true },
          { name: 'B', generate: true },
        ],
      },
    });
    await shop.publish(appId, '1.1', templateId);
    await shop.upgrade(installed.app.id, '1.1');
    expect([await shop.reveal(installed.app.id, web, 'A'), await shop.reveal(installed.app.id, web, 'B')]).toEqual(['default', 'default']);
    const fresh = await shop.install(templateId);
    expect(fresh.missingValues).toEqual([{ componentKey: 'web', name: 'A', secret: true }]);
  });

  it('a new value of a secret is no local change, and no conflict', async () => {
    const { appId, ids } = await shop.source(DB);
    const templateId = await shop.publish(appId, '1.0');
    const installed = await shop.install(templateId, { values: [valueFor('db', 'ROOT', 'mine')] });
    const db = idOf(installed, 'db');
    await shop.update(installed.app.id, db, { set: { env: [{ name: 'ROOT', value: 'mine, again' }] } });
    await shop.update(appId, ids[0], { set: { image: 'db:2', env: [{ name: 'ROOT', description: 'the superuser' }] } });
    await shop.publish(appId, '1.1', templateId);
    const { upgradePlan } = await shop.api.ask(
      'query ($id: ID!) { upgradePlan(appId: $id, toVersion: "1.1") { components { fields { path base local target result secret outcome } } } }',
      { id: installed.app.id },
    );
    expect(upgradePlan.components[0].fields).toMatchObject([
      { path: '/env/ROOT', base: null, local: null, target: null, result: null, secret: true, outcome: 'TAKE_TEMPLATE' },
      { path: '/image', secret: false, target: 'db:2' },
    ]);
    await shop.upgrade(installed.app.id, '1.1');
    expect(await shop.reveal(installed.app.id, db, 'ROOT')).toBe('mine, again');
  });

  it('a resolution gives no value to a secret', async () => {
    const { appId, ids } = await shop.source({ key: 'web', env: [{ name: 'A', value: '1' }] });
    const templateId = await shop.publish(appId, '1.0');
    const installed = await shop.install(templateId, { values: [valueFor('web', 'A', 'local')] });
    await shop.update(appId, ids[0], { set: { env: [{ name: 'A', secret: true }] } });
    await shop.publish(appId, '1.1', templateId);
    const choose = (resolution: object): object => ({
      appId: installed.app.id,
      toVersion: '1.1',
      resolutions: [{ componentKey: 'web', path: '/env/A', ...resolution }],
    });
    const refusal = await shop.api.refuse('upgradeApp', 'UpgradeAppInput', choose({ choice: 'VALUE', value: 'other' }));
    expect(refusal).toMatchObject({
      message: expect.stringContaining('is of a secret: choose LOCAL or TEMPLATE'),
      extensions: { code: 'BAD_USER_INPUT' },
    });
    await shop.api.mutate('upgradeApp', 'UpgradeAppInput', choose({ choice: 'TEMPLATE' }), 'position');
    expect(await shop.reveal(installed.app.id, idOf(installed, 'web'), 'A')).toBe('local');
  });

  it('nor does one of a rollback', async () => {
    const { appId, ids } = await shop.source({ key: 'web', env: [{ name: 'A', secret: true, value: 'first' }] });
    const templateId = await shop.publish(appId, '1.0');
    const installed = await shop.install(templateId, { values: [valueFor('web', 'A', 'bound')] });
    const web = idOf(installed, 'web');
    await shop.update(appId, ids[0], { set: { env: [{ name: 'A', secret: false, value: '1' }] } });
    await shop.publish(appId, '1.1', templateId);
    const upgrading = { appId: installed.app.id, toVersion: '1.1' };
    const { upgrade } = await shop.api.mutate('upgradeApp', 'UpgradeAppInput', upgrading, 'upgrade { id }');
    await shop.update(installed.app.id, web, { set: { env: [{ name: 'A', value: 'local' }] } });
    const choose = (resolution: object): object => ({
      appId: installed.app.id,
      upgradeId: upgrade.id,
      resolutions: [{ componentKey: 'web', path: '/env/A', ...resolution }],
    });
    expect(await shop.api.refuse('rollbackUpgrade', 'RollbackUpgradeInput', choose({ choice: 'VALUE', value: 'other' }))).toMatchObject({
      message: expect.stringContaining('is of a secret: choose LOCAL or TEMPLATE'),
      extensions: { code: 'BAD_USER_INPUT' },
    });
    await shop.api.mutate('rollbackUpgrade', 'RollbackUpgradeInput', choose({ choice: 'TEMPLATE' }), 'position');
    expect(await shop.reveal(installed.app.id, web, 'A')).toBe('bound');
  });
});
