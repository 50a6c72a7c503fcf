import { emptyRecord } from '../json.js';
import type { Definition, DependencyDefinition } from '../definition/definition.js';

/** Before a reference that leaves the installation and would otherwise read as one to a component of the template. `:` is in no key. */
const OUTSIDE = 'app:';

/**
 * A definition with its references to siblings under other names.
 * @param rename gives the new name of a key; the key itself where it stays.
 */
export function renameReferences(definition: Definition, rename: (key: string) => string): Definition {
  const needs = Object.entries(definition.dependsOn ?? {});
  if (needs.every(([key]) => rename(key) === key)) return definition;
  const dependsOn = emptyRecord<DependencyDefinition>();
  for (const [key, need] of needs) dependsOn[rename(key)] = need;
  return { ...definition, dependsOn };
}

/**
 * The two names of an installation's components: the key in the template (in which base definitions and local patches are written), and the key
 * in the app, which differs where it was taken or changed.
 */
export class ReferenceNames {
  readonly #toApp = new Map<string, string>();
  readonly #toTemplate = new Map<string, string>();

  /** @param components those of one installation. */
  constructor(components: readonly { readonly key: string; readonly templateKey: string; readonly kept: boolean }[]) {
    for (const { key, templateKey, kept } of components) {
      if (kept) continue;
      this.#toApp.set(templateKey, key);
      this.#toTemplate.set(key, templateKey);
    }
  }

  /** The same once a component has another key in the app. */
  renamed(templateKey: string, key: string): ReferenceNames {
    const entries = [...this.#toApp].map(([other, now]) => ({ templateKey: other, key: other === templateKey ? key : now, kept: false }));
    return new ReferenceNames(entries);
  }

  toApp(key: string): string {
    return key.startsWith(OUTSIDE) ? key.slice(OUTSIDE.length) : (this.#toApp.get(key) ?? key);
  }

  /** Law: `toApp(toTemplate(key))` is `key`. */
  toTemplate(key: string): string {
    return this.#toTemplate.get(key) ?? (this.#toApp.has(key) ? OUTSIDE + key : key);
  }
}
