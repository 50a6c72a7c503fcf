import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';
import { ENV, idOf, valueFor, Workshop, type Installed } from './workshop.js';

/** Values that are bound to an install whose upgrades are made in parts, undone and brought back. */
describe('values across upgrades that are undone', () => {
  let server: TestServer;
  let shop: Workshop;
  beforeAll(async () => {
    server = await startTestServer();
    shop = new Workshop(server.api);
  });
  afterAll(() => server.close());

  interface Mine {
    readonly source: string;
    readonly appId: string;
    readonly db: string | undefined;
    readonly web: string | undefined;
  }

  const DB = {
    key: 'db',
    env: [
      { name: 'ROOT', value: 'of the source', secret: true },
      { name: 'PASSWORD', generate: true, generateGroup: 'db' },
    ],
  };
  const WEB = {
    key: 'web',
    env: [
      { name: 'DB_PASSWORD', generate: true, generateGroup: 'db' },
      { name: 'MODE', value: 'plain-before' },
    ],
  };

  /** An install of 1.0 with a ROOT of its own. 1.1 has newer images, makes MODE a secret, and adds a cache with the password of the group. */
  async function mine(): Promise<Mine> {
    const { appId: source, ids } = await shop.source(DB, WEB);
    const templateId = await shop.publish(source, '1.0');
    const installed: Installed = await shop.install(templateId, { values: [valueFor('db', 'ROOT', 'root-of-mine')] });
    await shop.update(source, ids[0], { set: { image: 'db:2' } });
    await shop.update(source, ids[1], { set: { image: 'web:2', env: [{ name: 'MODE', secret: true }] } });
    await shop.add(source, { key: 'cache', env: [{ name: 'PASSWORD', generate: true, generateGroup: 'db' }] });
    await shop.publish(source, '1.1', templateId);
    return { source, appId: installed.app.id, db: idOf(installed, 'db'), web: idOf(installed, 'web') };
  }

  const upgrade = async (appId: string, more: object = {}): Promise<string> =>
    (await server.api.mutate('upgradeApp', 'UpgradeAppInput', { appId, toVersion: '1.1', ...more }, 'upgrade { id }')).upgrade.id as string;
  const rollback = async (appId: string, upgradeId: string, more: object = {}): Promise<string> =>
    (await server.api.mutate('rollbackUpgrade', 'RollbackUpgradeInput', { appId, upgradeId, ...more }, 'upgrade { id }')).upgrade
      .id as string;
  const valuesOf = async ({ appId, db, web }: Mine): Promise<string[]> => [
    await shop.reveal(appId, db, 'ROOT'),
    await shop.reveal(appId, db, 'PASSWORD'),
    await shop.reveal(appId, web, 'DB_PASSWORD'),
  ];
  const cacheOf = async (appId: string): Promise<string> => {
    const cache = (await shop.components(appId, 'id key')).find(({ key }) => key === 'cache');
    return String(cache?.['id']);
  };
  const modeOf = async (appId: string): Promise<unknown> => {
    const web = (await shop.components(appId, `key ${ENV}`)).find(({ key }) => key === 'web');
    return (web?.['env'] as { name: string }[]).find(({ name }) => name === 'MODE');
  };
  /** All that the API tells of an app but what it reveals. */
  const told = async (appId: string): Promise<string> => {
    const { app, desiredState } = await server.api.ask(
      `query ($id: ID!) { app(id: $id) { components { digest ${ENV} localChanges { path before after } }
         upgradeRecords(first: 20) { edges { node { components { fields { path base local target result } } } } } } desiredState(appId: $id) { compose } }`,
      { id: appId },
    );
    return JSON.stringify([app, desiredState, await shop.events(appId)]);
  };

  it('keep what they are: in a partial upgrade, its end, a rollback of each, and the rollback of that', async () => {
    const install = await mine();
    const { appId, db } = install;
    const values = await valuesOf(install);
    expect(values[1]).toBe(values[2]);
    const some = await upgrade(appId, { components: [db] });
    expect(await valuesOf(install)).toEqual(values);
    const rest = await upgrade(appId);
    expect(await valuesOf(install)).toEqual(values);
    const cache = await cacheOf(appId);
    expect(await shop.reveal(appId, cache, 'PASSWORD')).toBe(values[1]);

    await rollback(appId, rest);
    expect(await valuesOf(install)).toEqual(values);
    const back = await rollback(appId, some);
    expect(await valuesOf(install)).toEqual(values);
    await rollback(appId, back);
    expect(await valuesOf(install)).toEqual(values);
    const { app } = await server.api.ask('query ($id: ID!) { app(id: $id) { installations { missingValues { name } } } }', { id: appId });
    expect(app.installations).toEqual([{ missingValues: [] }]);
  });

  it('of a component that an upgrade added and a rollback took away are there with it again', async () => {
    const { appId } = await mine();
    const up = await upgrade(appId);
    const cache = await cacheOf(appId);
    await shop.update(appId, cache, { set: { env: [{ name: 'PASSWORD', value: 'chosen here' }] } });
    const back = await rollback(appId, up);
    expect(await shop.components(appId, 'key')).toEqual([{ key: 'db' }, { key: 'web' }]);
    await rollback(appId, back);
    expect(await cacheOf(appId)).toBe(cache);
    expect(await shop.reveal(appId, cache, 'PASSWORD')).toBe('chosen here');
  });

  it('of a variable that an upgrade made secret: the text is in the clear again after the rollback, the secret after the rollback of that', async () => {
    const { appId, web } = await mine();
    const up = await upgrade(appId);
    expect(await modeOf(appId)).toMatchObject({ value: null, secret: true });
    expect(await shop.reveal(appId, web, 'MODE')).toBe('plain-before');
    await shop.update(appId, web, { set: { env: [{ name: 'MODE', value: 'hunter2-since' }] } });

    const back = await rollback(appId, up);
    expect(await modeOf(appId)).toMatchObject({ value: 'plain-before', secret: false });
    expect(await told(appId)).not.toContain('hunter2-since');
    await rollback(appId, back);
    expect(await modeOf(appId)).toMatchObject({ value: null, secret: true });
    expect(await shop.reveal(appId, web, 'MODE')).toBe('hunter2-since');
    expect(await told(appId)).not.toContain('hunter2-since');
  });

  it('of such a variable are the text that runs, once it is upgraded anew after the rollback', async () => {
    const { appId, web } = await mine();
    const up = await upgrade(appId);
    await shop.update(appId, web, { set: { env: [{ name: 'MODE', value: 'hunter2-since' }] } });
    await rollback(appId, up);
    const { app } = await server.api.ask('query ($id: ID!) { app(id: $id) { installations { id } } }', { id: appId });
    const hold = { appId, installationId: app.installations[0].id as string, version: '1.1' };
    await server.api.mutate('releaseHold', 'ReleaseHoldInput', hold, 'position');
    await upgrade(appId);
    expect(await shop.reveal(appId, web, 'MODE')).toBe('plain-before');
  });

  it('are given to no secret by a resolution of a rollback', async () => {
    const { appId, web } = await mine();
    const up = await upgrade(appId);
    await shop.update(appId, web, { set: { env: [{ name: 'MODE', description: 'edited since' }] } });
    const resolutions = [{ componentKey: 'web', path: '/env/MODE', choice: 'VALUE', value: 'hunter2-chosen' }];
    const refusal = await server.api.refuse('rollbackUpgrade', 'RollbackUpgradeInput', { appId, upgradeId: up, resolutions });
    expect(refusal.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(JSON.stringify(refusal)).not.toContain('hunter2-chosen');
    expect(await told(appId)).not.toContain('hunter2-chosen');
  });

  it('of a component of the app’s own go with it where it is mapped, upgraded, and that is undone', async () => {
    const { source, appId, web } = await mine();
    const own = await shop.add(appId, {
      key: 'cache',
      env: [
        { name: 'TOKEN', value: 'token-of-mine', secret: true },
        { name: 'KEY', generate: true },
      ],
    });
    const key = await shop.reveal(appId, own, 'KEY');
    const { upgradePlan } = await server.api.ask(
      'query ($id: ID!) { upgradePlan(appId: $id, toVersion: "1.1") { components { templateComponentId action } } }',
      { id: appId },
    );
    const { templateComponentId } = upgradePlan.components.find(({ action }: { action: string }) => action === 'ADD');
    const { component } = await server.api.mutate(
      'mapComponent',
      'MapComponentInput',
      { appId, componentId: own, templateComponentId },
      'component { id key }',
    );
    const of = async (): Promise<string[]> => [
      await shop.reveal(appId, component.id, 'TOKEN'),
      await shop.reveal(appId, component.id, 'KEY'),
    ];
    expect(await of()).toEqual(['token-of-mine', key]);
    const up = await upgrade(appId, { policy: 'PREFER_LOCAL' });
    expect(await of()).toEqual(['token-of-mine', key]);
    const password = await shop.reveal(appId, component.id, 'PASSWORD');
    expect(password).toBe(await shop.reveal(appId, web, 'DB_PASSWORD'));
    const back = await rollback(appId, up);
    expect(await of()).toEqual(['token-of-mine', key]);
    await rollback(appId, back);
    expect(await of()).toEqual(['token-of-mine', key]);
    expect(await shop.reveal(appId, component.id, 'PASSWORD')).toBe(password);
    for (const app of [appId, source]) expect(await told(app)).not.toContain('token-of-mine');
  });
});
