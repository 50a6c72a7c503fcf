import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

describe('versions that are deprecated, withdrawn and restored', () => {
  let server: TestServer;
  let number = 0;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  interface Shop {
    readonly sourceId: string;
    readonly templateId: string;
    /** Of an install of 1.0, made before anything was withdrawn. */
    readonly appId: string;
    readonly installationId: string;
  }

  const publish = async (sourceId: string, as: object, version: string): Promise<string> => {
    const component = { key: `c${version.replaceAll('.', '-')}`, image: version };
    await server.api.mutate('addComponent', 'AddComponentInput', { appId: sourceId, component }, 'position');
    const input = { appId: sourceId, version, ...as };
    const { template } = await server.api.mutate('publishTemplate', 'PublishTemplateInput', input, 'template { id }');
    return template.id as string;
  };
  const install = (input: object): ReturnType<TestServer['api']['mutate']> =>
    server.api.mutate('installTemplate', 'InstallTemplateInput', input, 'app { id } installation { id currentVersion }');

  /** A template with versions 1.0, 1.1, 1.2 (unless others are named), and an install of the first. */
  async function shop(...versions: string[]): Promise<Shop> {
    const [first = '1.0', ...more] = versions.length > 0 ? versions : ['1.0', '1.1', '1.2'];
    const name = `shop ${++number}`;
    const { app } = await server.api.mutate('createApp', 'CreateAppInput', { name }, 'app { id }');
    const templateId = await publish(app.id, { name }, first);
    const installed = await install({ templateId, appName: `${name}, installed` });
    for (const version of more) await publish(app.id, { templateId }, version);
    return {
      sourceId: app.id as string,
      templateId,
      appId: installed.app.id as string,
      installationId: installed.installation.id as string,
    };
  }

  type Kind = 'deprecate' | 'withdraw' | 'restore';
  const TEMPLATE = 'template { latestVersion { version } versions { edges { node { version state stateReason } } } }';
  const say = async (kind: Kind, { templateId }: Shop, version: string, reason?: string): Promise<Record<string, never>> =>
    (await server.api.mutate(`${kind}Version`, 'VersionStateInput', { templateId, version, reason }, TEMPLATE)).template;
  const refused = async (kind: Kind, input: object): Promise<string> =>
    (await server.api.refuse(`${kind}Version`, 'VersionStateInput', input)).extensions.code;
  const offer = async ({ installationId }: Shop, first?: number): Promise<Record<string, unknown>> =>
    (
      await server.api.ask(
        `query ($id: ID!, $first: Int) { node(id: $id) { ... on Installation { currentVersion upgradableCount
           upgradableVersions(first: $first) { version state stateReason }
           blockedVersions(first: $first) { version { version state } code reason viaVersion } } } }`,
        { id: installationId, first },
      )
    ).node;
  const plan = `query ($appId: ID!, $to: String!) { upgradePlan(appId: $appId, toVersion: $to) { applicable } }`;

  it('a deprecated version is offered, marked with the reason', async () => {
    const shopped = await shop();
    const template = await say('deprecate', shopped, 'v1.2.0', 'slow: wait for 1.3');
    expect(template).toMatchObject({
      latestVersion: { version: '1.2' },
      versions: {
        edges: [
          { node: { version: '1.2', state: 'DEPRECATED', stateReason: 'slow: wait for 1.3' } },
          { node: { version: '1.1', state: 'PUBLISHED', stateReason: null } },
          { node: { version: '1.0', state: 'PUBLISHED', stateReason: null } },
        ],
      },
    });
    expect(await offer(shopped)).toEqual({
      currentVersion: '1.0',
      upgradableCount: 2,
      upgradableVersions: [
        { version: '1.2', state: 'DEPRECATED', stateReason: 'slow: wait for 1.3' },
        { version: '1.1', state: 'PUBLISHED', stateReason: null },
      ],
      blockedVersions: [],
    });
    expect((await install({ templateId: shopped.templateId, appName: 'of a deprecated one' })).installation.currentVersion).toBe('1.2');
  });

  it('a withdrawn version is not offered, and the installation says why', async () => {
    const shopped = await shop();
    expect(await say('withdraw', shopped, '1.2', 'it loses sessions')).toMatchObject({ latestVersion: { version: '1.1' } });
    expect(await offer(shopped)).toEqual({
      currentVersion: '1.0',
      upgradableCount: 1,
      upgradableVersions: [{ version: '1.1', state: 'PUBLISHED', stateReason: null }],
      blockedVersions: [
        {
          version: { version: '1.2', state: 'WITHDRAWN' },
          code: 'WITHDRAWN',
          reason: 'version 1.2 is withdrawn: it loses sessions',
          viaVersion: null,
        },
      ],
    });
  });

  it('both lists take the largest first, as many as are asked for', async () => {
    const shopped = await shop('1.0', '1.1', '1.2', '1.9', '1.10', '2.0');
    for (const version of ['1.1', '1.10', '2.0']) await say('withdraw', shopped, version);
    expect(await offer(shopped, 2)).toMatchObject({
      upgradableCount: 2,
      upgradableVersions: [{ version: '1.9' }, { version: '1.2' }],
      blockedVersions: [
        { version: { version: '2.0' }, reason: 'version 2.0 is withdrawn' },
        { version: { version: '1.10' }, reason: 'version 1.10 is withdrawn' },
      ],
    });
  });

  it('a withdrawn version is no target of a plan, an upgrade or an install', async () => {
    const shopped = await shop();
    const { templateId, appId } = shopped;
    await say('withdraw', shopped, '1.2', 'it loses sessions');
    const refusals = [
      await server.api.refusal(plan, { appId, to: '1.2' }),
      await server.api.refuse('upgradeApp', 'UpgradeAppInput', { appId, toVersion: '1.2.0' }),
      await server.api.refuse('installTemplate', 'InstallTemplateInput', { templateId, version: '1.2', appName: 'refused' }),
    ];
    for (const { message, extensions } of refusals) {
      expect(message).toBe('version 1.2 is withdrawn (it loses sessions): choose another one, or restore it first');
      expect(extensions).toMatchObject({ code: 'VERSION_WITHDRAWN', version: '1.2', reason: 'it loses sessions' });
    }
    expect((await server.api.ask(plan, { appId, to: '1.1' })).upgradePlan.applicable).toBe(true);
  });

  it('without a version, the largest that is not withdrawn is installed; where all are, none', async () => {
    const shopped = await shop();
    const { templateId } = shopped;
    await say('withdraw', shopped, '1.2');
    expect((await install({ templateId, appName: 'second best' })).installation.currentVersion).toBe('1.1');
    await say('withdraw', shopped, '1.0');
    expect(await say('withdraw', shopped, '1.1')).toMatchObject({ latestVersion: null });
    const { extensions, message } = await server.api.refuse('installTemplate', 'InstallTemplateInput', {
      templateId,
      appName: 'none left',
    });
    expect(extensions.code).toBe('VERSION_WITHDRAWN');
    expect(message).toMatch(/^every version of template "shop \d+" is withdrawn: restore one, or publish a larger one$/);
  });

  it('what is installed of a withdrawn version is read, listed and upgraded from as before', async () => {
    const shopped = await shop();
    await say('withdraw', shopped, '1.0', 'too old');
    const { installation, app } = await server.api
      .ask(
        `query ($t: ID!, $a: ID!) {
           template(id: $t) { installations(version: "1.0") { totalCount edges { node { app { id } currentVersion } } }
             version(version: "1.0") { state stateReason components { key } } }
           app(id: $a) { components { key image } } }`,
        { t: shopped.templateId, a: shopped.appId },
      )
      .then((data) => ({ installation: data.template, app: data.app }));
    expect(installation).toEqual({
      installations: { totalCount: 1, edges: [{ node: { app: { id: shopped.appId }, currentVersion: '1.0' } }] },
      version: { state: 'WITHDRAWN', stateReason: 'too old', components: [{ key: 'c1-0' }] },
    });
    expect(app.components).toEqual([{ key: 'c1-0', image: '1.0' }]);
    const upgraded = await server.api.mutate(
      'upgradeApp',
      'UpgradeAppInput',
      { appId: shopped.appId, toVersion: '1.2' },
      'installation { currentVersion } upgrade { state }',
    );
    expect(upgraded).toEqual({ installation: { currentVersion: '1.2' }, upgrade: { state: 'COMPLETED' } });
  });

  it('an upgrade that was planned before a withdrawal is refused after it; one that was made is answered again', async () => {
    const shopped = await shop();
    const { appId } = shopped;
    const made = { appId, toVersion: '1.1', commandId: 'made before' };
    const first = await server.api.mutate('upgradeApp', 'UpgradeAppInput', made, 'upgrade { id } position');
    const { upgradePlan } = await server.api.ask(plan.replace('applicable', 'fingerprint'), { appId, to: '1.2' });
    for (const version of ['1.1', '1.2']) await say('withdraw', shopped, version);
    const planned = { appId, toVersion: '1.2', planFingerprint: upgradePlan.fingerprint };
    expect((await server.api.refuse('upgradeApp', 'UpgradeAppInput', planned)).extensions.code).toBe('VERSION_WITHDRAWN');
    expect(await server.api.mutate('upgradeApp', 'UpgradeAppInput', made, 'upgrade { id } position')).toEqual(first);
  });

  it('the publish of a version that was withdrawn since is answered as it was', async () => {
    const shopped = await shop();
    const { sourceId, templateId } = shopped;
    await server.api.mutate('addComponent', 'AddComponentInput', { appId: sourceId, component: { key: 'new' } }, 'position');
    const input = { appId: sourceId, templateId, version: '1.3', commandId: 'published before' };
    const selection = 'release { id state } position';
    const first = await server.api.mutate('publishTemplate', 'PublishTemplateInput', input, selection);
    await say('withdraw', shopped, '1.3');
    expect(await server.api.mutate('publishTemplate', 'PublishTemplateInput', input, selection)).toEqual(first);
  });

  it('a restored version is offered again, without a mark', async () => {
    const shopped = await shop();
    await say('withdraw', shopped, '1.2', 'a mistake');
    expect(await say('restore', shopped, '1.2', 'it was the proxy')).toMatchObject({
      latestVersion: { version: '1.2' },
      versions: { edges: [{ node: { state: 'PUBLISHED', stateReason: null } }, {}, {}] },
    });
    expect(await offer(shopped)).toMatchObject({ upgradableCount: 2, blockedVersions: [] });
    expect((await server.api.ask(plan, { appId: shopped.appId, to: '1.2' })).upgradePlan.applicable).toBe(true);
  });

  it('publishing and its preview go by the largest version, withdrawn or not', async () => {
    const shopped = await shop();
    const { sourceId, templateId } = shopped;
    await say('withdraw', shopped, '1.2');
    const preview = `{ publishPreview(appId: "${sourceId}", templateId: "${templateId}") { latestVersion comparison { components { key } } } }`;
    expect((await server.api.ask(preview)).publishPreview.latestVersion).toBe('1.2');
    const input = { appId: sourceId, templateId, version: '1.3' };
    expect((await server.api.refuse('publishTemplate', 'PublishTemplateInput', input)).extensions.code).toBe('NOTHING_TO_PUBLISH');
    await server.api.mutate('addComponent', 'AddComponentInput', { appId: sourceId, component: { key: 'new' } }, 'position');
    const again = { appId: sourceId, templateId, version: '1.2' };
    expect((await server.api.refuse('publishTemplate', 'PublishTemplateInput', again)).extensions.code).toBe('VERSION_NOT_LARGER');
  });

  it('is on the record: who, when, why', async () => {
    const shopped = await shop();
    await say('deprecate', shopped, '1.1', 'one');
    await say('withdraw', shopped, '1.1', 'two');
    await say('restore', shopped, '1.1', 'three');
    const { history } = await server.api.ask(
      `query ($id: ID!, $types: [String!]) { history(filter: { templateId: $id, types: $types }) { edges { node { type data actor { id } } } } }`,
      { id: shopped.templateId, types: ['VersionDeprecated', 'VersionWithdrawn', 'VersionRestored'] },
    );
    expect(history.edges.map(({ node }: { node: { type: string; data: { reason: string } } }) => [node.type, node.data.reason])).toEqual([
      ['VersionDeprecated', 'one'],
      ['VersionWithdrawn', 'two'],
      ['VersionRestored', 'three'],
    ]);
  });

  it('twice at once has one effect', async () => {
    const { templateId } = await shop();
    const input = { templateId, version: '1.1', reason: 'broken' };
    await Promise.all(Array.from({ length: 5 }, () => server.api.mutate('withdrawVersion', 'VersionStateInput', input, 'position')));
    const { history } = await server.api.ask(
      `query ($id: ID!) { history(filter: { templateId: $id, types: ["VersionWithdrawn"] }) { edges { node { id } } } }`,
      { id: templateId },
    );
    expect(history.edges).toHaveLength(1);
  });

  it('refuses what is not there, is no version, or has too long a reason', async () => {
    const { templateId } = await shop();
    for (const kind of ['deprecate', 'withdraw', 'restore'] as const) {
      expect(await refused(kind, { templateId, version: '9.9' })).toBe('NOT_FOUND');
      expect(await refused(kind, { templateId: 'none', version: '1.0' })).toBe('NOT_FOUND');
      expect(await refused(kind, { templateId, version: 'latest' })).toBe('VERSION_INVALID');
      expect(await refused(kind, { templateId, version: '1.0', reason: 'x'.repeat(10_001) })).toBe('BAD_USER_INPUT');
    }
  });
});
