import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appsByIds } from '../../projections/apps/queries.js';
import { manifestsOf, SNAPSHOT_EVERY } from '../../projections/templates/manifests.js';
import { pagesOfParents } from '../../projections/children.js';
import { versionsOfTemplates } from '../../projections/templates/queries.js';
import type { RunningBackend } from '../../src/backend.js';
import {
  handleAddComponent,
  handleChangeApp,
  handleCreateApp,
  handleRemoveComponent,
  handleUninstall,
  handleUpdateComponent,
} from '../../src/commands/apps.js';
import { handleReleaseHold } from '../../src/commands/hold.js';
import { handleMapComponent } from '../../src/commands/map-component.js';
import { handleInstall } from '../../src/commands/install.js';
import { handlePublishTemplate } from '../../src/commands/publish.js';
import { handleRollback } from '../../src/commands/rollback.js';
import { handleUpgrade } from '../../src/commands/upgrade.js';
import { handleReport, handleRetryUpgrade, handleSettleUpgrade } from '../../src/commands/upgrade-run.js';
import type { AppState } from '../../src/domain/app/state.js';
import { installedComponentId, type AppId, type TemplateId, type UpgradeId } from '../../src/domain/ids.js';
import { isOpen, unreported } from '../../src/domain/upgrade/running.js';
import { compareVersions, requireVersion } from '../../src/domain/version.js';
import { viewsOfApps } from '../../src/queries/app-views.js';
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
const caughtUp = async ({ readModels, store }: RunningBackend): Promise<void> => {
  expect(await readModels.waitFor(await store.head(), { timeoutMs: 30_000 })).toBe(true);
};

/** A step of an integration that carries out an upgrade, where there is one. */
async function carryOn({ services }: RunningBackend, appId: AppId, n: number): Promise<void> {
  const { view } = await services.aggregates.app(appId);
  for (const { run, installationId } of view.state.installations.values()) {
    if (!run) continue;
    const to = { appId, upgradeId: run.upgradeId };
    const [step] = unreported(run);
    if (!step) await handleRetryUpgrade(services, tester, to, { leaseSeconds: undefined, reason: undefined }).catch(() => undefined);
    else if (n === 5) await handleSettleUpgrade(services, tester, to, { outcome: 'COMPLETED', components: new Map() });
    else {
      const state = (['RUNNING', 'COMPLETED', 'COMPLETED', 'FAILED', 'FAILED'] as const)[n] ?? 'RUNNING';
      const componentId = installedComponentId(installationId, step.templateComponentId);
      await handleReport(services, tester, to, { componentId, state, message: `${n}` });
    }
  }
}

/** Read models know nothing of upgrades that are over. */
function withOpenRuns(state: AppState): AppState {
  const installations = [...state.installations].map(
    ([id, installation]) => [id, { ...installation, run: isOpen(installation.run) ? installation.run : undefined }] as const,
  );
  return { ...state, installations: new Map(installations) };
}

describe('the read models', () => {
  it('tell of every app what the log tells, after any sequence of commands', async () => {
    const backend = await openTestBackend();
    const { services } = backend;
    let rollbacks = 0;
    let open = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(10), fc.nat(5)), { minLength: 3, maxLength: 24 }), async (steps) => {
        // One of its own each time, also while a failure is made smaller.
        const name = randomUUID();
        const { result: source } = await handleCreateApp(services, tester, { name, team: 't' });
        for (const key of ['a', 'b', 'c']) await handleAddComponent(services, tester, { appId: source }, { key, image: '1' });
        const templateId = await publish(backend, source, '1.0', { name });
        const { result } = await handleInstall(services, tester, {
          templateId,
          version: undefined,
          keys: new Map(),
          into: { name, team: 't' },
        });
        const runs: UpgradeId[] = [];
        let minor = 0;
        for (const [kind, n] of steps) {
          const appId = kind < 2 ? source : result.appId;
          const { view } = await services.aggregates.app(appId);
          const component = view.components[n % Math.max(view.components.length, 1)];
          const choices = { appId: result.appId, resolutions: [], policy: 'PREFER_LOCAL' as const, acceptDataLoss: true };
          if (kind === 9) {
            const target = n === 0 ? 'RECORD' : 'EXTERNAL';
            await handleChangeApp(services, tester, { appId: result.appId }, { target, edit: { set: {}, unset: [] } });
          } else if (kind === 10) {
            await carryOn(backend, result.appId, n);
          } else if (kind === 8) {
            const [installationId] = view.state.installations.keys();
            if (installationId && n < 2) {
              await handleUninstall(services, tester, { appId }, { installationId, acceptDataLoss: true }).catch(() => undefined);
            }
            if (n === 0) {
              const again = { templateId, version: undefined, keys: new Map(), into: { appId } };
              await handleInstall(services, tester, again).catch(() => undefined);
            }
          } else if (kind === 4 || kind === 5) {
            if (kind === 5) await handleAddComponent(services, tester, { appId: source }, { key: `new-${minor}` });
            const released = await publish(backend, source, `1.${minor + 1}`, { templateId }).catch(() => undefined);
            if (released) minor += 1;
            const manifest = await services.aggregates.manifest(templateId, `1.${minor}`);
            const components = kind === 5 ? [...manifest.components.keys()].slice(0, 1 + n) : undefined;
            const upgrade = { installationId: undefined, toVersion: `1.${minor}`, components };
            const done = await handleUpgrade(services, tester, { ...choices, ...upgrade }).catch(() => undefined);
            if (done) runs.push(done.result.upgradeId);
          } else if (kind === 6) {
            const upgradeId = runs[n % Math.max(runs.length, 1)] ?? ('none' as UpgradeId);
            const done = await handleRollback(services, tester, { ...choices, upgradeId, reason: 'a reason' }).catch(() => undefined);
            if (done) runs.push(done.result.upgradeId);
            rollbacks += done ? 1 : 0;
          } else if (kind === 7) {
            const { installationId } = result;
            const hold = { appId: result.appId, installationId, version: `1.${n}`, reason: undefined };
            await handleReleaseHold(services, tester, hold).catch(() => undefined);
          } else if (n === 3 && component?.origin === 'own' && appId === result.appId) {
            const { state } = await services.aggregates.template(templateId);
            const identities = [...state.versions.values()].flatMap(({ difference }) =>
              difference.set.map((entry) => entry.templateComponentId),
            );
            for (const templateComponentId of identities) {
              const mapping = { appId, componentId: component.componentId, installationId: undefined, templateComponentId };
              await handleMapComponent(services, tester, mapping).catch(() => undefined);
            }
          } else if (n === 5 && component && view.components.length > 1) {
            await handleRemoveComponent(services, tester, { appId }, component.componentId).catch(() => undefined);
          } else if (n === 4) {
            await handleAddComponent(services, tester, { appId }, { key: `own-${kind}-${minor}` }).catch(() => undefined);
          } else if (component) {
            const edit = { set: { image: String(n), ...((kind === 3 || (kind === 1 && n > 1)) && { key: `k${kind}${n}` }) }, unset: [] };
            await handleUpdateComponent(services, tester, { appId }, { componentId: component.componentId, edit }).catch(() => undefined);
          }
        }
        await caughtUp(backend);
        const { readModel, release } = backend.readModels.lease();
        for (const appId of [source, result.appId]) {
          const { view, revision } = await services.aggregates.app(appId);
          const [row] = appsByIds(readModel, [appId]);
          const [shown] = viewsOfApps(readModel, row ? [row] : []);
          expect(row?.revision).toBe(revision);
          expect(shown?.components).toEqual(view.components);
          const { bindings: _, ...outline } = withOpenRuns(view.state as AppState);
          expect(shown?.underWay).toEqual(view.underWay);
          expect(shown?.state).toEqual(outline);
          open += view.underWay.runs.length;
        }
        release();
      }),
      { numRuns: 160 },
    );
    expect(rollbacks).toBeGreaterThan(10);
    expect(open).toBeGreaterThan(3);
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
    const { readModel } = backend.readModels.lease();
    const page = { filter: {}, first: 100, after: undefined };
    const rows = pagesOfParents(readModel, versionsOfTemplates, [templateId ?? ''], page).get(templateId ?? '')?.rows ?? [];
    const manifests = manifestsOf(
      readModel,
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
