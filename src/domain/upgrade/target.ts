import { requireManifest, type Manifests } from '../app/names.js';
import type { InstalledComponent } from '../app/state.js';
import type { ComponentId, Digest, TemplateComponentId } from '../ids.js';
import type { Manifest } from '../template/manifest.js';

/** What a component of an installation stands on, or is to stand on. */
export type Standing = Pick<
  InstalledComponent,
  'templateComponentId' | 'key' | 'templateKey' | 'base' | 'patch' | 'version' | 'keyspace' | 'kept' | 'mapped'
>;

/** How a component that a target does not have is absent: done without by the install, or removed by a version before the others were moved. */
export type Absence = { readonly kind: 'excluded' } | { readonly kind: 'removed'; readonly version: string } | { readonly kind: 'unknown' };

/** Where a plan is to bring an installation. */
export interface Target {
  /**
   * An upgrade brings components to what a version has, and lets alone those that were kept against the template; a rollback brings them back to
   * what they were, at whatever versions.
   */
  readonly kind: 'UPGRADE' | 'ROLLBACK';
  /** Label of the version that the installation then stands at. */
  readonly version: string;
  /** Those of the versions that its components then stand at. */
  readonly manifests: Manifests;
  readonly components: ReadonlyMap<TemplateComponentId, Standing>;
  /** The app-level content, by its base and local patch. */
  readonly content: { readonly base: Digest; readonly patch: Digest | undefined };
  /** Of a rollback: the components that the installation was then told to do without. */
  readonly absent: ReadonlyMap<TemplateComponentId, Absence>;
  /** Of a rollback: whether a component was without what it needs then, too. The need is in the keys that the component is then written in. */
  readonly lacked: (id: TemplateComponentId, need: string) => boolean;
  /** The same of a component outside the installation, in the keys of the app. */
  readonly lackedBeside: (id: ComponentId, need: string) => boolean;
}

/** A version, as an upgrade to it wants an installation to be. */
export function versionTarget(version: string, manifest: Manifest): Target {
  const components = [...manifest.components.values()].map(({ templateComponentId, key, digest }): Standing => {
    const standing = { templateKey: key, base: digest, patch: undefined, version, keyspace: version, kept: false, mapped: false };
    return { templateComponentId, key, ...standing };
  });
  return {
    kind: 'UPGRADE',
    version,
    manifests: new Map([[version, manifest]]),
    components: new Map(components.map((standing) => [standing.templateComponentId, standing])),
    content: { base: manifest.content, patch: undefined },
    absent: new Map(),
    lacked: () => false,
    lackedBeside: () => false,
  };
}

/** How a component that is not in a target's `components` is absent from it. */
export function absenceIn({ kind, version, absent }: Target, id: TemplateComponentId): Absence {
  return absent.get(id) ?? (kind === 'UPGRADE' ? { kind: 'removed', version } : { kind: 'unknown' });
}

/** The manifest of the version that the installation then stands at. */
export function targetManifest({ manifests, version }: Target): Manifest {
  return requireManifest(manifests, version);
}
