import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appsByIds } from '../../projections/apps/queries.js';
import { projections } from '../../projections/index.js';
import { manifestsOf, SNAPSHOT_EVERY } from '../../projections/templates/manifests.js';
import { pagesOfParents } from '../../projections/children.js';
import { versionsOfTemplates } from '../../projections/templates/queries.js';
import { openBackend, type RunningBackend } from '../../src/backend.js';
import { handleAddComponent, handleCreateApp, handleRemoveComponent, handleUpdateComponent } from '../../src/commands/apps.js';
import { handleInstall } from '../../src/commands/install.js';
import { handlePublishTemplate } from '../../src/commands/publish.js';
import { handleUpgrade } from '../../src/commands/upgrade.js';
import type { AppId, TemplateId } from '../../src/domain/ids.js';
import { compareVersions, requireVersion } from '../../src/domain/version.js';
import { silentLogger } from '../../src/logger.js';
import type { Projection } from '../../src/projector/projection.js';
import { Projector } from '../../src/projector/projector.js';
import { SqliteReadModel } from '../../src/projector/read-model.js';
import { viewsOfApps } from '../../src/queries/app-views.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { EventStore } from '../../src/store/event-store.js';
import { openTestBackend, tester } from '../support/backend.js';

const publish = async (
  backend: RunningBackend,
  appId: AppId,
  version: string,
  as: { name: string } | { templateId: TemplateId },
): Promise<TemplateId> => {
  const { result } = await handlePublishTemplate(backend.services, tester, { appId, version, identities: [], as });
  await backend.releases.run(result, tester);
  return result.templateId;
};
const caughtUp = async ({ projector, store }: RunningBackend): Promise<void> => {
  expect(await projector.waitFor(await store.head(), { timeoutMs: 30_000 })).toBe(true);
};

describe('the read models', () => {
  it('tell of every app what the log tells, after any sequence of commands', async () => {
    const backend = await openTestBackend();
    const { services } = backend;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(4), fc.nat(5)), { minLength: 3, maxLength: 14 }), fc.uuid(), async (steps, name) => {
        const { result: source } = await handleCreateApp(services, tester, { name, team: 't' });
        for (const key of ['a', 'b', 'c']) await handleAddComponent(services, tester, { appId: source }, { key, image: '1' });
        const templateId = await publish(backend, source, '1.0', { name });
        const { result } = await handleInstall(services, tester, {
          templateId,
          version: undefined,
          keys: new Map(),
          into: { name, team: 't' },
        });
        let minor = 0;
        for (const [kind, n] of steps) {
          const appId = kind < 2 ? source : result.appId;
          const { view } = await services.aggregates.app(appId);
          const component = view.components[n % Math.max(view.components.length, 1)];
          if (kind === 4) {
            minor += 1;
            const released = await publish(backend, source, `1.${minor}`, { templateId }).catch(() => undefined);
            const upgrade = {
              installationId: undefined,
              toVersion: `1.${minor}`,
              resolutions: [],
              policy: 'PREFER_LOCAL' as const,
              acceptDataLoss: true,
            };
            if (released) await handleUpgrade(services, tester, { appId: result.appId, ...upgrade }).catch(() => undefined);
          } else if (n === 5 && component && view.components.length > 1) {
            await handleRemoveComponent(services, tester, { appId }, component.componentId);
          } else if (n === 4) {
            await handleAddComponent(services, tester, { appId }, { key: `own-${kind}-${minor}` }).catch(() => undefined);
          } else if (component) {
            const edit = { set: { image: String(n), ...(kind === 3 && { key: `k${n}` }) }, unset: [] };
            await handleUpdateComponent(services, tester, { appId }, { componentId: component.componentId, edit }).catch(() => undefined);
          }
        }
        await caughtUp(backend);
        for (const appId of [source, result.appId]) {
          const { view, revision } = await services.aggregates.app(appId);
          const [row] = appsByIds(backend.readModel, [appId]);
          const [shown] = viewsOfApps(backend.readModel, row ? [row] : []);
          expect(row?.revision).toBe(revision);
          expect(shown?.components).toEqual(view.components);
        }
      }),
      { numRuns: 25 },
    );
    await backend.close();
  }, 120_000);

  it('give the manifest of every version, however long its chain, as the log does', async () => {
    const backend = await openTestBackend();
    const { services } = backend;
    const { result: source } = await handleCreateApp(services, tester, { name: 'long', team: 't' });
    await handleAddComponent(services, tester, { appId: source }, { key: 'fixed' });
    let templateId: TemplateId | undefined;
    const versions = 2 * SNAPSHOT_EVERY + 5;
    for (let n = 0; n < versions; n++) {
      await handleAddComponent(services, tester, { appId: source }, { key: `c${n}` });
      const { view } = await services.aggregates.app(source);
      if (n % 3 === 2) await handleRemoveComponent(services, tester, { appId: source }, view.components[1]?.componentId ?? ('' as never));
      templateId = await publish(backend, source, `1.${n}`, templateId ? { templateId } : { name: 'long' });
    }
    await caughtUp(backend);
    const page = { filter: {}, first: 100, after: undefined };
    const rows = pagesOfParents(backend.readModel, versionsOfTemplates, [templateId ?? ''], page).get(templateId ?? '')?.rows ?? [];
    const manifests = manifestsOf(
      backend.readModel,
      rows.map(({ id }) => id),
    );
    expect(rows).toHaveLength(versions);
    for (const { id, version } of rows)
      expect(manifests.get(id)).toEqual(await services.aggregates.manifest(templateId ?? ('' as TemplateId), version));
    const labels = rows.map(({ version }) => requireVersion(version));
    expect(labels).toEqual([...labels].sort((left, right) => compareVersions(right, left)));
    await backend.close();
  });
});

describe('the projector', () => {
  let folder: string;
  let path: string;
  let store: EventStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'regraft-projector-'));
    path = join(folder, 'read-model.db');
    store = openEmbeddedStore({ path: ':memory:' });
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (list: readonly Projection[]): { readModel: SqliteReadModel; projector: Projector } => {
    const readModel = SqliteReadModel.open({ path, projections: list, logId: store.logId, logger: silentLogger });
    const projector = new Projector({ store, readModel, projections: list, logger: silentLogger });
    projector.start();
    return { readModel, projector };
  };
  const counter = (version: number, fail: (position: number) => boolean = () => false): Projection => ({
    name: 'counter',
    version,
    tables: 'CREATE TABLE seen (position INTEGER)',
    apply: ({ position }, db) => {
      if (fail(position)) throw new Error('it cannot be applied');
      db.run('INSERT INTO seen (position) VALUES (?)', position);
    },
  });
  const append = async (count: number): Promise<void> => {
    const backend = await openBackend({ store, readModelPath: ':memory:', logger: silentLogger });
    for (let n = 0; n < count; n++) await handleCreateApp(backend.services, tester, { name: `app ${n}`, team: 't' });
    await backend.projector.close();
    backend.readModel.close();
  };
  const seen = ({ readModel }: { readModel: SqliteReadModel }): number[] =>
    readModel.all<{ position: number }>('SELECT position FROM seen ORDER BY position').map(({ position }) => position);

  it('applies each event once, over restarts', async () => {
    await append(3);
    const first = open([counter(1)]);
    await first.projector.waitFor(await store.head(), { timeoutMs: 10_000 });
    await first.projector.close();
    first.readModel.close();
    await append(2);
    const second = open([counter(1)]);
    await second.projector.waitFor(await store.head(), { timeoutMs: 10_000 });
    expect(seen(second)).toEqual([0, 1, 2, 3, 4]);
    await second.projector.close();
    second.readModel.close();
  });

  it('stops at an event that cannot be applied, keeps nothing of its batch, and tells those who wait', async () => {
    await append(3);
    const running = open([counter(1, (position) => position === 2)]);
    await expect(running.projector.waitFor(2, { timeoutMs: 10_000 })).rejects.toThrow('it cannot be applied');
    expect(seen(running)).toEqual([]);
    expect(running.projector.failure).toBeInstanceOf(Error);
    await running.projector.close();
    running.readModel.close();
    const mended = open([counter(1)]);
    await mended.projector.waitFor(2, { timeoutMs: 10_000 });
    expect(seen(mended)).toEqual([0, 1, 2]);
    await mended.projector.close();
    mended.readModel.close();
  });

  it('tries again while the disk is full, and goes on where it was', async () => {
    await append(3);
    let full = 3;
    const trouble = counter(1);
    const running = open([
      {
        ...trouble,
        apply: (event, db) => {
          if (event.position === 1 && full-- > 0) throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
          trouble.apply(event, db);
        },
      },
    ]);
    expect(await running.projector.waitFor(2, { timeoutMs: 10_000 })).toBe(true);
    expect(seen(running)).toEqual([0, 1, 2]);
    await running.projector.close();
    running.readModel.close();
  });

  it('makes the read models anew when a projection has another version', async () => {
    await append(2);
    for (const version of [1, 2]) {
      const running = open([counter(version)]);
      await running.projector.waitFor(1, { timeoutMs: 10_000 });
      expect(seen(running)).toEqual([0, 1]);
      await running.projector.close();
      running.readModel.close();
    }
  });

  it('says that a position was not reached in time', async () => {
    const running = open(projections);
    expect(await running.projector.waitFor(5, { timeoutMs: 1 })).toBe(false);
    await running.projector.close();
    running.readModel.close();
  });
});
