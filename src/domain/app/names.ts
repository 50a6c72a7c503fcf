import type { InstallationId, TemplateComponentId } from '../ids.js';
import type { Manifest } from '../template/manifest.js';
import { ReferenceNames } from './references.js';

/** The manifests of the versions that an installation's components stand at, by label. */
export type Manifests = ReadonlyMap<string, Manifest>;

/** What the names of one installation are made of. */
export interface NamedInstallation {
  readonly manifests: Manifests;
  /** The keys in this app of the components that are there. */
  readonly keys: ReadonlyMap<TemplateComponentId, string>;
}

/**
 * How the keys of templates and those of an app translate. Components of one installation may stand at different versions of its template, and
 * a version's keys are its own: there are as many translations as versions in use.
 */
export class AppNames {
  readonly #made = new Map<string, ReferenceNames>();

  constructor(private readonly installations: ReadonlyMap<InstallationId, NamedInstallation>) {}

  /** Those of a component: of the version in whose keys it is written. */
  of({ installationId, keyspace }: { readonly installationId: InstallationId; readonly keyspace: string }): ReferenceNames {
    const place = `${installationId} ${keyspace}`;
    const made = this.#made.get(place) ?? this.#make(installationId, keyspace);
    this.#made.set(place, made);
    return made;
  }

  /** The same once a component has another key in the app. */
  renamed(
    { installationId, templateComponentId }: { readonly installationId: InstallationId; readonly templateComponentId: TemplateComponentId },
    key: string,
  ): AppNames {
    const installation = this.#installation(installationId);
    const keys = new Map(installation.keys).set(templateComponentId, key);
    return new AppNames(new Map(this.installations).set(installationId, { ...installation, keys }));
  }

  #make(installationId: InstallationId, version: string): ReferenceNames {
    const { manifests, keys } = this.#installation(installationId);
    return namesIn(requireManifest(manifests, version), keys);
  }

  #installation(installationId: InstallationId): NamedInstallation {
    const installation = this.installations.get(installationId);
    if (!installation) throw new Error(`no installation ${installationId} in the app`);
    return installation;
  }
}

/** The translation of one version's keys, for components that have these keys in the app. */
export function namesIn(manifest: Manifest, keys: ReadonlyMap<TemplateComponentId, string>): ReferenceNames {
  return new ReferenceNames(
    [...manifest.components.values()].flatMap(({ templateComponentId, key: templateKey }) => {
      const key = keys.get(templateComponentId);
      return key === undefined ? [] : [{ templateKey, key }];
    }),
  );
}

export function requireManifest(manifests: Manifests, version: string): Manifest {
  const manifest = manifests.get(version);
  if (!manifest) throw new Error(`the manifest of version ${version} was not loaded`);
  return manifest;
}
