import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReleaseShop, type Installed } from '../support/release-shop.js';
import { startTestServer, type TestServer } from '../support/server.js';

type Answer = Awaited<ReturnType<TestServer['api']['ask']>>;

/** Installs that were taken back, or in parts: what is offered to them, what they are written as, and what is left when they go. */
describe('an install that is between versions', () => {
  let server: TestServer;
  let number = 0;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  const V1_0 = { web: { image: 'web:1', environment: { LOG: 'info' } }, db: { image: 'db:1' }, cron: { image: 'cron:1' } };
  const V1_1 = { web: { image: 'web:2', environment: { LOG: 'info' } }, db: { image: 'db:2' }, redis: { image: 'redis:7' } };

  async function shop(): Promise<ReleaseShop> {
    const made = await ReleaseShop.open(server.api, `mixed ${++number}`, V1_0);
    await made.change(V1_1);
    await made.publish('1.1');
    return made;
  }
  const upgrade = ({ appId }: Installed, toVersion: string, more: object = {}): Promise<Answer> =>
    server.api.mutate('upgradeApp', 'UpgradeAppInput', { appId, toVersion, ...more }, 'upgrade { id } upgrades { id toVersion }');
  const rollback = ({ appId }: Installed, upgradeId: string): Promise<Answer> =>
    server.api.mutate('rollbackUpgrade', 'RollbackUpgradeInput', { appId, upgradeId }, 'position');
  const offer = async ({ installationId }: Installed): Promise<Answer> =>
    (
      await server.api.ask(
        `query ($id: ID!) { node(id: $id) { ... on Installation { currentVersion upgradableVersions { version } pendingComponents { key action }
           blockedVersions { version { version } code viaVersion reason } } } }`,
        { id: installationId },
      )
    ).node;

  describe('of which a stop is held', () => {
    const PATH = 'query ($appId: ID!) { upgradePath(appId: $appId, toVersion: "2.0") { versions } }';
    const publish = async (of: ReleaseShop, version: string, upgradeFrom: string): Promise<Answer> => {
      await of.change({ ...V1_1, web: { image: `web:${version}` } });
      const input = { appId: of.appId, templateId: of.templateId, version, upgradeFrom };
      return server.api.mutate('publishTemplate', 'PublishTemplateInput', input, 'position');
    };

    it('goes another way, past it; where there is none, it is told so, until the hold is lifted', async () => {
      const of = await shop();
      await publish(of, '1.2', '>=1.0');
      await publish(of, '2.0', '>=1.1 <2.0');
      const install = await of.install('1.0');
      const { appId, installationId } = install;
      const way = async (): Promise<string[]> => (await server.api.ask(PATH, { appId })).upgradePath.versions as string[];
      expect(await way()).toEqual(['1.2', '2.0']);
      await rollback(install, (await upgrade(install, '1.2')).upgrade.id);
      expect(await way()).toEqual(['1.1', '2.0']);
      expect((await offer(install)).blockedVersions).toMatchObject([
        { version: { version: '2.0' }, code: 'STOP_REQUIRED', viaVersion: '1.1' },
        { version: { version: '1.2' }, code: 'HELD_AFTER_ROLLBACK' },
      ]);
      await rollback(install, (await upgrade(install, '1.1')).upgrade.id);
      expect((await offer(install)).blockedVersions).toMatchObject([
        { version: { version: '2.0' }, code: 'OTHER', viaVersion: null },
        { code: 'HELD_AFTER_ROLLBACK' },
        { code: 'HELD_AFTER_ROLLBACK' },
      ]);
      expect((await server.api.refusal(PATH, { appId })).extensions.code).toBe('NOT_UPGRADABLE');
      const refused = await server.api.refuse('upgradeApp', 'UpgradeAppInput', { appId, toVersion: '2.0', alongPath: true });
      expect(refused.extensions).toMatchObject({ code: 'NOT_UPGRADABLE' });
      expect((await offer(install)).currentVersion).toBe('1.0');

      await server.api.mutate('releaseHold', 'ReleaseHoldInput', { appId, installationId, version: '1.1' }, 'position');
      const { upgrades } = await upgrade(install, '2.0', { alongPath: true });
      expect(upgrades.map(({ toVersion }: Answer) => toVersion)).toEqual(['1.1', '2.0']);
    });

    it('goes no further than before a version that is held itself', async () => {
      const of = await shop();
      await publish(of, '2.0', '>=1.1');
      const install = await of.install('1.0');
      const { appId } = install;
      const { upgrades } = await upgrade(install, '2.0', { alongPath: true });
      await rollback(install, upgrades[1].id);
      expect(await offer(install)).toMatchObject({ currentVersion: '1.1', blockedVersions: [{ code: 'HELD_AFTER_ROLLBACK' }] });
      await rollback(install, upgrades[0].id);
      const refused = await server.api.refuse('upgradeApp', 'UpgradeAppInput', { appId, toVersion: '2.0', alongPath: true });
      expect(refused.extensions).toMatchObject({ code: 'NOT_UPGRADABLE', version: '2.0' });
      expect((await offer(install)).currentVersion).toBe('1.0');
    });
  });

  it('with mapped components and secrets is written as a Compose file that another app imports to the same digests', async () => {
    const of = await shop();
    const install = await of.install('1.0');
    const { appId, ids } = install;
    const add = {
      appId,
      component: { key: 'cache', image: 'redis:6', env: [{ name: 'TOKEN', value: 'hunter2-compose', secret: true }] },
    };
    const { component } = await server.api.mutate('addComponent', 'AddComponentInput', add, 'component { id }');
    const { upgradePlan } = await server.api.ask(
      'query ($id: ID!) { upgradePlan(appId: $id, toVersion: "1.1") { components { templateComponentId action } } }',
      { id: appId },
    );
    const { templateComponentId } = upgradePlan.components.find(({ action }: Answer) => action === 'ADD');
    const mapping = { appId, componentId: component.id, templateComponentId };
    await server.api.mutate('mapComponent', 'MapComponentInput', mapping, 'position');
    await of.edit(install, 'web', {
      set: {
        env: [
          { name: 'PASSWORD', value: 'hunter2-web', secret: true },
          { name: 'SALT', generate: true },
        ],
        dependsOn: [{ componentKey: 'cache' }],
      },
    });
    await upgrade(install, '1.1', { components: [ids['db'], templateComponentId], policy: 'PREFER_LOCAL' });

    const desired = async (id: string): Promise<Answer> =>
      (
        await server.api.ask(
          'query ($id: ID!) { desiredState(appId: $id) { digest contentDigest compose components { key digest templateVersion } } }',
          { id },
        )
      ).desiredState;
    const state = await desired(appId);
    expect(state.components).toMatchObject([
      { key: 'web', templateVersion: '1.0' },
      { key: 'db', templateVersion: '1.1' },
      { key: 'cron', templateVersion: '1.0' },
      { key: 'cache', templateVersion: '1.1' },
    ]);
    expect(state.compose).not.toContain('hunter2');
    const { app } = await server.api.mutate('createApp', 'CreateAppInput', { name: `copy of mixed ${number}` }, 'app { id }');
    const files = [{ content: state.compose as string }];
    await server.api.mutate('importCompose', 'ImportComposeInput', { appId: app.id, files }, 'position');
    const copy = await desired(app.id);
    const digestsOf = ({ components }: Answer): object => Object.fromEntries(components.map(({ key, digest }: Answer) => [key, digest]));
    expect(digestsOf(copy)).toEqual(digestsOf(state));
    expect([copy.digest, copy.contentDigest]).toEqual([state.digest, state.contentDigest]);
  });

  it('goes whole when it is uninstalled, with what is held and pending; installed again it starts anew', async () => {
    const of = await shop();
    const install = await of.install('1.0');
    const { appId, installationId, ids } = install;
    await rollback(install, (await upgrade(install, '1.1')).upgrade.id);
    await server.api.mutate('releaseHold', 'ReleaseHoldInput', { appId, installationId, version: '1.1' }, 'position');
    const { upgrade: partial } = await upgrade(install, '1.1', { components: [ids['db']] });
    await of.change({ ...V1_1, web: { image: 'web:3' } });
    await of.publish('1.2');
    await of.edit(install, 'db', { set: { key: 'database' } });
    const { upgrade: whole } = await upgrade(install, '1.2');
    await rollback(install, whole.id);
    expect(await offer(install)).toMatchObject({
      currentVersion: '1.0',
      pendingComponents: [{ key: 'web' }, { action: 'ADD' }, { key: 'cron' }],
    });
    expect((await offer(install)).blockedVersions).toMatchObject([{ version: { version: '1.2' }, code: 'HELD_AFTER_ROLLBACK' }]);

    const { app } = await server.api.mutate(
      'uninstallTemplate',
      'UninstallTemplateInput',
      { appId, installationId },
      'app { components { key } }',
    );
    expect(app.components).toEqual([]);
    const refusal = await server.api.refuse('rollbackUpgrade', 'RollbackUpgradeInput', { appId, upgradeId: partial.id });
    expect(refusal.extensions).toMatchObject({ code: 'NOT_FOUND' });
    const input = { appId, templateId: of.templateId, version: '1.0' };
    const again = await server.api.mutate(
      'installTemplate',
      'InstallTemplateInput',
      input,
      'app { components { key image } } installation { id }',
    );
    expect(again.app.components).toEqual([
      { key: 'web', image: 'web:1' },
      { key: 'db', image: 'db:1' },
      { key: 'cron', image: 'cron:1' },
    ]);
    const anew = { ...install, installationId: again.installation.id as string };
    expect(await offer(anew)).toEqual({
      currentVersion: '1.0',
      upgradableVersions: [{ version: '1.2' }, { version: '1.1' }],
      pendingComponents: [],
      blockedVersions: [],
    });
    await upgrade(anew, '1.2');
  });
});
