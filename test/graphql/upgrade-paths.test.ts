import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

type Answer = Awaited<ReturnType<TestServer['api']['ask']>>;

/** Stops over the API: what is offered and why not, the way there, and going it. */
describe('versions behind stops', () => {
  let server: TestServer;
  let number = 0;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  interface Shop {
    readonly templateId: string;
    readonly sourceId: string;
    readonly appId: string;
    readonly installationId: string;
    /** The id of the installed "web". */
    readonly web: string;
  }

  /** A template of versions, each with where it can be upgraded to from, and an install of the first. The image of "web" is the version. */
  async function shop(versions: Readonly<Record<string, string | null>>): Promise<Shop> {
    const { api } = server;
    const name = `stops ${++number}`;
    const { app } = await api.mutate('createApp', 'CreateAppInput', { name }, 'app { id }');
    const component = { key: 'web', image: 'none', env: [{ name: 'LOG', value: 'info' }] };
    const added = await api.mutate('addComponent', 'AddComponentInput', { appId: app.id, component }, 'component { id }');
    let templateId: string | undefined;
    let installed: Answer;
    for (const [version, upgradeFrom] of Object.entries(versions)) {
      await edit(app.id as string, added.component.id as string, { image: version });
      const input = { appId: app.id, version, upgradeFrom, ...(templateId ? { templateId } : { name }) };
      const { template } = await api.mutate('publishTemplate', 'PublishTemplateInput', input, 'template { id }');
      templateId = template.id as string;
      const install = { templateId, appName: `${name}, installed` };
      installed ??= await api.mutate(
        'installTemplate',
        'InstallTemplateInput',
        install,
        'app { id components { id } } installation { id }',
      );
    }
    return {
      templateId: templateId ?? '',
      sourceId: app.id as string,
      appId: installed.app.id as string,
      installationId: installed.installation.id as string,
      web: installed.app.components[0].id as string,
    };
  }
  const STORY = { '1.0': null, '1.2': null, '1.4': null, '2.0': '>=1.4' };

  const edit = (appId: string, componentId: string, set: object): Promise<unknown> =>
    server.api.mutate('updateComponent', 'UpdateComponentInput', { appId, componentId, set }, 'position');
  const withdraw = ({ templateId }: Shop, version: string): Promise<unknown> =>
    server.api.mutate('withdrawVersion', 'VersionStateInput', { templateId, version }, 'position');
  const offer = async ({ installationId }: Shop, first?: number): Promise<Answer> =>
    (
      await server.api.ask(
        `query ($id: ID!, $first: Int) { node(id: $id) { ... on Installation { currentVersion upgradableCount
           upgradableVersions(first: $first) { version upgradeFrom state }
           blockedVersions(first: $first) { version { version } code reason viaVersion } } } }`,
        { id: installationId, first },
      )
    ).node;
  const PATH = 'query ($appId: ID!, $to: String!) { upgradePath(appId: $appId, toVersion: $to) { fromVersion versions } }';
  const PLAN = 'query ($appId: ID!, $to: String!) { upgradePlan(appId: $appId, toVersion: $to) { fingerprint applicable } }';
  const pathTo = async ({ appId }: Shop, to: string): Promise<string[]> =>
    (await server.api.ask(PATH, { appId, to })).upgradePath.versions as string[];
  const HOPS = 'position installation { currentVersion } upgrade { id toVersion } upgrades { id fromVersion toVersion state reason }';
  const upgrade = (input: object): Promise<Answer> => server.api.mutate('upgradeApp', 'UpgradeAppInput', input, HOPS);
  const refuse = (input: object): ReturnType<TestServer['api']['refuse']> => server.api.refuse('upgradeApp', 'UpgradeAppInput', input);
  const recordsOf = async ({ installationId }: Shop): Promise<string[]> => {
    const query = `query ($id: ID!) { node(id: $id) { ... on Installation { upgradeRecords { edges { node { fromVersion toVersion } } } } } }`;
    const { node } = await server.api.ask(query, { id: installationId });
    return node.upgradeRecords.edges.map(({ node: record }: Answer) => `${record.fromVersion} ${record.toVersion}`).reverse() as string[];
  };

  it('the story: 2.0 is not offered to 1.0, says which stop to make, and is reached by it', async () => {
    const shopped = await shop(STORY);
    const { appId } = shopped;
    const reason =
      'version 2.0 can be upgraded to from >=1.4 only, and the installation stands at 1.0: upgrade to 1.4 first (1.0 -> 1.4 -> 2.0)';
    expect(await offer(shopped)).toEqual({
      currentVersion: '1.0',
      upgradableCount: 2,
      upgradableVersions: [
        { version: '1.4', upgradeFrom: null, state: 'PUBLISHED' },
        { version: '1.2', upgradeFrom: null, state: 'PUBLISHED' },
      ],
      blockedVersions: [{ version: { version: '2.0' }, code: 'STOP_REQUIRED', reason, viaVersion: '1.4' }],
    });
    for (const refusal of [await server.api.refusal(PLAN, { appId, to: '2.0' }), await refuse({ appId, toVersion: '2.0' })]) {
      expect(refusal).toMatchObject({
        message: `${reason}, or go there alongPath`,
        extensions: { code: 'NOT_UPGRADABLE', from: '1.0', to: '2.0', path: ['1.4', '2.0'], viaVersion: '1.4' },
      });
    }
    expect(await pathTo(shopped, '2.0')).toEqual(['1.4', '2.0']);
    await upgrade({ appId, toVersion: '1.4' });
    expect(await offer(shopped)).toMatchObject({
      upgradableCount: 1,
      upgradableVersions: [{ version: '2.0', upgradeFrom: '>=1.4' }],
      blockedVersions: [],
    });
    expect((await server.api.ask(PLAN, { appId, to: '2.0' })).upgradePlan.applicable).toBe(true);
    expect(await pathTo(shopped, '2.0')).toEqual(['2.0']);
    expect((await upgrade({ appId, toVersion: '2.0' })).installation.currentVersion).toBe('2.0');
  });

  it('every larger version is either offered or explained, the largest first', async () => {
    const shopped = await shop({
      '1.0': null,
      '1.1': '1.0',
      '1.2': null,
      '1.3': '>=1.2',
      '2.0': '1.3',
      '3.0': '9.0',
      '3.1': '2.0',
      '4.0': null,
    });
    await withdraw(shopped, '4.0');
    await server.api.mutate('deprecateVersion', 'VersionStateInput', { templateId: shopped.templateId, version: '1.2' }, 'position');
    const blocks = [
      { version: { version: '4.0' }, code: 'WITHDRAWN', viaVersion: null, reason: 'version 4.0 is withdrawn' },
      { version: { version: '3.1' }, code: 'STOP_REQUIRED', viaVersion: '1.2' },
      {
        version: { version: '3.0' },
        code: 'OTHER',
        viaVersion: null,
        reason: 'version 3.0 can be upgraded to from 9.0 only, and the installation stands at 1.0: no version that is offered leads there',
      },
      { version: { version: '2.0' }, code: 'STOP_REQUIRED', viaVersion: '1.2' },
      { version: { version: '1.3' }, code: 'STOP_REQUIRED', viaVersion: '1.2' },
    ];
    expect(await offer(shopped)).toMatchObject({
      upgradableCount: 2,
      upgradableVersions: [
        { version: '1.2', state: 'DEPRECATED' },
        { version: '1.1', state: 'PUBLISHED' },
      ],
      blockedVersions: blocks,
    });
    expect(await offer(shopped, 1)).toMatchObject({
      upgradableCount: 2,
      upgradableVersions: [{ version: '1.2' }],
      blockedVersions: [blocks[0]],
    });
    expect(await pathTo(shopped, '3.1')).toEqual(['1.2', '1.3', '2.0', '3.1']);
    const none = await server.api.refusal(PATH, { appId: shopped.appId, to: '3.0' });
    expect(none).toMatchObject({ message: blocks[2]?.reason, extensions: { code: 'NOT_UPGRADABLE', path: null } });
    expect((await server.api.refusal(PATH, { appId: shopped.appId, to: '4.0' })).extensions.code).toBe('VERSION_WITHDRAWN');
    expect((await server.api.refusal(PATH, { appId: shopped.appId, to: '1.0' })).extensions.code).toBe('NOT_UPGRADABLE');
  });

  it('a withdrawn version is no stop: another is, or there is no way', async () => {
    const shopped = await shop({ '1.0': null, '1.4': null, '1.5': null, '2.0': '>=1.4' });
    await withdraw(shopped, '1.5');
    expect(await pathTo(shopped, '2.0')).toEqual(['1.4', '2.0']);
    expect((await offer(shopped)).blockedVersions).toMatchObject([{ code: 'STOP_REQUIRED', viaVersion: '1.4' }, { code: 'WITHDRAWN' }]);
    await withdraw(shopped, '1.4');
    expect((await offer(shopped)).blockedVersions[0]).toMatchObject({ version: { version: '2.0' }, code: 'OTHER', viaVersion: null });
    expect((await server.api.refusal(PATH, { appId: shopped.appId, to: '2.0' })).extensions.code).toBe('NOT_UPGRADABLE');
  });

  it('a range that is none is refused, and nothing is published', async () => {
    const shopped = await shop({ '1.0': null });
    const input = { appId: shopped.sourceId, templateId: shopped.templateId, version: '2.0', upgradeFrom: '^1.4' };
    const { extensions, message } = await server.api.refuse('publishTemplate', 'PublishTemplateInput', input);
    expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: 'upgradeFrom' });
    expect(message).toContain('"^1.4", which is no version: use versions after <, <=, >, >= or =');
  });

  describe('gone along a path', () => {
    const LONG = { '1.0': null, '1.4': null, '2.0': '>=1.4 <2', '3.0': '>=2.0' };

    it('make a record a hop, local changes kept', async () => {
      const shopped = await shop(LONG);
      await edit(shopped.appId, shopped.web, { replicas: 3 });
      const made = await upgrade({ appId: shopped.appId, toVersion: '3.0', alongPath: true, reason: 'spring' });
      expect(made).toMatchObject({
        installation: { currentVersion: '3.0' },
        upgrade: { id: made.upgrades[2].id, toVersion: '3.0' },
        upgrades: [
          { fromVersion: '1.0', toVersion: '1.4', state: 'COMPLETED', reason: 'spring' },
          { fromVersion: '1.4', toVersion: '2.0', state: 'COMPLETED', reason: 'spring' },
          { fromVersion: '2.0', toVersion: '3.0', state: 'COMPLETED', reason: 'spring' },
        ],
      });
      const { app } = await server.api.ask('query ($id: ID!) { app(id: $id) { components { image replicas } } }', { id: shopped.appId });
      expect(app.components).toEqual([{ image: '3.0', replicas: 3 }]);
    });

    it('is an upgrade like any other where one hop is enough, also by the plan that was shown', async () => {
      const shopped = await shop(LONG);
      const { upgradePlan } = await server.api.ask(PLAN, { appId: shopped.appId, to: '1.4' });
      const input = { appId: shopped.appId, toVersion: '1.4', alongPath: true, planFingerprint: upgradePlan.fingerprint };
      expect((await upgrade(input)).upgrades).toMatchObject([{ fromVersion: '1.0', toVersion: '1.4' }]);
    });

    it('refuses a fingerprint where there are several hops: it is of one plan', async () => {
      const shopped = await shop(LONG);
      const { extensions } = await refuse({ appId: shopped.appId, toVersion: '3.0', alongPath: true, planFingerprint: 'x' });
      expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: 'planFingerprint', upgradeIds: [] });
      expect(await recordsOf(shopped)).toEqual([]);
    });

    it('stops at a hop that is refused, says which and why; the same command goes on once that is mended', async () => {
      const shopped = await shop(LONG);
      const { appId, web } = shopped;
      const input = { appId, toVersion: '3.0', alongPath: true, commandId: `spring ${number}` };
      await upgrade({ appId, toVersion: '1.4' });
      await edit(appId, web, { image: 'mine' });
      const first = await refuse(input);
      expect(first).toMatchObject({
        message: 'hop 1, from 1.4 to 2.0: 1 conflicts are not settled: give resolutions or a policy',
        extensions: {
          code: 'CONFLICTS_UNRESOLVED',
          conflicts: [{ componentKey: 'web', path: '/image' }],
          hop: { number: 1, from: '1.4', to: '2.0' },
          upgradeIds: [],
        },
      });
      await edit(appId, web, { image: '1.4' });
      expect((await upgrade(input)).upgrades.map(({ toVersion }: Answer) => toVersion)).toEqual(['2.0', '3.0']);
    });

    it('leaves the hops before a refused one done, and never makes them twice', async () => {
      const shopped = await shop({ '1.0': null, '1.4': null, '2.0': '>=1.4' });
      const { appId, web, sourceId, templateId } = shopped;
      await edit(appId, web, { env: [{ name: 'LOG', value: 'debug' }] });
      const source = (await server.api.ask('query ($id: ID!) { app(id: $id) { components { id } } }', { id: sourceId })).app.components[0];
      await edit(sourceId, source.id, { env: [{ name: 'LOG', value: 'warn' }] });
      const publish = { appId: sourceId, templateId, version: '3.0', upgradeFrom: '2.0' };
      await server.api.mutate('publishTemplate', 'PublishTemplateInput', publish, 'position');

      const input = { appId, toVersion: '3.0', alongPath: true, commandId: `stuck ${number}` };
      const { extensions, message } = await refuse(input);
      expect(message).toBe('hop 3, from 2.0 to 3.0: 1 conflicts are not settled: give resolutions or a policy');
      expect(extensions).toMatchObject({
        code: 'CONFLICTS_UNRESOLVED',
        conflicts: [{ componentKey: 'web', path: '/env/LOG' }],
        hop: { number: 3, from: '2.0', to: '3.0' },
      });
      expect(extensions['upgradeIds']).toHaveLength(2);
      expect(await recordsOf(shopped)).toEqual(['1.0 1.4', '1.4 2.0']);
      // The position of what was done is told: a reader who names it sees it.
      const seen = server.api.with({ 'regraft-min-position': String(extensions['position']) });
      expect((await seen.ask('query ($id: ID!) { app(id: $id) { installations { currentVersion } } }', { id: appId })).app).toEqual({
        installations: [{ currentVersion: '2.0' }],
      });

      expect((await refuse(input)).extensions['upgradeIds']).toEqual(extensions['upgradeIds']);
      await edit(appId, web, { env: [{ name: 'LOG', value: 'info' }] });
      const done = await upgrade(input);
      expect(done.upgrades.map(({ id }: Answer) => id).slice(0, 2)).toEqual(extensions['upgradeIds']);
      expect(await recordsOf(shopped)).toEqual(['1.0 1.4', '1.4 2.0', '2.0 3.0']);
      expect(await upgrade(input)).toEqual(done);
      expect(await recordsOf(shopped)).toEqual(['1.0 1.4', '1.4 2.0', '2.0 3.0']);
    });

    it('goes on from where the installation stands without a commandId, too', async () => {
      const shopped = await shop(LONG);
      const { appId } = shopped;
      await upgrade({ appId, toVersion: '1.4' });
      const input = { appId, toVersion: '3.0', alongPath: true };
      expect((await upgrade(input)).upgrades.map(({ toVersion }: Answer) => toVersion)).toEqual(['2.0', '3.0']);
      expect(await refuse(input)).toMatchObject({ extensions: { code: 'NOT_UPGRADABLE', from: '3.0', to: '3.0' } });
    });

    it('uses a resolution at the hops that show its place, and refuses one that none shows, at the last', async () => {
      const shopped = await shop({ '1.0': null, '1.4': null, '2.0': '>=1.4' });
      const { appId, web } = shopped;
      await edit(appId, web, { image: 'mine' });
      const never = { componentKey: 'web', path: '/env/NEVER', choice: 'LOCAL' };
      const image = { componentKey: 'web', path: '/image', choice: 'LOCAL' };
      const input = { appId, toVersion: '2.0', alongPath: true, resolutions: [never, image] };
      const { extensions, message } = await refuse(input);
      expect(message).toBe('hop 2, from 1.4 to 2.0: the resolution of "/env/NEVER" of component "web" names nothing that the plan shows');
      expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', componentKey: 'web', path: '/env/NEVER', hop: { number: 2 } });
      expect(await recordsOf(shopped)).toEqual(['1.0 1.4']);
      await upgrade({ ...input, resolutions: [image] });
      const { app } = await server.api.ask('query ($id: ID!) { app(id: $id) { components { image } } }', { id: appId });
      expect(app.components).toEqual([{ image: 'mine' }]);
    });

    it('remembers which resolutions the hops before have used', async () => {
      const shopped = await shop({ '1.0': null, '1.4': null });
      const { appId, web, sourceId, templateId } = shopped;
      await edit(appId, web, { image: 'mine' });
      // From 1.4 to 2.0 nothing of "web" changes: only the first hop shows its image.
      await server.api.mutate('addComponent', 'AddComponentInput', { appId: sourceId, component: { key: 'db' } }, 'position');
      const publish = { appId: sourceId, templateId, version: '2.0', upgradeFrom: '1.4' };
      await server.api.mutate('publishTemplate', 'PublishTemplateInput', publish, 'position');
      const resolutions = [{ componentKey: 'web', path: '/image', choice: 'TEMPLATE' }];
      const input = { appId, toVersion: '2.0', alongPath: true, resolutions, commandId: `uses ${number}` };
      const made = await upgrade(input);
      expect(made.upgrades).toHaveLength(2);
      expect(await upgrade(input)).toEqual(made);
    });
  });
});
