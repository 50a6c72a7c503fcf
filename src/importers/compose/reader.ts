import { emptyRecord } from '../../domain/json.js';
import type { SourceFile } from '../imported-project.js';
import type { Budget } from './budget.js';
import type { Environment, Environments } from './environments.js';
import { resolvePath, type Files } from './files.js';
import { mergeMaps } from './merge.js';
import { parseFile } from './parse.js';
import { failAt, inheritPlaces, placed, placeOf, type Place } from './place.js';
import { isMap, textOf, type Tree, type TreeMap } from './tree.js';
import type { Warnings } from './warnings.js';

/** From where a file names others, and the variables that it is read with. */
export interface Scope {
  readonly folder: string;
  readonly environment: Environment;
}

export interface ParsedFile extends Scope {
  readonly name: string | undefined;
  readonly root: TreeMap;
}

/** Reads the files of one import: what they hold, within the budget, with places. */
export class Reader {
  readonly #parsed = new Map<string, ParsedFile>();

  constructor(
    readonly files: Files,
    readonly environments: Environments,
    readonly budget: Budget,
    readonly warnings: Warnings,
  ) {}

  /**
   * A file that another one names, parsed once for each folder and environment that it is read with.
   * @throws ImportFailedError at the place of its name where it is not given.
   */
  open(path: string, scope: Scope, place: Place): ParsedFile {
    const key = JSON.stringify([path, scope.folder, scope.environment.id]);
    const parsed = this.#parsed.get(key) ?? this.parse({ name: path, content: this.textOf(path, place) }, scope);
    this.#parsed.set(key, parsed);
    return parsed;
  }

  textOf(path: string, place: Place): string {
    const content = this.files.find(path)?.content;
    if (content === undefined || content === null) throw failAt(place, `the file ${path} is not among those given`);
    return content;
  }

  parse({ name, content }: SourceFile, scope: Scope): ParsedFile {
    const root = parseFile({
      name,
      text: content,
      variables: scope.environment.variables,
      budget: this.budget,
      onUnset: (variable, place) => {
        const message = `the variable ${variable} has no value: it is read as an empty text`;
        this.warnings.addOnce(`variable ${variable}`, 'VARIABLE_UNSET', message, place);
      },
    });
    if (name) this.files.markProject(name);
    this.#hideSecrets(root, scope.folder);
    return { ...scope, name, root: withServices(root) };
  }

  merge(under: TreeMap, over: TreeMap, place: Place, at?: string): TreeMap {
    return placed(
      () => place,
      () => mergeMaps(under, over, this.budget, at),
    );
  }

  /** The files of secrets, also of those that another file replaces or that no service uses. */
  #hideSecrets({ secrets }: TreeMap, folder: string): void {
    for (const secret of isMap(secrets) ? Object.values(secrets) : []) {
      const path = isMap(secret) ? textOf(secret['file']) : undefined;
      if (path !== undefined) this.files.hide(resolvePath(folder, path));
    }
  }
}

const SECTIONS = ['services', 'version', 'volumes', 'networks', 'include', 'configs', 'secrets'];

/** Files of the first Compose format have services at the top. */
function withServices(root: TreeMap): TreeMap {
  if (SECTIONS.some((key) => Object.hasOwn(root, key))) return root;
  const names = Object.keys(root).filter((key) => !key.startsWith('x-') && key !== 'name');
  if (names.length === 0) return root;
  const odd = names.find((name) => {
    const service = root[name];
    return !isMap(service) || !['image', 'build', 'extends'].some((key) => Object.hasOwn(service, key));
  });
  if (odd !== undefined) throw failAt(placeOf(root, odd), `"${odd}" is no section of a Compose file, and no service`);
  const services = emptyRecord<Tree>();
  const rest = emptyRecord<Tree>();
  for (const [key, value] of Object.entries(root)) (key.startsWith('x-') || key === 'name' ? rest : services)[key] = value;
  rest['services'] = inheritPlaces(services, root);
  return inheritPlaces(rest, root);
}
