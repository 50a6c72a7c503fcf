import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/domain/canonical.js';
import { exportCompose } from '../../src/exporters/compose/index.js';
import { importComposeProject } from '../../src/importers/compose/index.js';
import type { ImportedProject } from '../../src/importers/imported-project.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { corpusProjects, hasCorpus, type CorpusVersion } from './corpus.js';

function digests({ components, content }: ImportedProject): unknown {
  return { components: components.map((each) => [each.key, digestOf(each)]).sort(), content: digestOf(content) };
}

describe.skipIf(!hasCorpus)('exporting public projects', () => {
  it('and importing them again is the identity on digests, for every version', () => {
    const versions = [...corpusProjects().values()].flat();
    expect(versions).toHaveLength(120);
    let plain = 0;
    for (const { project, version, source } of versions) {
      const imported = importComposeProject(source);
      const text = exportCompose(imported.components, imported.content);
      const again = importComposeProject({ files: [{ content: text }] });
      expect(digests(again), `${project} ${version}`).toEqual(digests(imported));
      expect(exportCompose(again.components, again.content), `${project} ${version}`).toBe(text);
      if (!text.includes('x-regraft')) plain += 1;
    }
    console.log(`${plain} of ${versions.length} exports say all in Compose, without x-regraft`);
  });
});

interface Desired {
  readonly digest: string;
  readonly contentDigest: string;
  readonly compose: string;
  readonly components: readonly { readonly id: string; readonly key: string; readonly digest: string }[];
}

describe.skipIf(!hasCorpus)('exporting public projects over the API', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  async function imported(name: string, source: Pick<CorpusVersion['source'], 'files' | 'env'>): Promise<string> {
    const { app } = await server.api.mutate('createApp', 'CreateAppInput', { name }, 'app { id }');
    await server.api.mutate('importCompose', 'ImportComposeInput', { appId: app.id, ...source }, 'position');
    return app.id as string;
  }
  async function desired(id: string): Promise<Desired> {
    const query = 'query ($id: ID!) { desiredState(appId: $id) { digest contentDigest compose components { id key digest } } }';
    return (await server.api.ask(query, { id })).desiredState as Desired;
  }
  const digestsIn = ({ digest, contentDigest, components }: Desired): unknown => ({
    digest,
    contentDigest,
    components: Object.fromEntries(components.map((each) => [each.key, each.digest])),
  });

  for (const [project, versions] of corpusProjects()) {
    it(`and importing them into another app gives the same digests: ${project}`, async () => {
      const [last] = versions.slice(-1);
      if (!last) throw new Error(`${project} has no version`);
      const original = await imported(project, last.source);
      const before = await desired(original);
      expect(before.components.length).toBeGreaterThan(0);
      const copy = await desired(await imported(`${project} copied`, { files: [{ content: before.compose }] }));
      expect(digestsIn(copy)).toEqual(digestsIn(before));
      expect(copy.compose).toBe(before.compose);

      const installed = await desired(await installedWithChanges(project, original, before));
      expect(digestsIn(installed)).not.toEqual(digestsIn(before));
      const copyOfInstall = await desired(await imported(`${project} installed and copied`, { files: [{ content: installed.compose }] }));
      expect(digestsIn(copyOfInstall)).toEqual(digestsIn(installed));
    });
  }

  /** An install of the app under other keys, with changes of its own. */
  async function installedWithChanges(project: string, source: string, { components }: Desired): Promise<string> {
    const { template } = await server.api.mutate(
      'publishTemplate',
      'PublishTemplateInput',
      { appId: source, name: project, version: '1.0' },
      'template { id } release { state }',
    );
    const keys = components.map(({ key }) => ({ from: key, to: `my-${key}` }));
    const { app } = await server.api.mutate(
      'installTemplate',
      'InstallTemplateInput',
      { templateId: template.id, appName: `my ${project}`, keys },
      'app { id components { id } }',
    );
    for (const { id: componentId } of app.components.slice(0, 3)) {
      const set = {
        title: 'mine: a title',
        replicas: 2,
        env: [{ name: 'MINE', value: '$5 and\n  more', description: 'a test' }],
        volumes: [{ mountPath: '/mine', kind: 'PERSISTENT', name: 'mine' }],
        configFiles: [{ path: '/etc/mine', content: '# mine\n' }],
        probes: [{ kind: 'READINESS', tcpPort: 80 }],
      };
      await server.api.mutate('updateComponent', 'UpdateComponentInput', { appId: app.id, componentId, set }, 'position');
    }
    return app.id as string;
  }
});
