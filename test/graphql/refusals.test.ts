import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CorruptLogError } from '../../src/store/errors.js';
import { startTestServer, type TestServer } from '../support/server.js';

describe('what is refused, and how', () => {
  let server: TestServer;
  let failing = false;
  beforeAll(async () => {
    server = await startTestServer({
      check: () => (failing ? Promise.reject(new CorruptLogError('it cannot be checked just now')) : Promise.resolve()),
    });
  });
  afterAll(() => server.close());

  const PUBLISHED = 'template { id } release { id state syncRecords { id componentKey state error } }';

  async function app(name: string, ...keys: string[]): Promise<string> {
    const { app: created } = await server.api.mutate('createApp', 'CreateAppInput', { name }, 'app { id }');
    for (const key of keys) await add(created.id, { key, image: `${key}:1` });
    return created.id as string;
  }
  const add = (appId: string, component: object): Promise<{ component: { id: string } }> =>
    server.api.mutate('addComponent', 'AddComponentInput', { appId, component }, 'component { id }');
  const publish = (input: object): Promise<{ template: { id: string }; release: { id: string; state: string; syncRecords: never[] } }> =>
    server.api.mutate('publishTemplate', 'PublishTemplateInput', input, PUBLISHED);
  const refused = async (input: object): Promise<string> =>
    (await server.api.refuse('publishTemplate', 'PublishTemplateInput', input)).extensions.code;

  it('refuses versions that are not larger or are none, an unchanged app, a taken name', async () => {
    const appId = await app('shop', 'web');
    const { template } = await publish({ appId, name: 'shop', version: '1.0' });
    const templateId = template.id;
    expect(await refused({ appId, templateId, version: '1.1' })).toBe('NOTHING_TO_PUBLISH');
    await add(appId, { key: 'db' });
    await publish({ appId, templateId, version: '1.1' });
    await add(appId, { key: 'redis' });
    expect(await refused({ appId, templateId, version: '1.0' })).toBe('VERSION_NOT_LARGER');
    expect(await refused({ appId, templateId, version: '1.1.0' })).toBe('VERSION_NOT_LARGER');
    expect(await refused({ appId, templateId, version: 'latest' })).toBe('VERSION_INVALID');
    expect(await refused({ appId, templateId, version: '' })).toBe('VERSION_INVALID');
    expect(await refused({ appId, name: 'shop', version: '1.0' })).toBe('NAME_TAKEN');
    expect(await refused({ appId: await app('empty'), name: 'empty', version: '1.0' })).toBe('NOTHING_TO_PUBLISH');
    expect(await refused({ appId, version: '2.0' })).toBe('BAD_USER_INPUT');
  });

  it('refuses renames that name a key twice', async () => {
    const appId = await app('renamed', 'a', 'b');
    const files = [{ name: 'compose.yaml', content: 'services: { x: { image: "x:1" }, y: { image: "y:1" } }' }];
    for (const renames of [
      [
        { from: 'a', to: 'x' },
        { from: 'a', to: 'y' },
      ],
      [
        { from: 'a', to: 'x' },
        { from: 'b', to: 'x' },
      ],
    ]) {
      const { extensions } = await server.api.refuse('importCompose', 'ImportComposeInput', { appId, files, renames });
      expect(extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  it('lets one of two publishes of a template at once through', async () => {
    const appId = await app('raced', 'web');
    const { template } = await publish({ appId, name: 'raced', version: '1.0' });
    await add(appId, { key: 'db' });
    const operation = `mutation ($input: PublishTemplateInput!) { publishTemplate(input: $input) { release { state } } }`;
    const input = { appId, templateId: template.id, version: '1.1' };
    const answers = await Promise.all(Array.from({ length: 4 }, () => server.api.send(operation, { input })));
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
    for (const { errors } of answers) {
      if (errors) expect(['RELEASE_RUNNING', 'VERSION_NOT_LARGER']).toContain(errors[0]?.extensions.code);
    }
    const created = await Promise.all(
      Array.from({ length: 4 }, () => server.api.send(operation, { input: { appId, name: 'raced twice', version: '1.0' } })),
    );
    expect(created.filter(({ errors }) => !errors)).toHaveLength(1);
  });

  it('retries the failed components of a release alone, and cancels a release for good', async () => {
    const appId = await app('flaky', 'web');
    const { template } = await publish({ appId, name: 'flaky', version: '1.0' });
    const templateId = template.id;
    await add(appId, { key: 'db' });
    failing = true;
    const { release } = await publish({ appId, templateId, version: '1.1' });
    expect(release).toMatchObject({
      state: 'FAILED',
      syncRecords: [
        { componentKey: 'web', state: 'SYNCED' },
        { componentKey: 'db', state: 'FAILED', error: 'it cannot be checked just now' },
      ],
    });
    const { release: another } = await publish({ appId, templateId, version: '1.2' });
    failing = false;
    const retried = await server.api.mutate('retryRelease', 'ReleaseInput', { templateId, releaseId: release.id }, PUBLISHED);
    expect(retried.release.state).toBe('PUBLISHED');
    const cancelled = await server.api.mutate('cancelRelease', 'ReleaseInput', { templateId, releaseId: another.id }, PUBLISHED);
    expect(cancelled.release.state).toBe('CANCELLED');
    expect((await server.api.refuse('retryRelease', 'ReleaseInput', { templateId, releaseId: another.id })).extensions.code).toBe(
      'BAD_USER_INPUT',
    );
    const { template: after } = await server.api.ask('query ($id: ID!) { template(id: $id) { versions { edges { node { version } } } } }', {
      id: templateId,
    });
    expect(after.versions.edges.map((edge: { node: { version: string } }) => edge.node.version)).toEqual(['1.1', '1.0']);
  });

  it('refuses a revision that is not the true one, with both', async () => {
    const appId = await app('revised', 'web');
    const error = await server.api.refuse('addComponent', 'AddComponentInput', { appId, component: { key: 'db' }, expectedRevision: 0 });
    expect(error.extensions).toMatchObject({ code: 'REVISION_CONFLICT', expected: 0, actual: 1 });
    await server.api.mutate('addComponent', 'AddComponentInput', { appId, component: { key: 'db' }, expectedRevision: 1 }, 'position');
  });

  it('takes ten writers at once to one app, each of their changes once', async () => {
    const appId = await app('busy');
    await Promise.all(Array.from({ length: 10 }, (_, n) => add(appId, { key: `c${n}` })));
    const { app: after } = await server.api.ask('query ($id: ID!) { app(id: $id) { revision components { key } } }', { id: appId });
    expect(after.revision).toBe(10);
    expect(after.components).toHaveLength(10);
  });

  it('refuses keys that are taken at install, proposes free ones, and installs under other keys with references kept', async () => {
    const appId = await app('pair', 'db');
    await add(appId, { key: 'web', dependsOn: [{ componentKey: 'db' }] });
    const { template } = await publish({ appId, name: 'pair', version: '1.0' });
    const target = await app('target', 'db');
    const input = { templateId: template.id, appId: target };
    const error = await server.api.refuse('installTemplate', 'InstallTemplateInput', input);
    expect(error.extensions).toMatchObject({ code: 'KEY_TAKEN', keys: ['db'], proposals: [{ key: 'db', proposal: 'db-2' }] });
    const { app: installed } = await server.api.mutate(
      'installTemplate',
      'InstallTemplateInput',
      { ...input, keys: [{ from: 'db', to: 'db-2' }] },
      'app { components { key dependsOn { componentKey } localChanges { path } } }',
    );
    expect(installed.components).toEqual([
      { key: 'db', dependsOn: [], localChanges: [] },
      { key: 'db-2', dependsOn: [], localChanges: [{ path: '/key' }] },
      { key: 'web', dependsOn: [{ componentKey: 'db-2' }], localChanges: [] },
    ]);
  });

  it('refuses to rename one thing twice, and two things to the same', async () => {
    const appId = await app('renamed', 'db', 'web');
    const { template } = await publish({ appId, name: 'renamed', version: '1.0' });
    const files = [{ name: 'compose.yaml', content: 'services:\n  x: { image: x }\n  y: { image: y }\n' }];
    const doubles = [
      { from: ['db', 'db'], to: ['x', 'y'], told: 'from "db" is given twice' },
      { from: ['db', 'web'], to: ['x', 'x'], told: 'to "x" is given twice' },
    ];
    for (const { from, to, told } of doubles) {
      const renames = from.map((key, i) => ({ from: key, to: to[i] }));
      const install = { templateId: template.id, appName: 'doubles', keys: renames };
      const refusals = [
        await server.api.refuse('installTemplate', 'InstallTemplateInput', install),
        await server.api.refuse('importCompose', 'ImportComposeInput', { appId, files, renames }),
      ];
      for (const { message, extensions } of refusals) {
        expect(extensions.code).toBe('BAD_USER_INPUT');
        expect(message).toContain(told);
      }
    }
  });

  it('refuses lists narrowed to what is not a version', async () => {
    const appId = await app('narrowed', 'web');
    const { template } = await publish({ appId, name: 'narrowed', version: '1.0' });
    const lists = [
      'apps(templateId: $id, version: $version) { totalCount }',
      'template(id: $id) { installations(version: $version) { totalCount } }',
      'template(id: $id) { version(version: $version) { id } }',
    ];
    for (const version of ['', 'latest']) {
      for (const list of lists) {
        const refusal = await server.api.refusal(`query ($id: ID!, $version: String!) { ${list} }`, { id: template.id, version });
        expect(refusal.extensions.code).toBe('VERSION_INVALID');
      }
      const install = { templateId: template.id, appName: 'none', version };
      expect((await server.api.refuse('installTemplate', 'InstallTemplateInput', install)).extensions.code).toBe('VERSION_INVALID');
    }
  });

  it('refuses an upgrade that loses data unless that is accepted, and one whose plan is outdated', async () => {
    const appId = await app('stateful');
    const { component } = await add(appId, { key: 'db', volumes: [{ mountPath: '/data', name: 'data' }] });
    const { template } = await publish({ appId, name: 'stateful', version: '1.0' });
    const { app: installed } = await server.api.mutate(
      'installTemplate',
      'InstallTemplateInput',
      { templateId: template.id, appName: 'i' },
      'app { id components { id } }',
    );
    await server.api.mutate(
      'updateComponent',
      'UpdateComponentInput',
      { appId, componentId: component.id, unset: ['/volumes/~1data'] },
      'position',
    );
    await publish({ appId, templateId: template.id, version: '2.0' });
    const upgrade = { appId: installed.id, toVersion: '2.0' };
    const { upgradePlan } = await server.api.ask(
      'query ($id: ID!) { upgradePlan(appId: $id, toVersion: "2.0") { fingerprint risks { code } } }',
      {
        id: installed.id,
      },
    );
    expect(upgradePlan.risks).toEqual([{ code: 'DATA_LOSS' }]);
    expect((await server.api.refuse('upgradeApp', 'UpgradeAppInput', upgrade)).extensions.code).toBe('DATA_LOSS_NOT_ACCEPTED');
    const set = { appId: installed.id, componentId: installed.components[0].id, set: { replicas: 2 } };
    await server.api.mutate('updateComponent', 'UpdateComponentInput', set, 'position');
    const outdated = { ...upgrade, acceptDataLoss: true, planFingerprint: upgradePlan.fingerprint };
    expect((await server.api.refuse('upgradeApp', 'UpgradeAppInput', outdated)).extensions.code).toBe('PLAN_OUTDATED');
    const done = await server.api.mutate(
      'upgradeApp',
      'UpgradeAppInput',
      { ...upgrade, acceptDataLoss: true },
      'installation { currentVersion }',
    );
    expect(done.installation.currentVersion).toBe('2.0');
    expect((await server.api.refuse('upgradeApp', 'UpgradeAppInput', upgrade)).extensions.code).toBe('NOT_UPGRADABLE');
  });

  it('tells a client what is not there, and keeps the inside to itself', async () => {
    expect((await server.api.refusal('{ upgradePlan(appId: "nope", toVersion: "1.0") { fingerprint } }')).extensions.code).toBe(
      'NOT_FOUND',
    );
    const { app: none } = await server.api.ask('{ app(id: "nope") { id } node(id: "nope") { id } }');
    expect(none).toBeNull();
    expect((await server.api.refusal('{ apps(after: "bm9wZQ") { totalCount } }')).extensions.code).toBe('BAD_USER_INPUT');
    expect((await server.api.refusal('{ apps(first: 1000) { totalCount } }')).extensions.code).toBe('BAD_USER_INPUT');
  });

  it('refuses an explicit null in an edit, naming unset', async () => {
    const appId = await app('nulls');
    const { component } = await add(appId, { key: 'web', image: 'web:1' });
    const edit = { appId, componentId: component.id, set: { image: null } };
    const error = await server.api.refuse('updateComponent', 'UpdateComponentInput', edit);
    expect(error.extensions.code).toBe('BAD_USER_INPUT');
    expect(error.message).toContain('unset');
  });

  it('refuses names and texts that nobody could read, or that would not come back as they are', async () => {
    for (const name of ['', '   ', 'a\ud800b', 'a\0b', 'x'.repeat(201)]) {
      expect((await server.api.refuse('createApp', 'CreateAppInput', { name })).extensions.code, JSON.stringify(name)).toBe(
        'BAD_USER_INPUT',
      );
    }
    const upgrade = { appId: await app('reasons'), toVersion: '2.0', reason: 'a\0b' };
    expect((await server.api.refuse('upgradeApp', 'UpgradeAppInput', upgrade)).extensions.code).toBe('BAD_USER_INPUT');
  });

  it('answers an import that fails with file and line', async () => {
    const appId = await app('imports');
    const files = [{ name: 'compose.yaml', content: 'services:\n  web:\n    extends: nope\n' }];
    const error = await server.api.refuse('importCompose', 'ImportComposeInput', { appId, files });
    expect(error.extensions).toMatchObject({ code: 'IMPORT_FAILED', file: 'compose.yaml', line: 3 });
  });

  it('finds every node by its id', async () => {
    const appId = await app('nodes', 'web');
    const { template, release } = await publish({ appId, name: 'nodes', version: '1.0' });
    const installed = await server.api.mutate(
      'installTemplate',
      'InstallTemplateInput',
      { templateId: template.id, appName: 'n' },
      'app { id components { id } } installation { id template { latestVersion { id } } }',
    );
    const ids = [
      appId,
      template.id,
      release.id,
      installed.app.components[0].id,
      installed.installation.id,
      installed.installation.template.latestVersion.id,
    ];
    const types: string[] = [];
    for (const id of ids)
      types.push((await server.api.ask('query ($id: ID!) { node(id: $id) { __typename id } }', { id })).node.__typename);
    expect(types).toEqual(['App', 'Template', 'ReleaseRecord', 'Component', 'Installation', 'TemplateVersion']);
  });
});
