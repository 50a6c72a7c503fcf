import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'jsondiffpatch';
import microdiff from 'microdiff';
import { openBackend, type RunningBackend } from '../src/backend.js';
import { handleCreateApp, handleUpdateComponent } from '../src/commands/apps.js';
import { Aggregates } from '../src/commands/aggregates.js';
import { ContentStore } from '../src/commands/content-store.js';
import { handleImportCompose } from '../src/commands/import-compose.js';
import { handleInstall } from '../src/commands/install.js';
import { handlePublishTemplate } from '../src/commands/publish.js';
import { planUpgradeOf } from '../src/commands/upgrade.js';
import type { AppId, ComponentId, TemplateId } from '../src/domain/ids.js';
import { silentLogger } from '../src/logger.js';
import { comparePublished } from '../src/queries/compare-versions.js';
import { openEmbeddedStore } from '../src/store/embedded/embedded-store.js';
import { interleave, milliseconds, type Measured } from './measure.js';

const SIZES = [50, 100, 200, 500];
const VARIABLES = 100;
const CHANGED = 5;
const ROUNDS = 21;
const context = { actor: { id: 'bench', kind: 'SERVICE' }, correlationId: 'bench' } as const;

/** Comparing two versions of a template of which 5 components changed, and planning an upgrade: in the server, with cold caches. */
export async function benchCompare(): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-bench-'));
  const backend = await openBackend({
    store: openEmbeddedStore({ path: join(folder, 'log.db') }),
    readModelPath: join(folder, 'read-model.db'),
    logger: silentLogger,
  });
  try {
    const results: Measured[] = [];
    for (const size of SIZES) results.push(...(await measure(backend, size)));
    return results;
  } finally {
    await backend.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(backend: RunningBackend, size: number): Promise<Measured[]> {
  const { templateId, appId } = await prepare(backend, size);
  const { readModel } = backend.readModels.lease();
  const [before, after] = [treeOf(size, 0), treeOf(size, 1)];
  const differ = create();
  let edits = 0;
  return interleave(ROUNDS, 'ms', {
    [`compare, ${size} components`]: () => {
      const contents = new ContentStore(backend.store, backend.services.writer);
      return milliseconds(() => comparePublished(readModel, contents, templateId, '1.0', '1.1'));
    },
    [`plan, ${size} components`]: async () => {
      await edit(backend, appId, ++edits);
      const cold = {
        ...backend.services,
        aggregates: new Aggregates(backend.store, backend.services.runtime),
        contents: new ContentStore(backend.store, backend.services.writer),
      };
      const request = { appId, installationId: undefined, toVersion: '1.1', resolutions: [], policy: 'ASK' as const };
      return milliseconds(() => planUpgradeOf(cold, request));
    },
    [`microdiff, ${size} components`]: () => milliseconds(() => microdiff(before, after)),
    [`jsondiffpatch, ${size} components`]: () => milliseconds(() => differ.diff(before, after)),
  });
}

async function prepare(backend: RunningBackend, size: number): Promise<{ templateId: TemplateId; appId: AppId }> {
  const { services, releases } = backend;
  const { result: source } = await handleCreateApp(services, context, { name: `source ${size}`, team: 'bench' });
  let templateId: TemplateId | undefined;
  for (const version of [0, 1]) {
    const files = [{ content: JSON.stringify({ services: treeOf(size, version) }) }];
    await handleImportCompose(services, context, { appId: source, source: { files }, renames: new Map(), dryRun: false });
    const as = templateId ? { templateId } : { name: `template ${size}` };
    const { result } = await handlePublishTemplate(services, context, { appId: source, version: `1.${version}`, identities: [], as });
    await releases.run(result, context);
    templateId = result.templateId;
  }
  if (!templateId) throw new Error('nothing was published');
  const into = { name: `install ${size}`, team: 'bench' };
  const { result } = await handleInstall(services, context, { templateId, version: '1.0', keys: new Map(), into });
  await backend.readModels.waitFor(await backend.store.head(), { timeoutMs: 60_000 });
  return { templateId, appId: result.appId };
}

/** Another local patch each time, so that no plan was ever computed before. */
async function edit({ services }: RunningBackend, appId: AppId, n: number): Promise<void> {
  const { view } = await services.aggregates.app(appId);
  const componentId = view.components[n % view.components.length]?.componentId ?? ('' as ComponentId);
  await handleUpdateComponent(
    services,
    context,
    { appId },
    { componentId, edit: { set: { env: { [`LOCAL_${n}`]: String(n) } }, unset: [] } },
  );
}

/** Services with many variables each; those of the next version differ in a few of them. */
function treeOf(size: number, version: number): Record<string, object> {
  const step = Math.floor(size / CHANGED);
  return Object.fromEntries(
    Array.from({ length: size }, (_, n) => {
      const changed = version > 0 && n % step === 0;
      const environment = Object.fromEntries(Array.from({ length: VARIABLES }, (__, v) => [`VARIABLE_${v}`, `value ${v} of ${n}`]));
      if (changed) environment['VARIABLE_7'] = 'another value';
      return [`component-${n}`, { image: `example/component-${n}:${changed ? '1.1' : '1.0'}`, environment, ports: ['8080:80'] }];
    }),
  );
}
