import { requireManifest, type Manifests } from '../app/names.js';
import { outside } from '../app/references.js';
import type { AppView, Installation } from '../app/state.js';
import type { Definition } from '../definition/definition.js';
import type { TemplateComponentId } from '../ids.js';
import { keysInTarget, type Manifest } from '../template/manifest.js';
import { installedOf } from './installed-of.js';
import type { Target } from './target.js';

interface Translation {
  readonly template: (key: string) => string;
  /** Keys of the version that it is from. */
  readonly known: ReadonlySet<string>;
  /** Keys of the version that it is to which a component of the app has. */
  readonly taken: ReadonlySet<string>;
  readonly after: Manifest['components'];
}

const same = (key: string): string => key;

/** Translates references from the keys of one version of a template to those of another. */
export class Keyspaces {
  readonly #manifests: Manifests;
  readonly #siblings: ReadonlyMap<string, TemplateComponentId>;
  readonly #taken: ReadonlySet<string>;
  readonly #made = new Map<string, Translation>();

  constructor(view: AppView, installation: Installation, target: Pick<Target, 'manifests'>) {
    this.#manifests = new Map([...(view.manifests.get(installation.installationId) ?? []), ...target.manifests]);
    this.#siblings = new Map(
      [...installedOf(view, installation).values()].map(({ key, templateComponentId }) => [key, templateComponentId]),
    );
    this.#taken = new Set(view.components.map(({ key }) => key));
  }

  /**
   * For what the template says: by identity; a key that only one of the versions has stays. But a sibling that only the first one has, and that the
   * install gave another key, is named by that one: under its own, another component of the app may be there.
   */
  ofTemplate(from: string, to: string): (key: string) => string {
    return from === to ? same : this.#between(from, to).template;
  }

  /**
   * For what the install says. What only it depends on, outside the template, stays that when the version has a component of the same key; but
   * for a sibling that is in the other version alone, and is meant.
   * @param base what the install's definition stands on.
   */
  ofInstall({ dependsOn = {} }: Pick<Definition, 'dependsOn'>, from: string, to: string): (key: string) => string {
    if (from === to) return same;
    const { template, known, taken, after } = this.#between(from, to);
    return (key) => {
      if (Object.hasOwn(dependsOn, key) || known.has(key)) return template(key);
      const sibling = this.#siblings.get(key);
      const entry = sibling && after.get(sibling);
      if (entry) return entry.key;
      return taken.has(key) ? outside(key) : key;
    };
  }

  /** What a component of a version cannot be without, told from the manifest alone. */
  needsOf(version: string, id: TemplateComponentId): readonly string[] {
    return requireManifest(this.#manifests, version).components.get(id)?.needs ?? [];
  }

  manifest(version: string): ReturnType<typeof requireManifest> {
    return requireManifest(this.#manifests, version);
  }

  /** Made once for each pair of versions: there are few, and many components that are translated. */
  #between(from: string, to: string): Translation {
    const pair = JSON.stringify([from, to]);
    const made = this.#made.get(pair) ?? this.#translate(from, to);
    this.#made.set(pair, made);
    return made;
  }

  #translate(from: string, to: string): Translation {
    const [before, after] = [requireManifest(this.#manifests, from), requireManifest(this.#manifests, to)];
    const toTarget = keysInTarget(before, after);
    const keysAfter = new Set([...after.components.values()].map(({ key }) => key));
    const gone = new Map(
      [...this.#siblings].flatMap(([key, id]) => {
        const entry = before.components.get(id);
        if (!entry || entry.key === key || after.components.has(id)) return [];
        return [[entry.key, keysAfter.has(key) ? outside(key) : key] as const];
      }),
    );
    const known = new Set([...before.components.values()].map(({ key }) => key));
    const taken = new Set([...keysAfter].filter((key) => this.#taken.has(key)));
    return { template: (key) => gone.get(key) ?? toTarget(key), known, taken, after: after.components };
  }
}
