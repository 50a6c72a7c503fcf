import {
  holdsByInstallations,
  installationsByApps,
  overridesByInstallations,
  ownComponentsByApps,
  type AppRow,
  type HoldRow,
  type InstallationRow,
  type OverrideRow,
} from '../../projections/apps/queries.js';
import { openRuns, runSteps, type RunRow, type RunStepRow } from '../../projections/apps/runs.js';
import { manifestsOf } from '../../projections/templates/manifests.js';
import { versionsByKeys } from '../../projections/templates/queries.js';
import type { Manifests } from '../domain/app/names.js';
import type { ExternalRun, UpgradeStep } from '../domain/app/upgrade-events.js';
import type { Override } from '../domain/app/override.js';
import { versionsOf, viewApp, type AppOutline, type AppView, type Installation } from '../domain/app/state.js';
import type { AppId, ComponentId, Digest, InstallationId, TemplateComponentId, TemplateId, UpgradeId } from '../domain/ids.js';
import type { Manifest } from '../domain/template/manifest.js';
import type { UpgradeRun } from '../domain/upgrade/running.js';
import { requireVersion, versionSortKey } from '../domain/version.js';
import type { ReadModel } from '../projector/projection.js';

/** Apps as the read models tell them, in the shape in which the domain looks at them. The same number of statements for any number of apps. */
export function viewsOfApps(db: ReadModel, apps: readonly AppRow[]): AppView[] {
  return viewsOfStates(db, statesOfApps(db, apps));
}

/** Likewise, without their components: small, whatever they have installed. */
export function statesOfApps(db: ReadModel, apps: readonly AppRow[]): AppOutline[] {
  const ids = apps.map(({ id }) => id);
  const components = groupBy(ownComponentsByApps(db, ids), ({ appId }) => appId);
  const installationRows = installationsByApps(db, ids);
  const installationIds = installationRows.map(({ id }) => id);
  const overrides = groupBy(overridesByInstallations(db, installationIds), ({ installationId }) => installationId);
  const holds = groupBy(holdsByInstallations(db, installationIds), ({ installationId }) => installationId);
  const runs = runsOf(db, installationIds);
  const installations = groupBy(installationRows, ({ appId }) => appId);
  return apps.map((app): AppOutline => {
    const rows = installations.get(app.id) ?? [];
    return {
      appId: app.id as AppId,
      name: app.name,
      team: app.team,
      target: app.target,
      content: (app.content ?? undefined) as Digest | undefined,
      components: new Map(
        (components.get(app.id) ?? []).map(({ componentId, key, digest }) => [
          componentId as ComponentId,
          { componentId: componentId as ComponentId, key, digest: digest as Digest },
        ]),
      ),
      installations: new Map(
        rows.map((row) => [
          row.id as InstallationId,
          toInstallation(row, overrides.get(row.id) ?? [], holds.get(row.id) ?? [], runs.get(row.id)),
        ]),
      ),
    };
  });
}

/** With the manifests that they stand on: published versions never change, so that states may be older than what is read here. */
export function viewsOfStates(db: ReadModel, states: readonly AppOutline[]): AppView[] {
  const manifests = manifestsOfInstalled(
    db,
    states.flatMap(({ installations }) => [...installations.values()]),
  );
  return states.map((state) =>
    viewApp(state, new Map([...state.installations.values()].map((each) => [each.installationId, manifestsFor(each, manifests)]))),
  );
}

/** Manifests by template and sort key of the version. */
type VersionManifests = ReadonlyMap<string, Manifest>;

function manifestsFor(installation: Installation, manifests: VersionManifests): Manifests {
  const { templateId, installationId } = installation;
  return new Map(
    [...versionsOf(installation)].map((version) => [
      version,
      manifests.get(placeOf(templateId, sortKeyOf(version))) ?? missing(installationId),
    ]),
  );
}

function placeOf(templateId: string, sortKey: string): string {
  return `${templateId} ${sortKey}`;
}

function sortKeyOf(version: string): string {
  return versionSortKey(requireVersion(version));
}

/** Upgrades under way, by installation. */
type Runs = ReadonlyMap<string, UpgradeRun>;

function runsOf(db: ReadModel, installationIds: readonly string[]): Runs {
  const rows = openRuns(db, installationIds);
  const steps = groupBy(
    runSteps(
      db,
      rows.map(({ installationId }) => installationId),
    ),
    ({ installationId }) => installationId,
  );
  return new Map(rows.map((row) => [row.installationId, toRun(row, steps.get(row.installationId) ?? [])]));
}

function toRun(
  { installationId: _, upgradeId, whole, manifest, content, followers, ...run }: RunRow,
  steps: readonly RunStepRow[],
): UpgradeRun {
  return {
    ...run,
    upgradeId: upgradeId as UpgradeId,
    whole: whole === 1,
    manifest: manifest as Digest,
    ...(content !== null && { content: JSON.parse(content) as NonNullable<ExternalRun['content']> }),
    followers: JSON.parse(followers) as ComponentId[],
    steps: new Map(steps.map(({ templateComponentId: id, step }) => [id as TemplateComponentId, JSON.parse(step) as UpgradeStep])),
    reports: new Map(
      steps.flatMap(({ templateComponentId: id, state, message }) =>
        state === null ? [] : [[id as TemplateComponentId, { state, message: message ?? undefined }] as const],
      ),
    ),
  };
}

/** Those of all versions that installations cannot be seen without. */
function manifestsOfInstalled(db: ReadModel, installations: readonly Installation[]): VersionManifests {
  const keys = installations.flatMap((installation) =>
    [...versionsOf(installation)].map((version) => ({ templateId: installation.templateId, sortKey: sortKeyOf(version) })),
  );
  const versions = versionsByKeys(db, keys);
  const manifests = manifestsOf(db, [...new Set(versions.map(({ id }) => id))]);
  return new Map(
    versions.flatMap(({ id, templateId, sortKey }) => {
      const manifest = manifests.get(id);
      return manifest ? [[placeOf(templateId, sortKey), manifest] as const] : [];
    }),
  );
}

function toInstallation(
  row: InstallationRow,
  overrides: readonly OverrideRow[],
  holds: readonly HoldRow[],
  run: UpgradeRun | undefined,
): Installation {
  return {
    installationId: row.id as InstallationId,
    templateId: row.templateId as TemplateId,
    version: row.version,
    pendingVersion: row.pendingVersion ?? undefined,
    contentPatch: (row.contentPatch ?? undefined) as Digest | undefined,
    overrides: new Map(overrides.map((override) => [override.templateComponentId as TemplateComponentId, toOverride(override)])),
    holds: new Map(holds.map(({ version, reason }) => [version, { reason: reason ?? undefined }])),
    run,
  };
}

function toOverride({ kind, key, patch, base, version, mapped, templateComponentId }: OverrideRow): Override {
  if (kind === 'excluded') return { kind };
  if (kind === 'changed' && key !== null && patch !== null) return { kind, key, patch: patch as Digest };
  if (kind === 'ahead' && key !== null && version !== null)
    return { kind, key, patch: (patch ?? undefined) as Digest | undefined, version };
  if (kind === 'removed' && version !== null) return { kind, version };
  if (kind === 'kept' && key !== null && base !== null && version !== null) {
    const standing = { key, patch: (patch ?? undefined) as Digest | undefined, base: base as Digest, version };
    return { kind, ...standing, ...(mapped && { mapped: true }) };
  }
  throw new Error(`the override of ${templateComponentId} is incomplete`);
}

export function groupBy<Key, Value>(values: readonly Value[], keyOf: (value: Value) => Key): Map<Key, Value[]> {
  return Map.groupBy(values, keyOf);
}

function missing(installationId: string): never {
  throw new Error(`the version of installation ${installationId} is not in the read models`);
}
