import { emptyRecord, isJsonObject } from '../json.js';
import type { Definition } from '../definition/definition.js';

/** Before a reference that leaves the installation and would otherwise read as one to a component of the template. `:` is in no key. */
const OUTSIDE = 'app:';

/** The reference to a component outside the installation whose key the template has, too. */
export function outside(key: string): string {
  return OUTSIDE + key;
}

/**
 * A definition with its references to siblings under other names: its dependencies, and what an importer kept beside them.
 * @param rename gives the new name of a key; the key itself where it stays.
 */
export function renameReferences(definition: Definition, rename: (key: string) => string): Definition {
  const { dependsOn = {}, extra } = definition;
  if (Object.keys(dependsOn).every((key) => rename(key) === key)) return definition;
  const beside = extra?.['depends_on'];
  return {
    ...definition,
    dependsOn: renameKeys(dependsOn, rename),
    ...(isJsonObject(beside) && { extra: { ...extra, depends_on: renameKeys(beside, rename) } }),
  };
}

function renameKeys<T>(map: Readonly<Record<string, T>>, rename: (key: string) => string): Record<string, T> {
  const renamed = emptyRecord<T>();
  for (const [key, value] of Object.entries(map)) renamed[rename(key)] = value;
  return renamed;
}

/** The keys that a component cannot be without: what it depends on, but for what Compose says is not required. */
export function requiredNeeds({ dependsOn = {}, extra }: Definition): string[] {
  const beside = extra?.['depends_on'];
  if (!isJsonObject(beside)) return Object.keys(dependsOn);
  return Object.keys(dependsOn).filter((key) => {
    const said = Object.hasOwn(beside, key) ? beside[key] : undefined;
    return !(isJsonObject(said) && said['required'] === false);
  });
}

/**
 * The two names of an installation's components: the key in the template (in which base definitions and local patches are written), and the key
 * in the app, which differs where it was taken or changed.
 */
export class ReferenceNames {
  readonly #toApp = new Map<string, string>();
  readonly #toTemplate = new Map<string, string>();

  /** @param components those of one installation that the version has and that are there. */
  constructor(components: readonly { readonly key: string; readonly templateKey: string }[]) {
    for (const { key, templateKey } of components) {
      this.#toApp.set(templateKey, key);
      this.#toTemplate.set(key, templateKey);
    }
  }

  toApp(key: string): string {
    return key.startsWith(OUTSIDE) ? key.slice(OUTSIDE.length) : (this.#toApp.get(key) ?? key);
  }

  /** Law: `toApp(toTemplate(key))` is `key`. */
  toTemplate(key: string): string {
    return this.#toTemplate.get(key) ?? (this.#toApp.has(key) ? outside(key) : key);
  }
}
