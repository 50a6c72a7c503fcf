import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';
import { Socket } from '../support/socket.js';

type Answer = Awaited<ReturnType<TestServer['api']['ask']>>;
interface Shop {
  readonly templateId: string;
  readonly appId: string;
  readonly installationId: string;
  readonly ids: Readonly<Record<string, string>>;
}

/** Going back from upgrades, told over the API on a shop whose 1.1 has a new web and a redis, and no cron, and whose 1.2 has a newer web. */
describe('rolling back', () => {
  let server: TestServer;
  let number = 0;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  async function shop(): Promise<Shop> {
    const { api } = server;
    const name = `shop ${++number}`;
    const { app } = await api.mutate('createApp', 'CreateAppInput', { name }, 'app { id }');
    const importing = (services: object): Promise<Answer> =>
      api.mutate('importCompose', 'ImportComposeInput', { appId: app.id, files: [{ content: JSON.stringify({ services }) }] }, 'position');
    const publish = (version: string, as: object): Promise<Answer> =>
      api.mutate('publishTemplate', 'PublishTemplateInput', { appId: app.id, version, ...as }, 'template { id }');
    await importing({ web: { image: 'web:1' }, cron: { image: 'cron:1' } });
    const { template } = await publish('1.0', { name });
    const installed = await api.mutate(
      'installTemplate',
      'InstallTemplateInput',
      { templateId: template.id, appName: name },
      'app { id components { id key } } installation { id }',
    );
    await importing({ web: { image: 'web:2' }, redis: { image: 'redis:7' } });
    await publish('1.1', { templateId: template.id, notes: 'Redis.' });
    await importing({ web: { image: 'web:3' }, redis: { image: 'redis:7' } });
    await publish('1.2', { templateId: template.id });
    const ids = Object.fromEntries(installed.app.components.map(({ key, id }: Record<string, string>) => [key, id])) as Shop['ids'];
    return {
      templateId: template.id as string,
      appId: installed.app.id as string,
      installationId: installed.installation.id as string,
      ids,
    };
  }

  const upgrade = async ({ appId }: Shop, toVersion: string, more: object = {}): Promise<string> =>
    (await server.api.mutate('upgradeApp', 'UpgradeAppInput', { appId, toVersion, ...more }, 'upgrade { id }')).upgrade.id as string;
  const edit = ({ appId, ids }: Shop, key: string, set: object): Promise<Answer> =>
    server.api.mutate('updateComponent', 'UpdateComponentInput', { appId, componentId: ids[key], set }, 'position');
  const ROLLED_BACK = `installation { currentVersion } upgrade { id kind state fromVersion toVersion reason }
    app { components { key image replicas templateVersion localChanges { path } } }`;
  const rollback = ({ appId }: Shop, upgradeId: string, more: object = {}): Promise<Answer> =>
    server.api.mutate('rollbackUpgrade', 'RollbackUpgradeInput', { appId, upgradeId, ...more }, ROLLED_BACK);
  const refused = async ({ appId }: Shop, upgradeId: string, more: object = {}): Promise<Answer> =>
    (await server.api.refuse('rollbackUpgrade', 'RollbackUpgradeInput', { appId, upgradeId, ...more })).extensions;
  const plan = async ({ appId }: Shop, upgradeId: string): Promise<Answer> =>
    (
      await server.api.ask(
        `query ($appId: ID!, $upgradeId: ID!) { rollbackPlan(appId: $appId, upgradeId: $upgradeId) { fromVersion toVersion fingerprint applicable
           notes { version notes } conflicts { componentKey path base local target } components { key action fields { path outcome result } } } }`,
        { appId, upgradeId },
      )
    ).rollbackPlan;
  const records = async ({ installationId }: Shop): Promise<Answer[]> =>
    (
      await server.api.ask(
        `query ($id: ID!) { node(id: $id) { ... on Installation { upgradeRecords { edges { node { kind state fromVersion toVersion
           components { key action state fields { path outcome local result } } } } } } } }`,
        { id: installationId },
      )
    ).node.upgradeRecords.edges.map(({ node }: { node: Answer }) => node);
  const offer = async ({ installationId }: Shop, first?: number): Promise<Answer> =>
    (
      await server.api.ask(
        `query ($id: ID!, $first: Int) { node(id: $id) { ... on Installation { upgradableCount upgradableVersions(first: $first) { version }
           blockedVersions(first: $first) { version { version } code reason viaVersion } } } }`,
        { id: installationId, first },
      )
    ).node;

  it('shows what it will do, and does it: everything is as it was, and edits made since are there', async () => {
    const shopped = await shop();
    await edit(shopped, 'web', { replicas: 3 });
    const upgradeId = await upgrade(shopped, '1.1');
    await edit(shopped, 'web', { title: 'Shop' });
    const shown = await plan(shopped, upgradeId);
    expect(shown).toMatchObject({ fromVersion: '1.1', toVersion: '1.0', applicable: true, notes: [{ version: '1.1', notes: 'Redis.' }] });
    expect(shown.components).toMatchObject([
      {
        key: 'web',
        action: 'UPDATE',
        fields: [
          { path: '/image', outcome: 'TAKE_TEMPLATE', result: 'web:1' },
          { path: '/title', outcome: 'KEEP_LOCAL', result: 'Shop' },
        ],
      },
      { key: 'cron', action: 'ADD' },
      { key: 'redis', action: 'REMOVE' },
    ]);
    const done = await rollback(shopped, upgradeId, { planFingerprint: shown.fingerprint, reason: 'redis is slow' });
    expect(done).toMatchObject({
      installation: { currentVersion: '1.0' },
      upgrade: { kind: 'ROLLBACK', state: 'COMPLETED', fromVersion: '1.1', toVersion: '1.0', reason: 'redis is slow' },
      app: {
        components: [
          { key: 'web', image: 'web:1', replicas: 3, templateVersion: '1.0', localChanges: [{ path: '/replicas' }, { path: '/title' }] },
          { key: 'cron', image: 'cron:1' },
        ],
      },
    });
    expect(await records(shopped)).toMatchObject([
      {
        kind: 'ROLLBACK',
        state: 'COMPLETED',
        components: [
          { key: 'web', action: 'UPDATE', state: 'COMPLETED', fields: [{ path: '/image', local: 'web:2', result: 'web:1' }] },
          { key: 'cron', action: 'ADD' },
          { key: 'redis', action: 'REMOVE' },
        ],
      },
      { kind: 'UPGRADE', state: 'ROLLED_BACK', fromVersion: '1.0', toVersion: '1.1' },
    ]);
  });

  it('asks about edits of what the upgrade had changed', async () => {
    const shopped = await shop();
    const upgradeId = await upgrade(shopped, '1.1');
    await edit(shopped, 'web', { image: 'mine' });
    const { conflicts, applicable } = await plan(shopped, upgradeId);
    expect(applicable).toBe(false);
    expect(conflicts).toEqual([{ componentKey: 'web', path: '/image', base: 'web:2', local: 'mine', target: 'web:1' }]);
    expect(await refused(shopped, upgradeId)).toMatchObject({ code: 'CONFLICTS_UNRESOLVED', conflicts: [{ path: '/image' }] });
    const { app } = await rollback(shopped, upgradeId, { resolutions: [{ componentKey: 'web', path: '/image', choice: 'LOCAL' }] });
    expect(app.components[0]).toMatchObject({ key: 'web', image: 'mine' });
  });

  it('keeps the installation from the version until that is lifted', async () => {
    const shopped = await shop();
    const { appId, installationId } = shopped;
    await rollback(shopped, await upgrade(shopped, '1.1'), { reason: 'redis is slow' });
    const held = [
      {
        version: { version: '1.1' },
        code: 'HELD_AFTER_ROLLBACK',
        reason: 'the installation was rolled back from version 1.1 (redis is slow)',
        viaVersion: null,
      },
    ];
    expect(await offer(shopped)).toEqual({ upgradableCount: 1, upgradableVersions: [{ version: '1.2' }], blockedVersions: held });
    expect(await offer(shopped, 1)).toMatchObject({ upgradableVersions: [{ version: '1.2' }], blockedVersions: held });
    await server.api.ask(`{ upgradePlan(appId: "${appId}", toVersion: "1.1") { applicable } }`);
    const error = await server.api.refuse('upgradeApp', 'UpgradeAppInput', { appId, toVersion: 'v1.1.0' });
    expect(error.extensions).toMatchObject({ code: 'NOT_UPGRADABLE', version: '1.1' });
    expect(error.message).toContain('releaseHold');

    const input = { appId, installationId, version: 'v1.1.0', reason: 'redis is mended' };
    const lifted = await server.api.mutate('releaseHold', 'ReleaseHoldInput', input, 'installation { upgradableCount currentVersion }');
    expect(lifted).toEqual({ installation: { upgradableCount: 2, currentVersion: '1.0' } });
    expect((await server.api.refuse('releaseHold', 'ReleaseHoldInput', input)).extensions.code).toBe('NOT_FOUND');
    await upgrade(shopped, '1.1');
  });

  it('says of a held version that is withdrawn that it is withdrawn, and tells the larger one first', async () => {
    const shopped = await shop();
    const first = await upgrade(shopped, '1.1');
    await upgrade(shopped, '1.2');
    await rollback(shopped, first);
    const { templateId } = shopped;
    expect((await offer(shopped)).blockedVersions).toMatchObject([{ version: { version: '1.2' } }, { version: { version: '1.1' } }]);
    await server.api.mutate('withdrawVersion', 'VersionStateInput', { templateId, version: '1.1' }, 'position');
    expect(await offer(shopped)).toMatchObject({
      upgradableCount: 0,
      upgradableVersions: [],
      blockedVersions: [
        { version: { version: '1.2' }, code: 'HELD_AFTER_ROLLBACK' },
        { version: { version: '1.1' }, code: 'WITHDRAWN' },
      ],
    });
  });

  it('may be undone itself: the upgrade is there again, and nothing is held', async () => {
    const shopped = await shop();
    const upgradeId = await upgrade(shopped, '1.1');
    const { upgrade: back } = await rollback(shopped, upgradeId);
    const { app, installation } = await rollback(shopped, back.id as string);
    expect(installation.currentVersion).toBe('1.1');
    expect(app.components).toMatchObject([{ key: 'web', image: 'web:2' }, { key: 'redis' }]);
    expect((await offer(shopped)).blockedVersions).toEqual([]);
    expect((await records(shopped)).map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'ROLLBACK COMPLETED',
      'ROLLBACK ROLLED_BACK',
      'UPGRADE COMPLETED',
    ]);
  });

  it('of an older upgrade undoes the later ones, and of a partial one what it had moved', async () => {
    const shopped = await shop();
    const first = await upgrade(shopped, '1.1', { components: [shopped.ids['cron']] });
    expect(await records(shopped)).toMatchObject([{ state: 'PARTLY_COMPLETED' }]);
    await upgrade(shopped, '1.2');
    const { app, installation } = await rollback(shopped, first);
    expect(installation.currentVersion).toBe('1.0');
    expect(app.components).toMatchObject([{ key: 'web', image: 'web:1' }, { key: 'cron' }]);
    expect((await records(shopped)).map(({ state }) => state as string)).toEqual(['COMPLETED', 'ROLLED_BACK', 'ROLLED_BACK']);
    const { upgrade: undone } = await rollback(shopped, (await lastRecord(shopped)).id as string);
    expect(undone.state).toBe('COMPLETED');
    expect((await records(shopped)).map(({ state }) => state as string)).toEqual([
      'COMPLETED',
      'ROLLED_BACK',
      'COMPLETED',
      'PARTLY_COMPLETED',
    ]);
  });

  it('is followed like an upgrade, and so is a partial one', async () => {
    const shopped = await shop();
    const upgradeId = await upgrade(shopped, '1.1', { components: [shopped.ids['cron']] });
    await rollback(shopped, upgradeId);
    const socket = await Socket.open(server.api.url);
    const query = 'subscription ($id: ID!) { upgradeEvents(from: BEGINNING, appId: $id) { caughtUp event { type } } }';
    socket.subscribe('s', query, { id: shopped.appId });
    const types: string[] = [];
    for (;;) {
      const { payload } = await socket.next(({ type }) => type === 'next');
      const { event, caughtUp } = (payload as { data: { upgradeEvents: { event: { type: string } | null; caughtUp: boolean } } }).data
        .upgradeEvents;
      if (event) types.push(event.type);
      if (caughtUp) break;
    }
    socket.terminate();
    const [moved, back] = [
      ['UpgradeStarted', 'ComponentUpgraded', 'AppPartlyUpgraded'],
      ['RollbackStarted', 'ComponentUpgraded', 'AppRolledBack'],
    ];
    expect(types).toEqual([...moved, ...back]);
  });

  it('goes back to a version that is withdrawn since, too', async () => {
    const shopped = await shop();
    const { templateId } = shopped;
    const upgradeId = await upgrade(shopped, '1.1');
    await server.api.mutate('withdrawVersion', 'VersionStateInput', { templateId, version: '1.0' }, 'position');
    expect((await rollback(shopped, upgradeId)).installation.currentVersion).toBe('1.0');
  });

  const lastRecord = async ({ installationId }: Shop): Promise<Answer> =>
    (
      await server.api.ask(
        `query ($id: ID!) { node(id: $id) { ... on Installation { upgradeRecords(first: 1) { edges { node { id } } } } } }`,
        { id: installationId },
      )
    ).node.upgradeRecords.edges[0].node;

  it('is refused of an upgrade that is not of the app, that is rolled back already, or that moved since it was planned', async () => {
    const shopped = await shop();
    const upgradeId = await upgrade(shopped, '1.1');
    expect(await refused(await shop(), upgradeId)).toMatchObject({ code: 'NOT_FOUND', upgradeId });
    const { fingerprint } = await plan(shopped, upgradeId);
    await edit(shopped, 'web', { replicas: 2 });
    expect(await refused(shopped, upgradeId, { planFingerprint: fingerprint })).toMatchObject({ code: 'PLAN_OUTDATED' });
    await rollback(shopped, upgradeId);
    expect(await refused(shopped, upgradeId)).toMatchObject({ code: 'ALREADY_ROLLED_BACK', upgradeId });
    const asked = await server.api.send(`{ rollbackPlan(appId: "${shopped.appId}", upgradeId: "${upgradeId}") { applicable } }`);
    expect(asked.errors?.[0]?.extensions.code).toBe('ALREADY_ROLLED_BACK');
  });
});
