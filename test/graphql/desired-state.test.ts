import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

const SHOP = `
services:
  web:
    image: shop/web:1.0
    command: [serve, "$$HOME"]
    ports: ["8080:80"]
    environment: { DB_HOST: db, LOG_LEVEL: info }
    depends_on: [db]
  db:
    image: postgres:16
    volumes: ["data:/var/lib/postgresql/data"]
volumes: { data: {} }
`;

const STATE = `app { id } revision position digest contentDigest extra
  components { id key title digest templateVersion installation { id } image replicas env { name value description } dependsOn { componentKey } }`;

interface State {
  readonly app: { id: string };
  readonly revision: number;
  readonly position: string;
  readonly digest: string;
  readonly contentDigest: string;
  readonly extra: unknown;
  readonly compose: string;
  readonly components: readonly {
    readonly id: string;
    readonly key: string;
    readonly digest: string;
    readonly templateVersion: string | null;
    readonly installation: { id: string } | null;
    readonly [field: string]: unknown;
  }[];
}

describe('the desired state of an app', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  async function create(name: string): Promise<string> {
    const { app } = await server.api.mutate('createApp', 'CreateAppInput', { name }, 'app { id }');
    return app.id as string;
  }
  const load = (appId: string, content: string): Promise<{ position: string; changes: { change: string }[] }> =>
    server.api.mutate('importCompose', 'ImportComposeInput', { appId, files: [{ content }] }, 'position changes { change }');
  async function desired(appId: string): Promise<State> {
    const { desiredState } = await server.api.ask(`query ($id: ID!) { desiredState(appId: $id) { ${STATE} compose } }`, { id: appId });
    return desiredState as State;
  }
  const digestsOf = ({ digest, contentDigest, components }: State): object => ({
    digest,
    contentDigest,
    components: Object.fromEntries(components.map((each) => [each.key, each.digest])),
  });

  it('is its definitions, with the revision and the position that they are of', async () => {
    const id = await create('shop');
    const { position } = await load(id, SHOP);
    const { app } = await server.api.ask('query ($id: ID!) { app(id: $id) { revision extra components { id key digest } } }', { id });
    const state = await desired(id);
    expect(state).toMatchObject({ app: { id }, revision: app.revision, extra: app.extra, position });
    expect(state.components.map(({ id: componentId, key, digest }) => ({ id: componentId, key, digest }))).toEqual(app.components);
  });

  it('has a digest that changes when anything in it does, and with nothing else', async () => {
    const id = await create('changing');
    await load(id, SHOP);
    const before = await desired(id);
    await server.api.mutate('updateApp', 'UpdateAppInput', { appId: id, name: 'renamed' }, 'position');
    const renamed = await desired(id);
    expect([renamed.digest, renamed.revision]).toEqual([before.digest, before.revision + 1]);
    const componentId = before.components.find(({ key }) => key === 'web')?.id;
    await server.api.mutate('updateComponent', 'UpdateComponentInput', { appId: id, componentId, set: { replicas: 2 } }, 'position');
    const scaled = await desired(id);
    await server.api.mutate('updateApp', 'UpdateAppInput', { appId: id, extra: { 'x-a': 1 } }, 'position');
    const extended = await desired(id);
    expect(new Set([before, scaled, extended].map(({ digest }) => digest)).size).toBe(3);
    expect(extended.components.map(({ digest }) => digest)).toEqual(scaled.components.map(({ digest }) => digest));
  });

  it('comes as a Compose file that another app imports to the same digests', async () => {
    const id = await create('original');
    await load(id, SHOP);
    const componentId = (await desired(id)).components.find(({ key }) => key === 'web')?.id;
    const set = {
      title: 'The shop: "web"',
      env: [{ name: 'LOG_LEVEL', value: '${LEVEL:-info}', description: 'how much' }, { name: 'OPEN' }],
      probes: [{ kind: 'LIVENESS', http: { path: '/health', port: 80 } }],
      configFiles: [{ path: '/etc/shop.conf', content: 'a: 1\n\tb\n' }],
    };
    await server.api.mutate('updateComponent', 'UpdateComponentInput', { appId: id, componentId, set }, 'position');
    const original = await desired(id);
    const copyId = await create('copy');
    await load(copyId, original.compose);
    const copy = await desired(copyId);
    expect(digestsOf(copy)).toEqual(digestsOf(original));
    expect(copy.compose).toBe(original.compose);
    expect((await load(copyId, original.compose)).changes.map(({ change }) => change)).toEqual(['UNCHANGED', 'UNCHANGED']);
  });

  it('of an install has its local changes and its own keys', async () => {
    const source = await create('source');
    await load(source, SHOP);
    const published = await server.api.mutate(
      'publishTemplate',
      'PublishTemplateInput',
      { appId: source, name: 'shop', version: '1.0' },
      'template { id } release { state }',
    );
    expect(published.release.state).toBe('PUBLISHED');
    const target = await create('target');
    await server.api.mutate('addComponent', 'AddComponentInput', { appId: target, component: { key: 'db', image: 'own:1' } }, 'position');
    const { installation } = await server.api.mutate(
      'installTemplate',
      'InstallTemplateInput',
      { templateId: published.template.id, appId: target, keys: [{ from: 'db', to: 'shop-db' }] },
      'installation { id }',
    );
    const componentId = (await desired(target)).components.find(({ key }) => key === 'web')?.id;
    const set = { replicas: 3, env: [{ name: 'LOG_LEVEL', value: 'debug' }] };
    await server.api.mutate('updateComponent', 'UpdateComponentInput', { appId: target, componentId, set }, 'position');

    const state = await desired(target);
    expect(state.components.map(({ key }) => key).sort()).toEqual(['db', 'shop-db', 'web']);
    expect(state.components.find(({ key }) => key === 'web')).toMatchObject({
      replicas: 3,
      templateVersion: '1.0',
      installation: { id: installation.id },
      dependsOn: [{ componentKey: 'shop-db' }],
    });
    expect(state.components.find(({ key }) => key === 'db')).toMatchObject({ templateVersion: null, installation: null });
    const copyId = await create('copy of the target');
    await load(copyId, state.compose);
    expect(digestsOf(await desired(copyId))).toEqual(digestsOf(state));
  });

  it('of an app without components is a file without services', async () => {
    const id = await create('empty');
    expect((await desired(id)).compose).toBe('services: {}\n');
  });

  it('is refused for an app that is not there', async () => {
    const query = 'query ($id: ID!) { desiredState(appId: $id) { compose } }';
    expect((await server.api.refusal(query, { id: 'no-such-app' })).extensions.code).toBe('NOT_FOUND');
    const id = await create('deleted');
    await server.api.mutate('deleteApp', 'DeleteAppInput', { appId: id }, 'position');
    expect((await server.api.refusal(query, { id })).extensions.code).toBe('NOT_FOUND');
  });

  it('costs as much as it keeps the server busy', async () => {
    const files = Array.from({ length: 6 }, (_, n) => `a${n}: desiredState(appId: "x") { compose }`).join(' ');
    expect((await server.api.refusal(`{ ${files} }`)).extensions.code).toBe('QUERY_TOO_COMPLEX');
  });
});
