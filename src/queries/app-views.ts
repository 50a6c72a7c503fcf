import {
  installationsByApps,
  overridesByInstallations,
  ownComponentsByApps,
  type AppRow,
  type InstallationRow,
  type OverrideRow,
} from '../../projections/apps/queries.js';
import { manifestsOf } from '../../projections/templates/manifests.js';
import { versionsByKeys } from '../../projections/templates/queries.js';
import { viewApp, type AppOutline, type AppView, type Installation, type Override } from '../domain/app/state.js';
import type { AppId, ComponentId, Digest, InstallationId, TemplateComponentId, TemplateId } from '../domain/ids.js';
import type { Manifest } from '../domain/template/manifest.js';
import type { ReadModel } from '../projector/projection.js';

/** Apps as the read models tell them, in the shape in which the domain looks at them. The same number of statements for any number of apps. */
export function viewsOfApps(db: ReadModel, apps: readonly AppRow[]): AppView[] {
  const ids = apps.map(({ id }) => id);
  const components = groupBy(ownComponentsByApps(db, ids), ({ appId }) => appId);
  const installationRows = installationsByApps(db, ids);
  const overrides = groupBy(
    overridesByInstallations(
      db,
      installationRows.map(({ id }) => id),
    ),
    ({ installationId }) => installationId,
  );
  const manifests = manifestsAt(db, installationRows);
  const installations = groupBy(installationRows, ({ appId }) => appId);
  return apps.map((app) => {
    const rows = installations.get(app.id) ?? [];
    const state: AppOutline = {
      appId: app.id as AppId,
      name: app.name,
      team: app.team,
      content: (app.content ?? undefined) as Digest | undefined,
      components: new Map(
        (components.get(app.id) ?? []).map(({ componentId, key, digest }) => [
          componentId as ComponentId,
          { componentId: componentId as ComponentId, key, digest: digest as Digest },
        ]),
      ),
      installations: new Map(rows.map((row) => [row.id as InstallationId, toInstallation(row, overrides.get(row.id) ?? [])])),
    };
    return viewApp(state, new Map(rows.map(({ id }) => [id as InstallationId, manifests.get(id) ?? missing(id)])));
  });
}

function manifestsAt(db: ReadModel, installations: readonly InstallationRow[]): Map<string, Manifest> {
  const versions = versionsByKeys(db, installations);
  const manifests = manifestsOf(db, [...new Set(versions.map(({ id }) => id))]);
  const byKey = new Map(versions.map(({ id, templateId, sortKey }) => [`${templateId} ${sortKey}`, manifests.get(id)]));
  return new Map(
    installations.flatMap(({ id, templateId, sortKey }) => {
      const manifest = byKey.get(`${templateId} ${sortKey}`);
      return manifest ? [[id, manifest] as const] : [];
    }),
  );
}

function toInstallation(row: InstallationRow, overrides: readonly OverrideRow[]): Installation {
  return {
    installationId: row.id as InstallationId,
    templateId: row.templateId as TemplateId,
    version: row.version,
    contentPatch: (row.contentPatch ?? undefined) as Digest | undefined,
    overrides: new Map(overrides.map((override) => [override.templateComponentId as TemplateComponentId, toOverride(override)])),
  };
}

function toOverride({ kind, key, patch, base, version, templateComponentId }: OverrideRow): Override {
  if (kind === 'excluded') return { kind };
  if (kind === 'changed' && key !== null && patch !== null) return { kind, key, patch: patch as Digest };
  if (kind === 'kept' && key !== null && base !== null && version !== null) {
    return { kind, key, patch: (patch ?? undefined) as Digest | undefined, base: base as Digest, version };
  }
  throw new Error(`the override of ${templateComponentId} is incomplete`);
}

export function groupBy<Key, Value>(values: readonly Value[], keyOf: (value: Value) => Key): Map<Key, Value[]> {
  return Map.groupBy(values, keyOf);
}

function missing(installationId: string): never {
  throw new Error(`the version of installation ${installationId} is not in the read models`);
}
