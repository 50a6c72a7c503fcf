import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

type Answer = Awaited<ReturnType<TestServer['api']['ask']>>;

/** What a version is made of: maintenance lines, some components only, and nothing that is not whole. */
describe('publishing', () => {
  let server: TestServer;
  let number = 0;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  interface Source {
    readonly appId: string;
    readonly templateId: string;
    /** Ids of the app's components by key. */
    readonly ids: Readonly<Record<string, string>>;
  }

  const add = async (appId: string, component: object): Promise<string> =>
    (await server.api.mutate('addComponent', 'AddComponentInput', { appId, component }, 'component { id }')).component.id as string;
  const edit = (appId: string, componentId: string | undefined, set: object): Promise<unknown> =>
    server.api.mutate('updateComponent', 'UpdateComponentInput', { appId, componentId, set }, 'position');
  const RELEASE = 'template { id latestVersion { version } } release { state version basedOn syncRecords { componentKey change } }';
  const publish = (input: object): Promise<Answer> => server.api.mutate('publishTemplate', 'PublishTemplateInput', input, RELEASE);
  const refuse = (input: object): ReturnType<TestServer['api']['refuse']> =>
    server.api.refuse('publishTemplate', 'PublishTemplateInput', input);
  const install = async (templateId: string, version: string): Promise<{ appId: string; id: string }> => {
    const input = { templateId, version, appName: `installed ${++number}` };
    const made = await server.api.mutate('installTemplate', 'InstallTemplateInput', input, 'app { id } installation { id }');
    return { appId: made.app.id as string, id: made.installation.id as string };
  };
  const PREVIEW = `query ($appId: ID!, $templateId: ID, $basedOn: String, $components: [ID!]) {
    publishPreview(appId: $appId, templateId: $templateId, basedOn: $basedOn, components: $components) {
      latestVersion suggestedVersion suggestionReason problems { code componentKey path } matches { key by }
      comparison { from to components { key change } } } }`;
  const preview = async (variables: object): Promise<Answer> => (await server.api.ask(PREVIEW, variables)).publishPreview;
  const componentsOf = async ({ templateId }: Source, version: string): Promise<Record<string, string>> => {
    const query = `query ($t: ID!, $v: String!) { template(id: $t) { version(version: $v) { components { key image templateComponentId } } } }`;
    const { template } = await server.api.ask(query, { t: templateId, v: version });
    return Object.fromEntries(template.version.components.map(({ key, image }: Answer) => [key, image]));
  };

  /** A template with the given images as version 1.4. */
  async function source(images: Readonly<Record<string, string>>): Promise<Source> {
    const name = `publishing ${++number}`;
    const { app } = await server.api.mutate('createApp', 'CreateAppInput', { name }, 'app { id }');
    const appId = app.id as string;
    const ids: Record<string, string> = {};
    for (const [key, image] of Object.entries(images)) ids[key] = await add(appId, { key, image });
    const { template } = await publish({ appId, name, version: '1.4' });
    return { appId, templateId: template.id as string, ids };
  }

  describe('on a maintenance line', () => {
    /** 1.4 of web, and 2.0 with redis; the source is as in 2.0. */
    async function lines(): Promise<Source> {
      const made = await source({ web: 'w:1.4' });
      await edit(made.appId, made.ids['web'], { image: 'w:2.0' });
      const redis = await add(made.appId, { key: 'redis', image: 'r:1' });
      await publish({ appId: made.appId, templateId: made.templateId, version: '2.0' });
      return { ...made, ids: { ...made.ids, redis } };
    }

    it('a fix of 1.4 is published beside 2.0: differences against 1.4, the latest version stays', async () => {
      const made = await lines();
      const { appId, templateId, ids } = made;
      const at14 = await install(templateId, '1.4');
      await edit(appId, ids['web'], { image: 'w:1.4.3' });
      expect(await preview({ appId, templateId, basedOn: '1.4' })).toMatchObject({
        latestVersion: '2.0',
        suggestedVersion: '1.5',
        comparison: {
          from: '1.4',
          to: '1.5',
          components: [
            { key: 'web', change: 'CHANGED' },
            { key: 'redis', change: 'ADDED' },
          ],
        },
        matches: [
          { key: 'web', by: 'ID' },
          { key: 'redis', by: 'ID' },
        ],
      });
      const published = await publish({ appId, templateId, version: '1.4.3', basedOn: 'v1.4.0', components: [ids['web']] });
      expect(published).toEqual({
        template: { id: templateId, latestVersion: { version: '2.0' } },
        release: { state: 'PUBLISHED', version: '1.4.3', basedOn: '1.4', syncRecords: [{ componentKey: 'web', change: 'CHANGED' }] },
      });
      expect(await componentsOf(made, '1.4.3')).toEqual({ web: 'w:1.4.3' });
      expect(await componentsOf(made, '2.0')).toEqual({ web: 'w:2.0', redis: 'r:1' });

      const OFFER = `query ($id: ID!) { node(id: $id) { ... on Installation { currentVersion upgradableCount upgradableVersions { version } } } }`;
      expect((await server.api.ask(OFFER, { id: at14.id })).node).toEqual({
        currentVersion: '1.4',
        upgradableCount: 2,
        upgradableVersions: [{ version: '2.0' }, { version: '1.4.3' }],
      });
      const upgrade = async (toVersion: string): Promise<Answer> =>
        await server.api.mutate(
          'upgradeApp',
          'UpgradeAppInput',
          { appId: at14.appId, toVersion },
          'app { components { key image } } installation { currentVersion upgradableVersions { version } }',
        );
      expect(await upgrade('1.4.3')).toEqual({
        app: { components: [{ key: 'web', image: 'w:1.4.3' }] },
        installation: { currentVersion: '1.4.3', upgradableVersions: [{ version: '2.0' }] },
      });
      expect((await upgrade('2.0')).app.components).toEqual([
        { key: 'web', image: 'w:2.0' },
        { key: 'redis', image: 'r:1' },
      ]);
    });

    it('versions of two lines are compared by the identity of components, also of those that came to each line on its own', async () => {
      const { appId, templateId, ids } = await lines();
      await edit(appId, ids['redis'], { image: 'r:0' });
      await publish({ appId, templateId, version: '1.4.1', basedOn: '1.4' });
      const query = `query ($t: ID!) { compareVersions(templateId: $t, from: "1.4.1", to: "2.0") { components { key change fields { path } } } }`;
      expect((await server.api.ask(query, { t: templateId })).compareVersions.components).toEqual([
        { key: 'web', change: 'UNCHANGED', fields: [] },
        { key: 'redis', change: 'CHANGED', fields: [{ path: '/image' }] },
      ]);
    });

    it('the suggested version is larger than the one it is based on, and below the next', async () => {
      const { appId, templateId, ids } = await lines();
      await publish({ appId, templateId, version: '1.5', basedOn: '1.4' });
      await edit(appId, ids['web'], { image: 'w:1.4.1' });
      expect(await preview({ appId, templateId, basedOn: '1.4' })).toMatchObject({
        latestVersion: '2.0',
        suggestedVersion: '1.4.1',
        suggestionReason: '"redis" added; it stays below 1.5, which is published',
      });
      // Of the largest: another major version of an image.
      expect((await preview({ appId, templateId })).suggestedVersion).toBe('3.0');
    });

    it('refuses what is taken, not larger, as before, or based on nothing', async () => {
      const { appId, templateId } = await lines();
      const on14 = { appId, templateId, basedOn: '1.4' };
      for (const version of ['1.4', '1.3', '2.0']) {
        expect((await refuse({ ...on14, version })).extensions.code).toBe('VERSION_NOT_LARGER');
      }
      expect((await refuse({ ...on14, version: '2.0.1', basedOn: '2.0' })).extensions.code).toBe('NOTHING_TO_PUBLISH');
      expect((await refuse({ ...on14, version: '1.9', basedOn: '1.8' })).extensions.code).toBe('NOT_FOUND');
      expect((await refuse({ ...on14, version: '1.9', basedOn: 'latest' })).extensions.code).toBe('VERSION_INVALID');
      expect((await refuse({ appId, name: `new ${number}`, version: '1.0', basedOn: '1.4' })).extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        path: 'basedOn',
      });
      expect((await server.api.refusal(PREVIEW, { appId, templateId, basedOn: '1.8' })).extensions.code).toBe('NOT_FOUND');
      expect((await server.api.refusal(PREVIEW, { appId, basedOn: '1.4' })).extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        path: 'basedOn',
      });
    });
  });

  describe('only some components', () => {
    it('takes these from the app and leaves all else as it was, as the preview shows', async () => {
      const made = await source({ web: 'w:1', db: 'd:1', mail: 'm:1' });
      const { appId, templateId, ids } = made;
      await edit(appId, ids['web'], { image: 'w:2' });
      await edit(appId, ids['db'], { image: 'd:2' });
      await add(appId, { key: 'redis', image: 'r:1' });
      await server.api.mutate('removeComponent', 'RemoveComponentInput', { appId, componentId: ids['mail'] }, 'position');
      await server.api.mutate('updateApp', 'UpdateAppInput', { appId, extra: { networks: { back: {} } } }, 'position');
      expect((await preview({ appId, templateId, components: [ids['web']] })).comparison.components).toEqual([
        { key: 'web', change: 'CHANGED' },
        { key: 'db', change: 'UNCHANGED' },
        { key: 'mail', change: 'UNCHANGED' },
      ]);
      const { release } = await publish({ appId, templateId, version: '1.5', components: [ids['web']] });
      expect(release.syncRecords).toEqual([
        { componentKey: 'web', change: 'CHANGED' },
        { componentKey: 'db', change: 'UNCHANGED' },
        { componentKey: 'mail', change: 'UNCHANGED' },
      ]);
      expect(await componentsOf(made, '1.5')).toEqual({ web: 'w:2', db: 'd:1', mail: 'm:1' });
      const extra = 'query ($t: ID!, $v: String!) { template(id: $t) { version(version: $v) { extra } } }';
      expect((await server.api.ask(extra, { t: templateId, v: '1.5' })).template.version.extra).toBeNull();
      expect((await refuse({ appId, templateId, version: '1.6', components: [ids['web']] })).message).toBe(
        'the chosen components are as published in version 1.5: change something first',
      );
      await publish({ appId, templateId, version: '1.6' });
      expect(await componentsOf(made, '1.6')).toEqual({ web: 'w:2', db: 'd:2', redis: 'r:1' });
    });

    it('refuses a component that the app does not have', async () => {
      const { appId, templateId } = await source({ web: 'w:1' });
      const nobody = { appId, templateId, version: '1.5', components: ['nobody'] };
      expect((await refuse(nobody)).extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: 'components', componentId: 'nobody' });
      expect((await server.api.refusal(PREVIEW, { appId, templateId, components: ['nobody'] })).extensions.code).toBe('BAD_USER_INPUT');
    });
  });

  describe('a dependency on what would not be in the version', () => {
    it('is refused with what is missing, and told by the preview; it is published once it is mended', async () => {
      const { appId, templateId, ids } = await source({ web: 'w:1' });
      await edit(appId, ids['web'], { dependsOn: [{ componentKey: 'redis' }] });
      expect((await preview({ appId, templateId })).problems).toEqual([
        { code: 'DEPENDENCY_MISSING', componentKey: 'web', path: '/dependsOn/redis' },
      ]);
      const { extensions, message } = await refuse({ appId, templateId, version: '1.5' });
      expect(extensions).toEqual({ code: 'DEPENDENCY_MISSING', missing: [{ component: 'web', need: 'redis' }] });
      expect(message).toBe(
        '"web" depends on "redis", which would not be in the version: publish a component of that key with it, or remove the dependency',
      );
      const redis = await add(appId, { key: 'redis', image: 'r:1' });
      expect((await preview({ appId, templateId })).problems).toEqual([]);
      expect((await refuse({ appId, templateId, version: '1.5', components: [ids['web']] })).extensions.code).toBe('DEPENDENCY_MISSING');
      expect((await publish({ appId, templateId, version: '1.5', components: [ids['web'], redis] })).release.state).toBe('PUBLISHED');
    });

    it('is refused of a new template, too', async () => {
      const { app } = await server.api.mutate('createApp', 'CreateAppInput', { name: 'new' }, 'app { id }');
      await add(app.id as string, { key: 'web', dependsOn: [{ componentKey: 'db' }] });
      const input = { appId: app.id, name: `missing ${number}`, version: '1.0' };
      expect((await refuse(input)).extensions.code).toBe('DEPENDENCY_MISSING');
      expect((await preview({ appId: app.id })).problems).toMatchObject([{ code: 'DEPENDENCY_MISSING' }]);
    });

    it('that Compose says is not required is none', async () => {
      const { app } = await server.api.mutate('createApp', 'CreateAppInput', { name: 'optional' }, 'app { id }');
      const content = 'services: { web: { image: w, depends_on: { cache: { condition: service_started, required: false } } } }';
      await server.api.mutate('importCompose', 'ImportComposeInput', { appId: app.id, files: [{ content }] }, 'position');
      expect((await publish({ appId: app.id, name: `optional ${++number}`, version: '1.0' })).release.state).toBe('PUBLISHED');
    });
  });
});
