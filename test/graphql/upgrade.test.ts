import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

/** What an upgrade plan does with components, told over the API on small templates. */
describe('an upgrade of components', () => {
  let server: TestServer;
  let number = 0;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  const PLAN =
    'applicable conflicts { componentKey path } problems { code componentKey path } components { key action fields { path outcome } }';
  const compose = (services: object): string => JSON.stringify({ services });

  /** A template of two versions, and an install of the first. */
  async function shop(first: object, second: object, renames: object[] = []): Promise<{ appId: string; ids: Record<string, string> }> {
    const { api } = server;
    const name = `shop ${++number}`;
    const { app } = await api.mutate('createApp', 'CreateAppInput', { name }, 'app { id }');
    const importing = (services: object, more: object = {}): Promise<unknown> =>
      api.mutate('importCompose', 'ImportComposeInput', { appId: app.id, files: [{ content: compose(services) }], ...more }, 'position');
    await importing(first);
    const { template } = await api.mutate(
      'publishTemplate',
      'PublishTemplateInput',
      { appId: app.id, name, version: '1.0' },
      'template { id }',
    );
    const installed = await api.mutate(
      'installTemplate',
      'InstallTemplateInput',
      { templateId: template.id, appName: name },
      'app { id components { id key } }',
    );
    await importing(second, { renames });
    await api.mutate('publishTemplate', 'PublishTemplateInput', { appId: app.id, templateId: template.id, version: '2.0' }, 'position');
    const ids = Object.fromEntries(installed.app.components.map(({ key, id }: Record<string, string>) => [key, id])) as Record<
      string,
      string
    >;
    return { appId: installed.app.id as string, ids };
  }

  const edit = (appId: string, componentId: string | undefined, change: object): Promise<unknown> =>
    server.api.mutate('updateComponent', 'UpdateComponentInput', { appId, componentId, ...change }, 'position');
  const remove = (appId: string, componentId: string | undefined): Promise<unknown> =>
    server.api.mutate('removeComponent', 'RemoveComponentInput', { appId, componentId }, 'position');
  const plan = async (appId: string, resolutions: object[] = []): ReturnType<TestServer['api']['ask']> =>
    (
      await server.api.ask(
        `query ($id: ID!, $r: [ResolutionInput!]) { upgradePlan(appId: $id, toVersion: "2.0", resolutions: $r) { ${PLAN} } }`,
        {
          id: appId,
          r: resolutions,
        },
      )
    ).upgradePlan;
  const upgrade = async (appId: string, resolutions: object[] = []): ReturnType<TestServer['api']['ask']> =>
    (
      await server.api.mutate(
        'upgradeApp',
        'UpgradeAppInput',
        { appId, toVersion: '2.0', resolutions },
        'app { components { key image replicas dependsOn { componentKey } localChanges { path } templateVersion } } upgrade { components { key action } }',
      )
    ).app.components;

  it('that the template removed and the install changed is a conflict; kept by choice it stays, at its version', async () => {
    const { appId, ids } = await shop({ web: { image: 'w:1' }, old: { image: 'o:1' } }, { web: { image: 'w:2' } });
    await edit(appId, ids['old'], { set: { replicas: 2 } });
    expect((await plan(appId)).conflicts).toEqual([{ componentKey: 'old', path: '' }]);
    const components = await upgrade(appId, [{ componentKey: 'old', path: '', choice: 'LOCAL' }]);
    expect(components).toMatchObject([
      { key: 'web', image: 'w:2', templateVersion: '2.0' },
      { key: 'old', image: 'o:1', replicas: 2, templateVersion: '1.0' },
    ]);
  });

  it('that the template removed and nobody changed goes, unless it is kept by choice', async () => {
    const gone = await shop({ web: { image: 'w:1' }, old: { image: 'o:1' } }, { web: { image: 'w:2' } });
    expect((await upgrade(gone.appId)).map(({ key }: { key: string }) => key)).toEqual(['web']);
    const kept = await shop({ web: { image: 'w:1' }, old: { image: 'o:1' } }, { web: { image: 'w:2' } });
    const components = await upgrade(kept.appId, [{ componentKey: 'old', path: '', choice: 'LOCAL' }]);
    expect(components.map(({ key }: { key: string }) => key)).toEqual(['web', 'old']);
  });

  it('that the install removed is excluded: later changes are listed, not asked about, until it is brought back', async () => {
    const { appId, ids } = await shop(
      { web: { image: 'w:1' }, extra: { image: 'e:1' } },
      { web: { image: 'w:2' }, extra: { image: 'e:2' } },
    );
    await remove(appId, ids['extra']);
    const { components, applicable } = await plan(appId);
    expect(applicable).toBe(true);
    expect(components[1]).toEqual({ key: 'extra', action: 'EXCLUDED', fields: [{ path: '/image', outcome: 'KEEP_LOCAL' }] });
    const back = await upgrade(appId, [{ componentKey: 'extra', path: '', choice: 'TEMPLATE' }]);
    expect(back).toMatchObject([{ key: 'web' }, { key: 'extra', image: 'e:2' }]);
  });

  it('that a new dependency needs and the install removed is a problem of the plan', async () => {
    const { appId, ids } = await shop(
      { web: { image: 'w:1' }, db: { image: 'd' } },
      { web: { image: 'w:2', depends_on: ['db'] }, db: { image: 'd' } },
    );
    await remove(appId, ids['db']);
    const { problems, applicable } = await plan(appId);
    expect(applicable).toBe(false);
    expect(problems).toEqual([{ code: 'DEPENDENCY_MISSING', componentKey: 'web', path: '/dependsOn/db' }]);
    const error = await server.api.refuse('upgradeApp', 'UpgradeAppInput', { appId, toVersion: '2.0' });
    expect(error.extensions).toMatchObject({ code: 'PLAN_INAPPLICABLE', problems: [{ code: 'DEPENDENCY_MISSING' }] });
    await server.api.mutate('addComponent', 'AddComponentInput', { appId, component: { key: 'db', image: 'mine' } }, 'position');
    expect((await plan(appId)).applicable).toBe(true);
  });

  it('whose key is taken in the app is a problem, until it is given another', async () => {
    const { appId } = await shop({ web: { image: 'w:1' } }, { web: { image: 'w:1', depends_on: ['redis'] }, redis: { image: 'r' } });
    await server.api.mutate('addComponent', 'AddComponentInput', { appId, component: { key: 'redis', image: 'mine' } }, 'position');
    expect((await plan(appId)).problems).toEqual([{ code: 'KEY_TAKEN', componentKey: 'redis', path: '/key' }]);
    const components = await upgrade(appId, [{ componentKey: 'redis', path: '/key', choice: 'VALUE', value: 'cache' }]);
    expect(
      components.map(({ key, dependsOn }: { key: string; dependsOn: { componentKey: string }[] }) => [
        key,
        ...dependsOn.map((d) => d.componentKey),
      ]),
    ).toEqual([['redis'], ['web', 'cache'], ['cache']]);
  });

  it('that was renamed in the template is followed by what depends on it, local changes kept', async () => {
    const before = { web: { image: 'w:1', depends_on: ['db'] }, db: { image: 'd:1' } };
    const after = { web: { image: 'w:1', depends_on: ['database'] }, database: { image: 'd:1' } };
    const { appId, ids } = await shop(before, after, [{ from: 'db', to: 'database' }]);
    await edit(appId, ids['web'], { set: { dependsOn: [{ componentKey: 'db', condition: 'service_healthy' }] } });
    const { conflicts, components } = await plan(appId);
    expect(conflicts).toEqual([]);
    expect(components.map(({ key, action }: Record<string, string>) => `${key} ${action}`)).toEqual(['web UPDATE', 'database UPDATE']);
    expect(await upgrade(appId)).toMatchObject([
      { key: 'web', dependsOn: [{ componentKey: 'database' }], localChanges: [{ path: '/dependsOn/database/condition' }] },
      { key: 'database', localChanges: [] },
    ]);
  });

  it('that was renamed in the template is followed by components beside the installation, as the plan shows', async () => {
    const { appId } = await shop({ db: { image: 'd:1' } }, { database: { image: 'd:1' } }, [{ from: 'db', to: 'database' }]);
    const worker = { key: 'worker', dependsOn: [{ componentKey: 'db' }] };
    await server.api.mutate('addComponent', 'AddComponentInput', { appId, component: worker }, 'position');
    expect(await plan(appId)).toMatchObject({
      applicable: true,
      components: [
        { key: 'database', action: 'UPDATE' },
        { key: 'worker', action: 'UPDATE', fields: [{ path: '/dependsOn/database/condition' }, { path: '/dependsOn/db/condition' }] },
      ],
    });
    expect(await upgrade(appId)).toMatchObject([{ key: 'worker', dependsOn: [{ componentKey: 'database' }] }, { key: 'database' }]);
  });

  it('that was renamed on both sides is a conflict at its key', async () => {
    const { appId, ids } = await shop({ db: { image: 'd:1' } }, { database: { image: 'd:1' } }, [{ from: 'db', to: 'database' }]);
    await edit(appId, ids['db'], { set: { key: 'mine' } });
    expect((await plan(appId)).conflicts).toEqual([{ componentKey: 'mine', path: '/key' }]);
    expect(await upgrade(appId, [{ componentKey: 'mine', path: '/key', choice: 'TEMPLATE' }])).toMatchObject([{ key: 'database' }]);
  });

  it('refuses resolutions of what the plan does not show, and values that do not fit', async () => {
    const { appId } = await shop({ web: { image: 'w:1' } }, { web: { image: 'w:2' } });
    const upgradeWith = (resolution: object): Promise<{ extensions: { code: string } }> =>
      server.api.refuse('upgradeApp', 'UpgradeAppInput', { appId, toVersion: '2.0', resolutions: [resolution] });
    expect((await upgradeWith({ componentKey: 'web', path: '/nope', choice: 'LOCAL' })).extensions.code).toBe('BAD_USER_INPUT');
    expect((await upgradeWith({ componentKey: 'web', path: '/image', choice: 'VALUE', value: 7 })).extensions.code).toBe('BAD_USER_INPUT');
    expect((await upgradeWith({ componentKey: 'web', path: '/image', choice: 'VALUE' })).extensions.code).toBe('BAD_USER_INPUT');
  });

  it('merges app-level content like a component', async () => {
    const { api } = server;
    const { app } = await api.mutate('createApp', 'CreateAppInput', { name: 'networks' }, 'app { id }');
    const file = (driver: string): object => ({
      appId: app.id,
      files: [{ content: `services: { a: { image: a } }\nnetworks: { n: { driver: ${driver} } }` }],
    });
    await api.mutate('importCompose', 'ImportComposeInput', file('one'), 'position');
    const { template } = await api.mutate(
      'publishTemplate',
      'PublishTemplateInput',
      { appId: app.id, name: 'networks', version: '1.0' },
      'template { id }',
    );
    const installed = await api.mutate(
      'installTemplate',
      'InstallTemplateInput',
      { templateId: template.id, appName: 'n' },
      'app { id extra } installation { id }',
    );
    expect(installed.app.extra).toEqual({ networks: { n: { driver: 'one' } } });
    const appId = installed.app.id as string;
    const mine = { appId, installationId: installed.installation.id, extra: { networks: { n: { driver: 'mine' } } } };
    await api.mutate('updateApp', 'UpdateAppInput', mine, 'position');
    await api.mutate('importCompose', 'ImportComposeInput', file('two'), 'position');
    await api.mutate('publishTemplate', 'PublishTemplateInput', { appId: app.id, templateId: template.id, version: '2.0' }, 'position');
    expect((await plan(appId)).conflicts).toEqual([{ componentKey: '', path: '/extra/networks/n/driver' }]);
    const resolutions = [{ componentKey: '', path: '/extra/networks/n/driver', choice: 'VALUE', value: 'both' }];
    await upgrade(appId, resolutions);
    expect((await api.ask('query ($id: ID!) { app(id: $id) { extra } }', { id: appId })).app.extra).toEqual({
      networks: { n: { driver: 'both' } },
    });
  });

  it('merges config files by line: clean, or as hunks that a policy or a resolution settles', async () => {
    const { api } = server;
    const path = '/etc/shop.conf';
    const at = '/configFiles/~1etc~1shop.conf/content';
    const file = (content: string): object => ({ configFiles: [{ path, content }] });
    const { app, component } = await api.mutate('createApp', 'CreateAppInput', { name: 'texts' }, 'app { id }').then(async (created) => ({
      ...created,
      ...(await api.mutate(
        'addComponent',
        'AddComponentInput',
        { appId: created.app.id, component: { key: 'web', image: 'w', ...file('port=80\r\nhost=a\r\nlog=on\r\n') } },
        'component { id }',
      )),
    }));
    const publish = (version: string, more: object): ReturnType<typeof api.mutate> =>
      api.mutate('publishTemplate', 'PublishTemplateInput', { appId: app.id, version, ...more }, 'template { id }');
    const { template } = await publish('1.0', { name: 'texts' });
    const install = async (content: string): Promise<string> => {
      const input = { templateId: template.id, appName: `texts ${++number}` };
      const { app: made } = await api.mutate('installTemplate', 'InstallTemplateInput', input, 'app { id components { id } }');
      await edit(made.id, made.components[0].id, { set: file(content) });
      return made.id as string;
    };
    const apart = await install('port=80\r\nhost=a\r\nlog=on\r\nmine=1\r\n');
    const clashing = await install('port=81\r\nhost=a\r\nlog=on\r\nmine=1');
    await edit(app.id, component.id, { set: file('port=90\r\nhost=a\r\nlog=on\r\n') });
    await publish('2.0', { templateId: template.id });

    const TEXTS =
      'applicable conflicts { path } components { fields { path outcome result hunks { base { start lines } local { start lines } target { start lines } } } }';
    const textOf = async (id: string): ReturnType<typeof api.ask> =>
      (await api.ask(`query ($id: ID!) { upgradePlan(appId: $id, toVersion: "2.0") { ${TEXTS} } }`, { id })).upgradePlan;
    const merged = 'port=90\r\nhost=a\r\nlog=on\r\nmine=1\r\n';
    expect(await textOf(apart)).toMatchObject({
      applicable: true,
      components: [{ fields: [{ path: at, outcome: 'MERGED', result: merged, hunks: null }] }],
    });
    const hunk = {
      base: { start: 1, lines: ['port=80\r\n'] },
      local: { start: 1, lines: ['port=81\r\n'] },
      target: { start: 1, lines: ['port=90\r\n'] },
    };
    expect(await textOf(clashing)).toMatchObject({
      applicable: false,
      conflicts: [{ path: at }],
      components: [{ fields: [{ path: at, outcome: 'CONFLICT', result: null, hunks: [hunk] }] }],
    });

    const taking = async (appId: string, more: object): ReturnType<typeof api.ask> =>
      api.mutate(
        'upgradeApp',
        'UpgradeAppInput',
        { appId, toVersion: '2.0', ...more },
        'app { components { configFiles { content } localChanges { path } } } upgrade { components { fields { path outcome result } } }',
      );
    expect(await taking(apart, {})).toMatchObject({
      app: { components: [{ configFiles: [{ content: merged }], localChanges: [{ path: at }] }] },
      upgrade: { components: [{ fields: [{ path: at, outcome: 'MERGED', result: merged }] }] },
    });
    const settled = 'port=90\r\nhost=a\r\nlog=on\r\nmine=1';
    expect(await taking(clashing, { policy: 'PREFER_TEMPLATE' })).toMatchObject({
      app: { components: [{ configFiles: [{ content: settled }] }] },
      upgrade: { components: [{ fields: [{ path: at, outcome: 'RESOLVED', result: settled }] }] },
    });
  });
});
