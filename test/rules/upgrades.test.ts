import { describe, expect, it } from 'vitest';
import { byKey, nodesOf, world } from './world.js';

const w = world();
const FIELDS = 'applicable conflicts { componentKey path base local target } components { key action fields { path outcome result } }';

describe('rule 6: changed defaults arrive', () => {
  it('at installs that did not touch them; touched ones stay, the same change is none; the plan says so of each, and the upgrade does it', async () => {
    const shop = await w().shop({ web: { image: 'web:1', environment: { LEVEL: 'info', SIZE: '1', MODE: 'a' } } });
    const install = await shop.install('1.0');
    const env = [
      { name: 'SIZE', value: '5' },
      { name: 'MODE', value: 'b' },
    ];
    await shop.edit(install, 'web', { set: { env } });
    await shop.change({ web: { image: 'web:1', environment: { LEVEL: 'warn', SIZE: '1', MODE: 'b' } } });
    await shop.publish('1.1');
    const { applicable, conflicts, components } = await w().plan(install, '1.1', FIELDS);
    expect({ applicable, conflicts }).toEqual({ applicable: true, conflicts: [] });
    expect(components[0].fields).toEqual([
      { path: '/env/LEVEL', outcome: 'TAKE_TEMPLATE', result: 'warn' },
      { path: '/env/MODE', outcome: 'CONVERGED', result: 'b' },
      { path: '/env/SIZE', outcome: 'KEEP_LOCAL', result: '5' },
    ]);
    const { app } = await w().upgrade(install, '1.1', {}, 'app { components { env { name value } localChanges { path before after } } }');
    expect(byKey(app.components[0].env, 'name')).toMatchObject({ LEVEL: { value: 'warn' }, MODE: { value: 'b' }, SIZE: { value: '5' } });
    expect(app.components[0].localChanges).toEqual([{ path: '/env/SIZE', before: '1', after: '5' }]);
  });

  it('a true clash is asked about, never guessed: by the plan, by the upgrade, with the three sides', async () => {
    const shop = await w().shop({ web: { image: 'web:1', environment: { A: '1', B: '1', C: '1' } } });
    const install = await shop.install('1.0');
    await shop.edit(install, 'web', { set: { env: ['A', 'B', 'C'].map((name) => ({ name, value: 'mine' })) } });
    await shop.change({ web: { image: 'web:1', environment: { A: '2', B: '2', C: '2' } } });
    await shop.publish('1.1');
    const paths = ['/env/A', '/env/B', '/env/C'];
    const clashes = paths.map((path) => ({ componentKey: 'web', path, base: '1', local: 'mine', target: '2' }));
    expect(await w().plan(install, '1.1', FIELDS)).toMatchObject({ applicable: false, conflicts: clashes });
    const refusal = await w().refused('upgradeApp', { appId: install.appId, toVersion: '1.1' });
    expect(refusal).toMatchObject({ code: 'CONFLICTS_UNRESOLVED', conflicts: paths.map((path) => ({ path })) });
    const choices = [{ choice: 'LOCAL' }, { choice: 'TEMPLATE' }, { choice: 'VALUE', value: 'ours' }];
    const resolutions = choices.map((choice, n) => ({ componentKey: 'web', path: paths[n], ...choice }));
    const { app } = await w().upgrade(install, '1.1', { resolutions }, 'app { components { env { value } } }');
    expect(app.components[0].env).toEqual([{ value: 'mine' }, { value: '2' }, { value: 'ours' }]);
  });
});

describe('rule 7: removed in the template is removed at the install', () => {
  const V1 = { web: { image: 'web:1' }, cron: { image: 'cron:1' } };
  const V2 = { web: { image: 'web:2' } };

  it('as the plan shows', async () => {
    const shop = await w().shop(V1);
    const install = await shop.install('1.0');
    await shop.change(V2);
    await shop.publish('1.1');
    expect(byKey((await w().plan(install, '1.1', FIELDS)).components)['cron']).toMatchObject({ action: 'REMOVE' });
    const { app, upgrade } = await w().upgrade(install, '1.1', {}, 'app { components { key } } upgrade { components { key action } }');
    expect(app.components).toEqual([{ key: 'web' }]);
    expect(upgrade.components).toContainEqual({ key: 'cron', action: 'REMOVE' });
  });

  it('unless it is kept by choice; where the install changed it, it is asked', async () => {
    const shop = await w().shop(V1);
    const [untouched, touched] = [await shop.install('1.0'), await shop.install('1.0')];
    await shop.edit(touched, 'cron', { set: { replicas: 2 } });
    await shop.change(V2);
    await shop.publish('1.1');
    const refusal = await w().refused('upgradeApp', { appId: touched.appId, toVersion: '1.1' });
    expect(refusal).toMatchObject({ code: 'CONFLICTS_UNRESOLVED', conflicts: [{ componentKey: 'cron', path: '' }] });
    const kept = { resolutions: [{ componentKey: 'cron', path: '', choice: 'LOCAL' }] };
    for (const [install, replicas] of [
      [untouched, 1],
      [touched, 2],
    ] as const) {
      const { app } = await w().upgrade(install, '1.1', kept, 'app { components { key image replicas } }');
      expect(byKey(app.components)['cron']).toEqual({ key: 'cron', image: 'cron:1', replicas });
    }
  });

  it('but persistent data goes with an explicit yes only', async () => {
    const shop = await w().shop({ web: { image: 'web:1' }, db: { image: 'db:1', volumes: ['data:/var/lib/db'] } });
    const install = await shop.install('1.0');
    await shop.change(V2);
    await shop.publish('1.1');
    expect((await w().plan(install, '1.1', 'risks { code }')).risks).toContainEqual({ code: 'DATA_LOSS' });
    const refusal = await w().refused('upgradeApp', { appId: install.appId, toVersion: '1.1' });
    expect(refusal).toMatchObject({ code: 'DATA_LOSS_NOT_ACCEPTED' });
    expect(refusal.message).toContain('acceptDataLoss');
    expect((await w().app(install.appId, 'components { key image }')).components).toEqual([
      { key: 'web', image: 'web:1' },
      { key: 'db', image: 'db:1' },
    ]);
    const { app } = await w().upgrade(install, '1.1', { acceptDataLoss: true }, 'app { components { key } }');
    expect(app.components).toEqual([{ key: 'web' }]);
  });
});

describe('rule 8: partial upgrades are visible', () => {
  it('each component has its own version, the current one moves when none is behind, what is pending is listed, and can be completed', async () => {
    const shop = await w().shop({ web: { image: 'web:1' }, db: { image: 'db:1' }, cron: { image: 'cron:1' } });
    const install = await shop.install('1.0');
    await shop.change({ web: { image: 'web:2' }, db: { image: 'db:2' }, redis: { image: 'redis:7' } });
    await shop.publish('1.1');
    const SEEN = `app { components { key image templateVersion } } upgrade { state }
      installation { currentVersion pendingComponents { key action fromVersion toVersion } }`;
    const partly = await w().upgrade(install, '1.1', { components: [install.ids['db']] }, SEEN);
    expect(partly).toEqual({
      app: {
        components: [
          { key: 'web', image: 'web:1', templateVersion: '1.0' },
          { key: 'db', image: 'db:2', templateVersion: '1.1' },
          { key: 'cron', image: 'cron:1', templateVersion: '1.0' },
        ],
      },
      upgrade: { state: 'PARTLY_COMPLETED' },
      installation: {
        currentVersion: '1.0',
        pendingComponents: [
          { key: 'web', action: 'UPDATE', fromVersion: '1.0', toVersion: '1.1' },
          { key: 'redis', action: 'ADD', fromVersion: null, toVersion: '1.1' },
          { key: 'cron', action: 'REMOVE', fromVersion: '1.0', toVersion: '1.1' },
        ],
      },
    });
    const whole = await w().upgrade(install, '1.1', {}, SEEN);
    expect(whole.installation).toEqual({ currentVersion: '1.1', pendingComponents: [] });
    expect(whole.upgrade.state).toBe('COMPLETED');
    expect(byKey(whole.app.components)).toEqual({
      web: { key: 'web', image: 'web:2', templateVersion: '1.1' },
      db: { key: 'db', image: 'db:2', templateVersion: '1.1' },
      redis: { key: 'redis', image: 'redis:7', templateVersion: '1.1' },
    });
  });
});

describe('rule 9: a plan has a fingerprint', () => {
  it('of base, local, target and choices: an upgrade that names it is refused once any of them moved, and done where none did', async () => {
    const shop = await w().shop({ web: { image: 'web:1', environment: { A: '1' } }, db: { image: 'db:1' } });
    const install = await shop.install('1.0');
    const { appId } = install;
    await shop.edit(install, 'web', { set: { env: [{ name: 'A', value: 'mine' }] } });
    await shop.change({ web: { image: 'web:2', environment: { A: '2' } }, db: { image: 'db:2' } });
    await shop.publish('1.1');
    const policy = 'PREFER_LOCAL';
    const fingerprint = async (more: object = { policy }, toVersion = '1.1'): Promise<string> =>
      (await w().plan(install, toVersion, 'fingerprint', more)).fingerprint as string;
    const outdated = async (planFingerprint: string, more: object = {}): Promise<void> => {
      const input = { appId, toVersion: '1.1', policy, planFingerprint, ...more };
      expect(await w().refused('upgradeApp', input)).toMatchObject({ code: 'PLAN_OUTDATED' });
    };
    const planned = await fingerprint();
    expect(await fingerprint()).toBe(planned);

    await outdated(planned, { policy: 'PREFER_TEMPLATE' });
    await shop.change({ web: { image: 'web:3', environment: { A: '2' } }, db: { image: 'db:2' } });
    await shop.publish('1.2');
    await outdated(planned, { toVersion: '1.2' });
    await shop.edit(install, 'db', { set: { replicas: 2 } });
    await outdated(planned);
    const edited = await fingerprint();
    await w().upgrade(install, '1.1', { policy, components: [install.ids['db']] });
    await outdated(edited);

    const now = await fingerprint();
    expect((await w().upgrade(install, '1.1', { policy, planFingerprint: now })).upgrade.state).toBe('COMPLETED');
  });

  it('upgrade events name it, and the revision of the template that was decided on', async () => {
    const shop = await w().shop({ web: { image: 'web:1' } });
    const install = await shop.install('1.0');
    await shop.change({ web: { image: 'web:2' } });
    await shop.publish('1.1');
    const { fingerprint } = await w().plan(install, '1.1', 'fingerprint');
    const published = await w().history({ templateId: shop.templateId, types: ['TemplatePublished'] }, 'revision');
    const templateRevision = published.at(-1).revision as number;
    await w().upgrade(install, '1.1');
    const [started] = await w().history({ appId: install.appId, types: ['UpgradeStarted'] });
    expect(started.data).toMatchObject({ fromVersion: '1.0', toVersion: '1.1', fingerprint, templateRevision });
  });
});

describe('rule 11: a rollback is a new forward event', () => {
  const V1 = { web: { image: 'web:1', environment: { LEVEL: 'info' } }, cron: { image: 'cron:1' } };
  const V2 = { web: { image: 'web:2', environment: { LEVEL: 'warn' } }, redis: { image: 'redis:7' } };

  it('it shows its plan, and restores: content, local changes, what was removed; what was added goes; later edits stay; history grows', async () => {
    const shop = await w().shop(V1);
    const install = await shop.install('1.0');
    const { appId } = install;
    await shop.edit(install, 'web', { set: { replicas: 3, command: ['serve'] } });
    await shop.change(V2);
    await shop.publish('1.1');
    const { upgrade } = await w().upgrade(install, '1.1');
    const upgradeId = upgrade.id as string;
    await shop.edit(install, 'web', { set: { title: 'The shop' }, unset: ['/command'] });
    const before = await w().history({ appId }, 'id');

    const query =
      'query ($a: ID!, $u: ID!) { rollbackPlan(appId: $a, upgradeId: $u) { fingerprint applicable components { key action } } }';
    const { rollbackPlan } = await w().ask(query, { a: appId, u: upgradeId });
    expect(rollbackPlan).toMatchObject({
      applicable: true,
      components: [
        { key: 'web', action: 'UPDATE' },
        { key: 'cron', action: 'ADD' },
        { key: 'redis', action: 'REMOVE' },
      ],
    });
    const input = { appId, upgradeId, planFingerprint: rollbackPlan.fingerprint as string, reason: 'redis is slow' };
    const { app, installation } = await w().do(
      'rollbackUpgrade',
      input,
      'app { components { id key image replicas title command } } installation { currentVersion upgradeRecords { edges { node { kind state reason } } } }',
    );
    expect(app.components).toEqual([
      { id: install.ids['web'], key: 'web', image: 'web:1', replicas: 3, title: 'The shop', command: null },
      { id: install.ids['cron'], key: 'cron', image: 'cron:1', replicas: 1, title: null, command: null },
    ]);
    expect(installation.currentVersion).toBe('1.0');
    expect(nodesOf(installation.upgradeRecords)).toEqual([
      { kind: 'ROLLBACK', state: 'COMPLETED', reason: 'redis is slow' },
      { kind: 'UPGRADE', state: 'ROLLED_BACK', reason: null },
    ]);
    const after = await w().history({ appId }, 'id type');
    expect(after.slice(0, before.length).map(({ id }) => id as string)).toEqual(before.map(({ id }) => id as string));
    expect(after.slice(before.length).map(({ type }) => type as string)).toEqual([
      'RollbackStarted',
      ...Array.from({ length: 3 }, () => 'ComponentUpgraded'),
      'AppRolledBack',
    ]);
  });

  it('a later edit that clashes is asked about, not lost', async () => {
    const shop = await w().shop(V1);
    const install = await shop.install('1.0');
    const { appId } = install;
    await shop.change(V2);
    await shop.publish('1.1');
    const { upgrade } = await w().upgrade(install, '1.1');
    const level = (value: string): object => ({ set: { env: [{ name: 'LEVEL', value }] } });
    await shop.edit(install, 'web', level('debug'));
    const back = { appId, upgradeId: upgrade.id as string };
    expect(await w().refused('rollbackUpgrade', back)).toMatchObject({
      code: 'CONFLICTS_UNRESOLVED',
      conflicts: [{ componentKey: 'web', path: '/env/LEVEL' }],
    });
    const resolutions = [{ componentKey: 'web', path: '/env/LEVEL', choice: 'LOCAL' }];
    const { app } = await w().do('rollbackUpgrade', { ...back, resolutions }, 'app { components { key image env { value } } }');
    expect(byKey(app.components)['web']).toEqual({ key: 'web', image: 'web:1', env: [{ value: 'debug' }] });
  });

  it('it holds that version back for that install, until that is lifted', async () => {
    const shop = await w().shop(V1);
    const [install, other] = [await shop.install('1.0'), await shop.install('1.0')];
    const { appId, installationId } = install;
    await shop.change(V2);
    await shop.publish('1.1');
    const { upgrade } = await w().upgrade(install, '1.1');
    await w().do('rollbackUpgrade', { appId, upgradeId: upgrade.id as string });
    const OFFER = 'upgradableVersions { version } blockedVersions { version { version } code }';
    expect(await w().installation(install, OFFER)).toEqual({
      upgradableVersions: [],
      blockedVersions: [{ version: { version: '1.1' }, code: 'HELD_AFTER_ROLLBACK' }],
    });
    expect(await w().refused('upgradeApp', { appId, toVersion: '1.1' })).toMatchObject({ code: 'NOT_UPGRADABLE' });
    expect(await w().installation(other, OFFER)).toEqual({ upgradableVersions: [{ version: '1.1' }], blockedVersions: [] });
    await w().do('releaseHold', { appId, installationId, version: '1.1', reason: 'mended' });
    expect((await w().upgrade(install, '1.1')).upgrade.state).toBe('COMPLETED');
  });
});
