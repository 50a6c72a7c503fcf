import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectionsWithContents } from '../../projections/index.js';
import { openBackend, type RunningBackend } from '../../src/backend.js';
import { handleCreateApp, handleRemoveComponent, handleUpdateComponent } from '../../src/commands/apps.js';
import { handleImportCompose } from '../../src/commands/import-compose.js';
import { handleInstall } from '../../src/commands/install.js';
import { handlePublishTemplate } from '../../src/commands/publish.js';
import { handleUpgrade } from '../../src/commands/upgrade.js';
import { Refusal } from '../../src/domain/errors.js';
import type { AppId, TemplateId } from '../../src/domain/ids.js';
import type { ComposeSource } from '../../src/importers/imported-project.js';
import { silentLogger } from '../../src/logger.js';
import { ReadModels } from '../../src/projector/read-models.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { EventStore } from '../../src/store/event-store.js';
import { AbsentStore } from '../support/absent-store.js';
import { tester } from '../support/backend.js';
import { diskFull, first } from '../support/projections.js';
import { allRows } from '../support/rows.js';
import { startTestNode, type TestNode } from '../support/server.js';
import { corpusProjects } from './corpus.js';
import { seededRandom } from './random.js';

/** Used where the corpus is not there. */
const SHOP: ComposeSource[] = ['1.0', '1.1', '1.2', '2.0'].map((tag) => ({
  files: [
    {
      name: 'compose.yaml',
      content: `services: { web: { image: "shop/web:${tag}", environment: { TAG: "${tag}" } }, db: { image: "postgres:16" }, c${tag[0]}: { image: x } }`,
    },
  ],
}));
const INSTALLS = 3;

const refusedOr = (error: unknown): undefined => {
  if (error instanceof Refusal) return undefined;
  throw error;
};

/** The life of a project: its versions published, and installs that change, lose components, and upgrade to each. */
async function live({ services, releases }: RunningBackend, project: string, versions: readonly ComposeSource[]): Promise<void> {
  const random = seededRandom(project);
  const { result: source } = await handleCreateApp(services, tester, { name: `${project} source`, team: 'corpus' });
  let templateId: TemplateId | undefined;
  const installs: AppId[] = [];
  for (const [n, files] of versions.entries()) {
    await handleImportCompose(services, tester, { appId: source, source: files, renames: new Map(), dryRun: false });
    const as = templateId ? { templateId } : { name: project };
    const version = `1.${n}`;
    const published = await handlePublishTemplate(services, tester, { appId: source, version, identities: [], as }).catch(refusedOr);
    if (!published) continue;
    await releases.run(published.result, tester);
    templateId = published.result.templateId;
    for (const appId of installs) {
      const options = { installationId: undefined, resolutions: [], policy: 'PREFER_LOCAL' as const, acceptDataLoss: true };
      await handleUpgrade(services, tester, { appId, toVersion: version, ...options }).catch(refusedOr);
    }
    while (installs.length < INSTALLS) {
      const into = { name: `${project} ${installs.length}`, team: 'corpus' };
      installs.push((await handleInstall(services, tester, { templateId, version, keys: new Map(), into })).result.appId);
    }
    for (const appId of installs) {
      const { componentId } = random.pick((await services.aggregates.app(appId)).view.components);
      const edit = { set: { replicas: random.integer(5) + 1, env: { EDITED: version } }, unset: [] };
      if (random.chance(0.1)) await handleRemoveComponent(services, tester, { appId }, componentId).catch(refusedOr);
      else await handleUpdateComponent(services, tester, { appId }, { componentId, edit }).catch(refusedOr);
    }
  }
}

describe('a rebuild of the read models of a long history', () => {
  let folder: string;
  let store: EventStore;
  let node: TestNode;
  /** Never rebuilt. */
  let control: ReadModels;
  let rebuilt: ReadModels | undefined;
  let path: string;
  let held = false;
  let half = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'regraft-rebuild-'));
    path = join(folder, 'read-model.db');
    store = openEmbeddedStore({ path: ':memory:' });
    control = new ReadModels({ store, path: ':memory:', projections: projectionsWithContents, logger: silentLogger });
    const backend = await openBackend({ store, readModelPath: ':memory:', logger: silentLogger });
    const projects = corpusProjects();
    for (const [project, versions] of projects)
      await live(
        backend,
        project,
        versions.map(({ source }) => source),
      );
    if (projects.size === 0) await live(backend, 'shop', SHOP);
    await backend.readModels.close();
    half = Math.floor((await store.head()) / 2);
    const projections = projectionsWithContents.map((projection) =>
      projection.name === 'templates'
        ? first(projection, ({ position }) => {
            if (held && position === half) throw diskFull();
          })
        : projection,
    );
    node = await startTestNode({ store: new AbsentStore(store, true), readModelPath: path, keepContents: true, projections });
  }, 300_000);
  afterAll(async () => {
    await control.close();
    await rebuilt?.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it(
    'goes unnoticed by queries and mutations, and leaves every row as one that was never rebuilt has it',
    { timeout: 300_000 },
    async () => {
      const { api, url } = node;
      const rebuilding = async (): Promise<boolean> =>
        ((await (await fetch(`${url}/health/ready`)).json()) as { rebuild: unknown }).rebuild !== null;
      const QUERY = `{ apps(team: "corpus", first: 3) { edges { node { name revision components { key image env { name value } }
      installations { currentVersion upgradableVersions { version } } } } } templates(first: 50) { edges { node { name latestVersion { version } } } } }`;
      const expected = await api.ask(QUERY);
      const answered = { queries: 0, mutations: 0 };

      held = true;
      await api.ask('mutation { rebuildReadModels { generation } }');
      for (let n = 0; await rebuilding(); n++) {
        // The other half of the rebuild, and the switch, happen while these go on.
        if (n === 20) held = false;
        const name = `written ${n}`;
        const [query, { app, position }] = await Promise.all([
          api.ask(QUERY),
          api.mutate('createApp', 'CreateAppInput', { name, team: 'meanwhile' }, 'app { id name } position'),
        ]);
        expect(query).toEqual(expected);
        expect(app.name).toBe(name);
        const again = await api
          .with({ 'regraft-min-position': position })
          .ask('query ($id: ID!) { app(id: $id) { name } }', { id: app.id });
        expect(again.app.name).toBe(name);
        answered.queries += 2;
        answered.mutations += 1;
      }
      expect(answered.queries).toBeGreaterThan(40);
      expect(await api.ask(QUERY)).toEqual(expected);

      const head = await store.head();
      expect(await control.waitFor(head, { timeoutMs: 60_000 })).toBe(true);
      await control.ready();
      await node.close();
      rebuilt = new ReadModels({ store, path, projections: projectionsWithContents, logger: silentLogger });
      await rebuilt.ready();
      expect(rebuilt.status.generation).toBe(2);
      const rows = rebuilt.read(allRows);
      expect([...rows.keys()]).toEqual(
        expect.arrayContaining(['apps', 'checkpoints', 'contents', 'history', 'overrides', 'releases', 'upgrades']),
      );
      const ofControl = control.read(allRows);
      for (const [table, expectedRows] of ofControl) expect(rows.get(table), table).toEqual(expectedRows);
      expect(rows.size).toBe(ofControl.size);
      console.log(`Rebuilt from ${head + 1} events, ${answered.queries} queries and ${answered.mutations} mutations answered meanwhile.`);
    },
  );
});
