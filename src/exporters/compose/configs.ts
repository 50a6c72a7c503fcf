import type { AppContent, ConfigFileDefinition, Definition } from '../../domain/definition/definition.js';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json.js';
import { listAt, objectAt, objectOf, omit, sortedEntries } from './json.js';

interface Grant {
  readonly source: string;
  readonly target: string;
  readonly mode: string | undefined;
  /** As the service says it. */
  readonly entry: Json;
}

/**
 * Config files are top-level configs that say their content, and that services are granted. A file that came as a grant keeps the name of its
 * config, while nobody else means another content by it; any other gets a config of its own.
 */
export class Configs {
  readonly #declared: JsonObject;
  readonly #contents = new Map<string, string>();
  readonly #taken: Set<string>;
  /** How often a name was given, numbered from the second time on. */
  readonly #named = new Map<string, number>();

  constructor(components: readonly Definition[], { extra }: AppContent) {
    this.#declared = objectAt(extra, 'configs');
    this.#taken = new Set(Object.keys(this.#declared));
    for (const definition of components) {
      for (const { source, target } of grantsOf(definition)) {
        this.#taken.add(source);
        const content = contentOf(fileAt(definition, target));
        if (content !== undefined && !this.#contents.has(source)) this.#contents.set(source, content);
      }
    }
  }

  /** `configs` of a service. */
  of(definition: Definition): Json[] {
    const { key, configFiles = {} } = definition;
    const grants = new Map(grantsOf(definition).map((grant) => [grant.target, grant]));
    const targets = new Set([...grants.keys(), ...sortedEntries(configFiles).map(([target]) => target)]);
    return [...targets].flatMap((target): Json[] => {
      const file = fileAt(definition, target);
      const grant = grants.get(target);
      if (!file) return [];
      const content = contentOf(file);
      if (content === undefined) return grant && this.#isLeftOpen(grant.source) ? [entryOf(grant, grant.source, target, file)] : [];
      const source = grant && this.#contents.get(grant.source) === content ? grant.source : this.#name(key, target, content);
      return [entryOf(grant, source, target, file)];
    });
  }

  /** The section beside the services, once every service has said what it is granted. */
  get section(): JsonObject {
    const declared = sortedEntries(this.#declared).filter(([, config]) => isJsonObject(config) || config === null);
    const names = new Set([...declared.map(([name]) => name), ...this.#contents.keys()]);
    return objectOf(
      [...names].sort().map((name): [string, Json] => {
        const content = this.#contents.get(name);
        const config = Object.hasOwn(this.#declared, name) ? this.#declared[name] : undefined;
        return [name, content === undefined ? (config ?? null) : { ...omit(objectAt(this.#declared, name), ...ORIGINS), content }];
      }),
    );
  }

  #isLeftOpen(source: string): boolean {
    return Object.hasOwn(this.#declared, source) && !this.#contents.has(source);
  }

  #name(key: string, target: string, content: string): string {
    const file = target.slice(target.lastIndexOf('/') + 1).replace(/[^a-zA-Z0-9._-]+/g, '-');
    const plain = `${key}-${file.slice(0, 40) || 'config'}`;
    let count = this.#named.get(plain) ?? 0;
    let name: string;
    do {
      count += 1;
      name = count === 1 ? plain : `${plain}-${count}`;
    } while (this.#taken.has(name));
    this.#named.set(plain, count);
    this.#taken.add(name);
    this.#contents.set(name, content);
    return name;
  }
}

/** Where a config may be from; it is from one of them. */
const ORIGINS = ['file', 'environment', 'external', 'content'];

function fileAt({ configFiles = {} }: Definition, target: string): ConfigFileDefinition | undefined {
  return Object.hasOwn(configFiles, target) ? configFiles[target] : undefined;
}

function contentOf(file: ConfigFileDefinition | undefined): string | undefined {
  return file && 'content' in file && file.content !== null ? file.content : undefined;
}

function grantsOf({ extra }: Definition): Grant[] {
  return listAt(extra, 'configs').flatMap((entry): Grant[] => {
    if (typeof entry === 'string') return [{ source: entry, target: `/${entry}`, mode: undefined, entry }];
    if (!isJsonObject(entry)) return [];
    const { source, target = isText(source) ? `/${source}` : undefined, mode } = entry;
    const modeText = typeof mode === 'number' ? String(mode) : mode;
    return isText(source) && isText(target) && (modeText === undefined || isText(modeText))
      ? [{ source, target, mode: modeText, entry }]
      : [];
  });
}

function isText(json: Json | undefined): json is string {
  return typeof json === 'string';
}

function entryOf(grant: Grant | undefined, source: string, target: string, { mode }: ConfigFileDefinition): Json {
  if (grant?.source === source && grant.mode === mode) return grant.entry;
  const rest = isJsonObject(grant?.entry) ? omit(grant.entry, 'source', 'target', 'mode') : {};
  return objectOf([['source', source], ['target', target], ['mode', mode], ...Object.entries(rest)]);
}
