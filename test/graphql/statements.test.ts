import { graphql, type GraphQLSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningBackend } from '../../src/backend.js';
import { handleAddComponent, handleCreateApp, handleUpdateComponent } from '../../src/commands/apps.js';
import { handleInstall } from '../../src/commands/install.js';
import { handlePublishTemplate } from '../../src/commands/publish.js';
import { handleUpgrade } from '../../src/commands/upgrade.js';
import type { ComponentId, TemplateId } from '../../src/domain/ids.js';
import { createRequestContext } from '../../src/graphql/context.js';
import { buildRegraftSchema } from '../../src/graphql/schema.js';
import { openTestBackend, tester } from '../support/backend.js';

/** Each list page with everything beneath it: what would be N+1 if anything were. */
const PAGES: Readonly<Record<string, string>> = {
  apps: `apps(first: $first) { totalCount edges { node { name extra components { key image env { name } localChanges { path } installation { currentVersion } }
    installations { currentVersion upgradableCount upgradableVersions(first: 3) { version } template { name latestVersion { version } } }
    templates { name } } } }`,
  templates: `templates(first: $first) { totalCount edges { node { name sourceApp { name } latestVersion { version components { key } extra } } } }`,
  installations: `template(id: $id) { installations(first: $first) { totalCount edges { node { app { name components { key } } template { name } currentVersion
    upgradableVersions { version } } } } }`,
  versions: `template(id: $id) { versions(first: $first) { totalCount edges { node { version publishedBy { id } components { key image } template { name } } } } }`,
  releaseRecords: `template(id: $id) { releaseRecords(first: $first) { totalCount edges { node { version syncRecords { componentKey change differences { path } } } } } }`,
  upgradeRecords: `app(id: $app) { upgradeRecords(first: $first) { totalCount edges { node { toVersion installation { currentVersion } components { key fields { path outcome } } } } } }`,
  history: `history(first: $first) { totalCount edges { node { type data } } }`,
};

describe('a list page costs the same number of SQL statements for any number of rows', () => {
  let backend: RunningBackend;
  let schema: GraphQLSchema;
  let templateId: TemplateId;
  let upgradedApp: string;

  beforeAll(async () => {
    [backend, schema] = await Promise.all([openTestBackend(), buildRegraftSchema()]);
    const { services, releases } = backend;
    const { result: source } = await handleCreateApp(services, tester, { name: 'source', team: 't' });
    const { result: web } = await handleAddComponent(services, tester, { appId: source }, { key: 'web', env: { N: '0' } });
    const publish = async (version: string, as: { name: string } | { templateId: TemplateId }): Promise<TemplateId> => {
      const { result } = await handlePublishTemplate(services, tester, { appId: source, version, identities: [], as });
      await releases.run(result, tester);
      return result.templateId;
    };
    const change = (n: number): Promise<unknown> =>
      handleUpdateComponent(services, tester, { appId: source }, { componentId: web, edit: { set: { env: { N: String(n) } }, unset: [] } });
    templateId = await publish('1.0', { name: 'many' });
    for (let n = 0; n < 105; n++) {
      const { result } = await handleInstall(services, tester, {
        templateId,
        version: '1.0',
        keys: new Map(),
        into: { name: `install ${n}`, team: 't' },
      });
      const component = `${result.installationId}:${(await services.aggregates.app(result.appId)).view.components[0]?.componentId.split(':')[1]}`;
      const edit = { set: { replicas: n + 2 }, unset: [] };
      await handleUpdateComponent(services, tester, { appId: result.appId }, { componentId: component as ComponentId, edit });
      upgradedApp = result.appId;
      await publish('1.0', { name: `template ${n}` });
    }
    for (let n = 1; n <= 105; n++) {
      await change(n);
      await publish(`1.${n}`, { templateId });
      const upgrade = { installationId: undefined, toVersion: `1.${n}`, resolutions: [], policy: 'ASK' as const, acceptDataLoss: false };
      await handleUpgrade(services, tester, { appId: upgradedApp as never, ...upgrade });
    }
    await backend.readModels.waitFor(await backend.store.head(), { timeoutMs: 30_000 });
  }, 120_000);
  afterAll(() => backend.close());

  async function count(page: string, first: number): Promise<{ statements: number; rows: number }> {
    const { readModel, release } = backend.readModels.lease();
    const before = readModel.statementCount;
    const { data, errors } = await graphql({
      schema,
      source: `query ($first: Int!, $id: ID!, $app: ID!) { ${page} unused: template(id: $id) { id } unusedToo: app(id: $app) { id } }`,
      variableValues: { first, id: templateId, app: upgradedApp },
      contextValue: await createRequestContext(backend, { correlationId: 'count' }),
    });
    expect(errors).toBeUndefined();
    release();
    return { statements: readModel.statementCount - before, rows: JSON.stringify(data).split('"node"').length - 1 };
  }

  for (const [name, page] of Object.entries(PAGES)) {
    it(name, async () => {
      const ten = await count(page, 10);
      const hundred = await count(page, 100);
      expect([ten.rows, hundred.rows]).toEqual([10, 100]);
      expect(hundred.statements).toBe(ten.statements);
      console.log(`SQL statements of the page of ${name}: ${ten.statements} for 10 rows, ${hundred.statements} for 100`);
    });
  }
});
