import {
  installedComponentId,
  type AppId,
  type ComponentId,
  type Digest,
  type InstallationId,
  type TemplateComponentId,
  type TemplateId,
} from '../ids.js';
import type { Manifest } from '../template/manifest.js';
import { desiredOverrides, isOpen, versionsOfRun, type UpgradeRun } from '../upgrade/running.js';
import type { Bindings } from './bindings.js';
import type { UpgradeTarget } from './events.js';
import type { Override, Overrides } from './override.js';
import { NOTHING_UNDER_WAY, UnderWay, type RunHere } from './under-way.js';
import { AppNames, requireManifest, type Manifests, type NamedInstallation } from './names.js';

/** An app as its stream tells it. Deleted apps are gone: they have no state. */
export interface AppState {
  readonly appId: AppId;
  readonly name: string;
  readonly team: string;
  readonly target: UpgradeTarget;
  /** The app's own app-level content, where it has any. */
  readonly content: Digest | undefined;
  readonly components: ReadonlyMap<ComponentId, OwnComponent>;
  readonly installations: ReadonlyMap<InstallationId, Installation>;
  readonly bindings: Bindings;
}

/** An app without the values that are bound to it: what read models tell. */
export type AppOutline = Omit<AppState, 'bindings'>;

export interface OwnComponent {
  readonly componentId: ComponentId;
  readonly key: string;
  readonly digest: Digest;
}

/** An install: a version of a template, and where this app differs from it. */
export interface Installation {
  readonly installationId: InstallationId;
  readonly templateId: TemplateId;
  /** Label of the version that it stands at: the one that no component is behind. */
  readonly version: string;
  /** Label of the version that a partial upgrade has moved some components to; undefined where all stand at `version`. */
  readonly pendingVersion: string | undefined;
  /** The local patch of the app-level content. */
  readonly contentPatch: Digest | undefined;
  /** Only of the components that are not as the version has them. */
  readonly overrides: Overrides;
  /** By label, the versions that it was rolled back from and is kept from until that is lifted. */
  readonly holds: ReadonlyMap<string, Hold>;
  /** The last upgrade, where an integration carries it out, or did. */
  readonly run: UpgradeRun | undefined;
}

export interface Hold {
  /** Why it was rolled back. */
  readonly reason: string | undefined;
}

/** A component of an app, wherever it comes from. */
export type AppComponent = ({ readonly origin: 'own' } & OwnComponent) | InstalledComponent;

export interface InstalledComponent {
  readonly origin: 'installed';
  readonly componentId: ComponentId;
  readonly installationId: InstallationId;
  readonly templateComponentId: TemplateComponentId;
  /** Key in this app. */
  readonly key: string;
  /** Key in the template version that it stands on. */
  readonly templateKey: string;
  readonly base: Digest;
  readonly patch: Digest | undefined;
  /** Label of the version that it stands at. */
  readonly version: string;
  /** Label of the version in whose keys its references are written: its own, but of one that is kept the installation's. */
  readonly keyspace: string;
  /** Whether it stands apart from the version: the template no longer has it, or another version alone. */
  readonly kept: boolean;
  /** Whether its base is the app's own content, which has nothing in common with the template. */
  readonly mapped: boolean;
}

/**
 * An app with the manifests that its installations stand on: all that is needed to see its components. While an integration carries out an
 * upgrade, they are as they are to be.
 */
export interface AppView {
  readonly state: AppOutline;
  readonly manifests: ReadonlyMap<InstallationId, Manifests>;
  /** The app's own components, then those of each installation. */
  readonly components: readonly AppComponent[];
  readonly names: AppNames;
  readonly underWay: UnderWay;
}

/** @param manifests for each installation those of `versionsOf`. */
export function viewApp(state: AppOutline, manifests: ReadonlyMap<InstallationId, Manifests>): AppView {
  const components: AppComponent[] = [...state.components.values()].map((component) => ({ origin: 'own', ...component }));
  const named = new Map<InstallationId, NamedInstallation>();
  for (const installation of state.installations.values()) {
    const ofVersions = manifests.get(installation.installationId);
    if (!ofVersions) throw new Error(`no manifests for installation ${installation.installationId}`);
    const installed = installedComponents({ ...installation, overrides: desiredOverrides(installation) }, ofVersions);
    const keys = new Map(installed.map(({ templateComponentId, key }) => [templateComponentId, key]));
    named.set(installation.installationId, { manifests: ofVersions, keys });
    components.push(...installed);
  }
  return { state, manifests, components, names: new AppNames(named), underWay: underWayIn(state, manifests) };
}

/** The same app as if nothing were under way: what has been reported, and nothing that is only wanted. */
export function standingView({ state, manifests }: Pick<AppView, 'state' | 'manifests'>): AppView {
  const installations = [...state.installations].map(([id, installation]) => [id, { ...installation, run: undefined }] as const);
  return viewApp({ ...state, installations: new Map(installations) }, manifests);
}

function underWayIn({ installations }: AppOutline, manifests: ReadonlyMap<InstallationId, Manifests>): UnderWay {
  const runs = [...installations.values()].flatMap((installation): RunHere[] => {
    const { installationId, run } = installation;
    if (!isOpen(run)) return [];
    const standing = installedComponents(installation, manifests.get(installationId) ?? new Map<string, Manifest>());
    return [{ installationId, run, standing: new Map(standing.map(({ templateComponentId, key }) => [templateComponentId, key])) }];
  });
  return runs.length > 0 ? new UnderWay(runs) : NOTHING_UNDER_WAY;
}

/**
 * Labels of the versions that an installation cannot be seen without: its own, those of components ahead of it, the one that is pending, those of
 * an upgrade that is under way or may be tried again.
 */
export function versionsOf({ version, pendingVersion, overrides, run }: Installation): ReadonlySet<string> {
  const versions = new Set([version, ...(run ? versionsOfRun(run) : [])]);
  if (pendingVersion !== undefined) versions.add(pendingVersion);
  for (const override of overrides.values()) if (override.kind === 'ahead') versions.add(override.version);
  return versions;
}

/** The manifest of the version that an installation stands at, or of another one that its view has. */
export function manifestAt(view: AppView, { installationId, version }: Pick<Installation, 'installationId' | 'version'>): Manifest {
  return requireManifest(view.manifests.get(installationId) ?? new Map<string, Manifest>(), version);
}

/** The components of an installation: those of the version's manifest as overridden, then those that it does not have. */
function installedComponents(installation: Installation, manifests: Manifests): InstalledComponent[] {
  const { overrides, version } = installation;
  const manifest = requireManifest(manifests, version);
  const components: InstalledComponent[] = [];
  for (const { templateComponentId, key, digest } of manifest.components.values()) {
    const override = overrides.get(templateComponentId);
    if (override?.kind === 'excluded' || override?.kind === 'removed') continue;
    if (override?.kind === 'ahead') components.push(ahead(installation, templateComponentId, override, manifests));
    else if (override?.kind === 'kept') components.push(kept(installation, templateComponentId, override));
    else {
      components.push({
        ...identityIn(installation, templateComponentId),
        key: override?.key ?? key,
        templateKey: key,
        base: digest,
        patch: override?.patch,
        version,
        keyspace: version,
        kept: false,
        mapped: false,
      });
    }
  }
  for (const [templateComponentId, override] of overrides) {
    if (manifest.components.has(templateComponentId)) continue;
    if (override.kind === 'kept') components.push(kept(installation, templateComponentId, override));
    if (override.kind === 'ahead') components.push(ahead(installation, templateComponentId, override, manifests));
  }
  return components;
}

type OverrideOf<Kind extends Override['kind']> = Extract<Override, { kind: Kind }>;

function ahead(
  installation: Installation,
  templateComponentId: TemplateComponentId,
  { key, patch, version }: OverrideOf<'ahead'>,
  manifests: Manifests,
): InstalledComponent {
  const entry = requireManifest(manifests, version).components.get(templateComponentId);
  if (!entry) throw new Error(`version ${version} has no component ${templateComponentId}`);
  const standing = { templateKey: entry.key, base: entry.digest, patch, version, keyspace: version, kept: false, mapped: false };
  return { ...identityIn(installation, templateComponentId), key, ...standing };
}

function kept(
  installation: Installation,
  templateComponentId: TemplateComponentId,
  { key, patch, base, version, mapped }: OverrideOf<'kept'>,
): InstalledComponent {
  const standing = { templateKey: key, base, patch, version, keyspace: installation.version, kept: true, mapped: mapped ?? false };
  return { ...identityIn(installation, templateComponentId), key, ...standing };
}

function identityIn(
  { installationId }: Installation,
  templateComponentId: TemplateComponentId,
): Pick<InstalledComponent, 'origin' | 'componentId' | 'installationId' | 'templateComponentId'> {
  const componentId = installedComponentId(installationId, templateComponentId);
  return { origin: 'installed', componentId, installationId, templateComponentId };
}
