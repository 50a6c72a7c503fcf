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
import type { Bindings } from './bindings.js';
import { ReferenceNames } from './references.js';

/** An app as its stream tells it. Deleted apps are gone: they have no state. */
export interface AppState {
  readonly appId: AppId;
  readonly name: string;
  readonly team: string;
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
  /** Label of the version that it stands at. */
  readonly version: string;
  /** The local patch of the app-level content. */
  readonly contentPatch: Digest | undefined;
  /** Only of the components that are not as the version has them. */
  readonly overrides: ReadonlyMap<TemplateComponentId, Override>;
}

export type Override =
  /** Deleted at the install: later versions of it are listed, not installed. */
  | { readonly kind: 'excluded' }
  | { readonly kind: 'changed'; readonly key: string; readonly patch: Digest }
  /** Gone from the template, kept at the install by choice; it stands on what it was at `version`. */
  | { readonly kind: 'kept'; readonly key: string; readonly patch: Digest | undefined; readonly base: Digest; readonly version: string };

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
  /** Whether the template no longer has it. */
  readonly kept: boolean;
}

/** An app with the manifests that its installations stand on: all that is needed to see its components. */
export interface AppView {
  readonly state: AppOutline;
  readonly manifests: ReadonlyMap<InstallationId, Manifest>;
  /** The app's own components, then those of each installation. */
  readonly components: readonly AppComponent[];
  readonly names: ReadonlyMap<InstallationId, ReferenceNames>;
}

export function viewApp(state: AppOutline, manifests: ReadonlyMap<InstallationId, Manifest>): AppView {
  const components: AppComponent[] = [...state.components.values()].map((component) => ({ origin: 'own', ...component }));
  const names = new Map<InstallationId, ReferenceNames>();
  for (const installation of state.installations.values()) {
    const manifest = manifests.get(installation.installationId);
    if (!manifest) throw new Error(`no manifest for installation ${installation.installationId}`);
    const installed = installedComponents(installation, manifest);
    names.set(installation.installationId, new ReferenceNames(installed));
    components.push(...installed);
  }
  return { state, manifests, components, names };
}

/** The components of an installation: those of the version's manifest as overridden, then those kept against it. */
export function installedComponents(installation: Installation, manifest: Manifest): InstalledComponent[] {
  const { installationId, overrides } = installation;
  const components: InstalledComponent[] = [];
  for (const { templateComponentId, key, digest } of manifest.components.values()) {
    const override = overrides.get(templateComponentId);
    if (override?.kind === 'excluded') continue;
    components.push({
      origin: 'installed',
      componentId: installedComponentId(installationId, templateComponentId),
      installationId,
      templateComponentId,
      key: override?.key ?? key,
      templateKey: key,
      base: digest,
      patch: override?.patch,
      version: installation.version,
      kept: false,
    });
  }
  for (const [templateComponentId, override] of overrides) {
    if (override.kind !== 'kept' || manifest.components.has(templateComponentId)) continue;
    components.push({
      origin: 'installed',
      componentId: installedComponentId(installationId, templateComponentId),
      installationId,
      templateComponentId,
      key: override.key,
      templateKey: override.key,
      base: override.base,
      patch: override.patch,
      version: override.version,
      kept: true,
    });
  }
  return components;
}
