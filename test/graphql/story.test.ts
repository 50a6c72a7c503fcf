import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

const V1 = `
services:
  web:
    image: shop/web:1.0
    ports: ["8080:80"]
    environment: { DB_HOST: db, LOG_LEVEL: info }
    depends_on: [db]
  db:
    image: postgres:16
    volumes: ["data:/var/lib/postgresql/data"]
volumes: { data: {} }
`;
const V2 = V1.replace('shop/web:1.0', 'shop/web:1.1')
  .replace('depends_on: [db]', 'depends_on: [db, redis]')
  .replace('  db:\n    image', '  redis:\n    image: redis:7\n  db:\n    image');

describe('the story', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  it('publishes, installs, publishes again, compares and upgrades without losing local changes', async () => {
    const { api } = server;
    const { app } = await api.mutate('createApp', 'CreateAppInput', { name: 'shop source' }, 'app { id revision } position');
    const imported = await api.mutate(
      'importCompose',
      'ImportComposeInput',
      { appId: app.id, files: [{ name: 'compose.yaml', content: V1 }] },
      'app { components { key image } extra } changes { key change } warnings { code message }',
    );
    expect(imported.app.components.map((c: { key: string }) => c.key)).toEqual(['web', 'db']);
    expect(imported.app.extra).toEqual({ volumes: { data: {} } });

    const published = await api.mutate(
      'publishTemplate',
      'PublishTemplateInput',
      { appId: app.id, name: 'shop', version: '1.0' },
      'template { id } release { id state syncRecords { componentKey change state } }',
    );
    expect(published.release).toMatchObject({
      state: 'PUBLISHED',
      syncRecords: [
        { componentKey: 'web', change: 'ADDED', state: 'SYNCED' },
        { componentKey: 'db', change: 'ADDED', state: 'SYNCED' },
      ],
    });

    const templateId = published.template.id as string;
    const installed = await api.mutate(
      'installTemplate',
      'InstallTemplateInput',
      { templateId, appName: 'my shop' },
      'app { id components { id key } } installation { id currentVersion upgradableVersions { version } }',
    );
    expect(installed.installation).toMatchObject({ currentVersion: '1.0', upgradableVersions: [] });
    const web = installed.app.components.find((c: { key: string }) => c.key === 'web');
    const edited = await api.mutate(
      'updateComponent',
      'UpdateComponentInput',
      { appId: installed.app.id, componentId: web.id, set: { replicas: 3, env: [{ name: 'LOG_LEVEL', value: 'debug' }] } },
      'component { replicas env { name value } localChanges { path before after } }',
    );
    expect(edited.component.localChanges).toEqual([
      { path: '/env/LOG_LEVEL', before: 'info', after: 'debug' },
      { path: '/replicas', before: 1, after: 3 },
    ]);

    await api.mutate('importCompose', 'ImportComposeInput', { appId: app.id, files: [{ name: 'compose.yaml', content: V2 }] }, 'position');
    const again = await api.mutate(
      'publishTemplate',
      'PublishTemplateInput',
      { appId: app.id, templateId, version: '1.1' },
      'release { state basedOn syncRecords { componentKey change state differences { path change before after } } }',
    );
    expect(again.release).toMatchObject({ state: 'PUBLISHED', basedOn: '1.0' });
    expect(
      Object.fromEntries(again.release.syncRecords.map((r: { componentKey: string; change: string }) => [r.componentKey, r.change])),
    ).toEqual({
      web: 'CHANGED',
      redis: 'ADDED',
      db: 'UNCHANGED',
    });

    const { app: before } = await api.ask(
      `query ($id: ID!) { app(id: $id) { installations { currentVersion upgradableCount upgradableVersions { version } blockedVersions { code } } } }`,
      { id: installed.app.id },
    );
    expect(before.installations).toEqual([
      { currentVersion: '1.0', upgradableCount: 1, upgradableVersions: [{ version: '1.1' }], blockedVersions: [] },
    ]);

    const { upgradePlan: plan } = await api.ask(
      `query ($id: ID!) { upgradePlan(appId: $id, toVersion: "1.1") { fingerprint applicable conflicts { path } problems { message } risks { code }
        components { key action fields { path outcome base local target result presentIn } } } }`,
      { id: installed.app.id },
    );
    expect(plan).toMatchObject({ applicable: true, conflicts: [], problems: [] });

    const upgraded = await api.mutate(
      'upgradeApp',
      'UpgradeAppInput',
      { appId: installed.app.id, toVersion: '1.1', planFingerprint: plan.fingerprint, reason: 'Redis at last' },
      `app { components { key image replicas env { name value } dependsOn { componentKey } } } installation { currentVersion }
       upgrade { state fromVersion toVersion reason startedBy { id } components { key action fields { path outcome } } }`,
    );
    expect(upgraded.installation.currentVersion).toBe('1.1');
    const after = upgraded.app.components.find((c: { key: string }) => c.key === 'web');
    expect(after).toMatchObject({ image: 'shop/web:1.1', replicas: 3 });
    expect(after.env).toContainEqual({ name: 'LOG_LEVEL', value: 'debug' });
    expect(upgraded.upgrade).toMatchObject({ state: 'COMPLETED', fromVersion: '1.0', toVersion: '1.1', reason: 'Redis at last' });

    const { history } = await api.ask(
      `query ($id: ID!) { history(filter: { appId: $id }, first: 50) { totalCount edges { node { type revision data actor { id } } } } }`,
      { id: installed.app.id },
    );
    expect(history.edges.map((e: { node: { type: string } }) => e.node.type)).toEqual([
      'AppCreated',
      'TemplateInstalled',
      'ComponentChanged',
      'UpgradeStarted',
      'ComponentUpgraded',
      'ComponentUpgraded',
      'AppUpgraded',
    ]);
  });
});
