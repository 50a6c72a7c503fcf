import { describe, expect, it } from 'vitest';
import type { ReleaseShop } from '../support/release-shop.js';
import { nodesOf, world, type Answer } from './world.js';

const w = world();

/** Publishes a version whose web has the version for its image. */
async function publish(shop: ReleaseShop, version: string, more: object = {}): Promise<void> {
  await shop.change({ web: { image: version } });
  await shop.publish(version, more);
}
const refuse = (shop: ReleaseShop, version: string, more: object = {}): Promise<Answer> =>
  w().refused('publishTemplate', { appId: shop.appId, templateId: shop.templateId, version, ...more });
const imageOf = async (shop: ReleaseShop, version: string): Promise<string> =>
  (await w().version(shop, version, 'components { image }')).components[0].image as string;

describe('rule 1: versions', () => {
  it('are dotted numbers, with v, leading zeros, a prerelease or a build: ordered as SemVer says, and shown as written', async () => {
    const shop = await w().shop({ web: { image: '1.0' } });
    const growing = ['1.1-rc.1', '1.1-rc.2', '1.1+build.7', 'v1.2', '1.10', '1.10.0.1', '2.0-beta', '2.0', '2026.04.01'];
    for (const version of growing) await publish(shop, version);
    expect(await w().versions(shop)).toEqual([...growing].reverse().concat('1.0'));
    // Not in the order of publishing: a line that is behind.
    await publish(shop, '1.9', { basedOn: '1.2' });
    expect((await w().versions(shop)).slice(-7)).toEqual(['1.10', '1.9', 'v1.2', '1.1+build.7', '1.1-rc.2', '1.1-rc.1', '1.0']);
    expect(await imageOf(shop, '1.2.0')).toBe('v1.2');
    expect(await imageOf(shop, '2026.4.1')).toBe('2026.04.01');
  });

  it('in two spellings are one: 1.1, v1.1.0 and 1.1+build cannot be published beside each other', async () => {
    const shop = await w().shop({ web: { image: '1.0' } });
    await publish(shop, '1.1');
    await shop.change({ web: { image: 'another' } });
    for (const version of ['1.1', '1.1.0', 'v1.1', '01.1', '1.1+build.8', '1.1-rc.1']) {
      expect(await refuse(shop, version), version).toMatchObject({ code: 'VERSION_NOT_LARGER' });
    }
  });

  it('are never "latest", empty, or what has no order: the refusal says what a version is', async () => {
    const shop = await w().shop({ web: { image: '1.0' } });
    for (const version of ['latest', '', 'next', '1.x', '1..0']) {
      const { code, message } = await refuse(shop, version);
      expect(code, version).toBe('VERSION_INVALID');
      expect(message, version).toContain('dotted numbers such as 1.4');
    }
  });
});

describe('rule 2: larger', () => {
  it('what is published must be larger than all that was, and differ from the largest', async () => {
    const shop = await w().shop({ web: { image: '1.0' } });
    await publish(shop, '1.4');
    expect(await refuse(shop, '1.5')).toMatchObject({ code: 'NOTHING_TO_PUBLISH', version: '1.4' });
    await shop.change({ web: { image: 'new' } });
    for (const version of ['1.4', '1.3.9', '0.9']) expect(await refuse(shop, version)).toMatchObject({ code: 'VERSION_NOT_LARGER' });
    await shop.publish('1.5');
    expect(await w().versions(shop)).toEqual(['1.5', '1.4', '1.0']);
  });

  it('on a maintenance line it must be larger than the version that it is based on, and not taken; differences are against that one', async () => {
    const shop = await w().shop({ web: { image: '1.0' } });
    await publish(shop, '1.4');
    await shop.change({ web: { image: '2.0' }, redis: { image: 'redis:7' } });
    await shop.publish('2.0');
    await shop.change({ web: { image: '1.4.1' } });
    const basedOn = '1.4';
    for (const version of ['1.3', '1.4', '2.0']) {
      expect(await refuse(shop, version, { basedOn })).toMatchObject({ code: 'VERSION_NOT_LARGER' });
    }
    const { release, template } = await w().do(
      'publishTemplate',
      { appId: shop.appId, templateId: shop.templateId, version: '1.4.1', basedOn },
      'template { latestVersion { version } } release { basedOn syncRecords { componentKey change differences { before after } } }',
    );
    expect(template.latestVersion.version).toBe('2.0');
    expect(release).toEqual({
      basedOn,
      syncRecords: [{ componentKey: 'web', change: 'CHANGED', differences: [{ before: '1.4', after: '1.4.1' }] }],
    });
    expect(await refuse(shop, '1.4.2', { basedOn: '1.4.1' })).toMatchObject({ code: 'NOTHING_TO_PUBLISH', version: '1.4.1' });
  });
});

describe('rule 3: a published version never changes', () => {
  const CONTENT = 'digest components { key image digest templateComponentId }';

  it('whatever becomes of its source, and of its state: its content is the same to the bit', async () => {
    const shop = await w().shop({ web: { image: '1.0' }, db: { image: 'postgres:16' } });
    const { templateId, appId } = shop;
    const before = await w().version(shop, '1.0', CONTENT);
    await publish(shop, '1.1');
    await w().do('deprecateVersion', { templateId, version: '1.0', reason: 'slow' });
    await w().do('withdrawVersion', { templateId, version: '1.0', reason: 'broken' });
    await w().do('deleteApp', { appId });
    expect(await w().version(shop, '1.0', `${CONTENT} state stateReason`)).toEqual({
      ...before,
      state: 'WITHDRAWN',
      stateReason: 'broken',
    });
    await w().do('restoreVersion', { templateId, version: '1.0', reason: 'it was the proxy' });
    expect(await w().version(shop, '1.0', `${CONTENT} state stateReason`)).toEqual({ ...before, state: 'PUBLISHED', stateReason: null });
    const said = await w().history({ templateId, types: ['VersionDeprecated', 'VersionWithdrawn', 'VersionRestored'] });
    expect(said.map(({ type, data }) => [type, data.reason])).toEqual([
      ['VersionDeprecated', 'slow'],
      ['VersionWithdrawn', 'broken'],
      ['VersionRestored', 'it was the proxy'],
    ]);
  });

  it('withdrawn, it is no target, but its installs go on, move on, and come back to it', async () => {
    const shop = await w().shop({ web: { image: '1.0' } });
    const { templateId } = shop;
    const install = await shop.install('1.0');
    await publish(shop, '1.1');
    await w().do('withdrawVersion', { templateId, version: '1.0' });
    const refusal = await w().refused('installTemplate', { templateId, version: '1.0', appName: 'none' });
    expect(refusal).toMatchObject({ code: 'VERSION_WITHDRAWN', version: '1.0' });
    const { upgrade } = await w().upgrade(install, '1.1');
    const { app, installation } = await w().do(
      'rollbackUpgrade',
      { appId: install.appId, upgradeId: upgrade.id },
      'app { components { image } } installation { currentVersion }',
    );
    expect({ app, installation }).toEqual({ app: { components: [{ image: '1.0' }] }, installation: { currentVersion: '1.0' } });
  });

  it('deprecated, it is offered with a mark; withdrawn, it is not, and the installation says why', async () => {
    const shop = await w().shop({ web: { image: '1.0' } });
    const { templateId } = shop;
    const install = await shop.install('1.0');
    await publish(shop, '1.1');
    await publish(shop, '1.2');
    await w().do('deprecateVersion', { templateId, version: '1.1', reason: 'slow' });
    await w().do('withdrawVersion', { templateId, version: '1.2', reason: 'broken' });
    const OFFER = 'upgradableVersions { version state stateReason } blockedVersions { version { version } code reason }';
    expect(await w().installation(install, OFFER)).toEqual({
      upgradableVersions: [{ version: '1.1', state: 'DEPRECATED', stateReason: 'slow' }],
      blockedVersions: [{ version: { version: '1.2' }, code: 'WITHDRAWN', reason: 'version 1.2 is withdrawn: broken' }],
    });
  });
});

describe('rule 14: stops', () => {
  it('a version says from where it can be reached; every larger one is offered, or explained with the way to it', async () => {
    const shop = await w().shop({ web: { image: '1.0' } });
    const install = await shop.install('1.0');
    await publish(shop, '1.4');
    await publish(shop, '2.0', { upgradeFrom: '>=1.4 <2' });
    await publish(shop, '3.0', { upgradeFrom: '>=1.4 <2 || 2.0' });
    await publish(shop, '4.0', { upgradeFrom: '9.0' });
    const OFFER = 'upgradableVersions { version } blockedVersions { version { version } code viaVersion reason }';
    const { upgradableVersions, blockedVersions } = await w().installation(install, OFFER);
    expect(upgradableVersions).toEqual([{ version: '1.4' }]);
    expect(blockedVersions).toMatchObject([
      { version: { version: '4.0' }, code: 'OTHER', viaVersion: null },
      { version: { version: '3.0' }, code: 'STOP_REQUIRED', viaVersion: '1.4' },
      { version: { version: '2.0' }, code: 'STOP_REQUIRED', viaVersion: '1.4' },
    ]);
    expect(blockedVersions[1].reason).toContain('upgrade to 1.4 first (1.0 -> 1.4 -> 3.0)');

    const { appId } = install;
    const way = { code: 'NOT_UPGRADABLE', path: ['1.4', '3.0'], viaVersion: '1.4' };
    expect(await w().refused('upgradeApp', { appId, toVersion: '3.0' })).toMatchObject(way);
    const { upgradePath } = await w().ask(`{ upgradePath(appId: "${appId}", toVersion: "3.0") { versions } }`);
    expect(upgradePath.versions).toEqual(['1.4', '3.0']);
    const { upgrades } = await w().upgrade(install, '3.0', { alongPath: true }, 'upgrades { fromVersion toVersion state }');
    expect(upgrades).toEqual([
      { fromVersion: '1.0', toVersion: '1.4', state: 'COMPLETED' },
      { fromVersion: '1.4', toVersion: '3.0', state: 'COMPLETED' },
    ]);
    const { upgradeRecords } = await w().installation(install, 'upgradeRecords { edges { node { toVersion } } }');
    expect(nodesOf(upgradeRecords)).toEqual([{ toVersion: '3.0' }, { toVersion: '1.4' }]);
  });
});
