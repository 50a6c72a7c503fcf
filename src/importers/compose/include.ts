import type { SourceFile } from '../imported-project.js';
import type { Environment } from './environments.js';
import { textAt } from './fields.js';
import { folderOf, resolvePath, type GivenFile } from './files.js';
import { failAt, placeOf, type Place } from './place.js';
import type { ParsedFile, Reader, Scope } from './reader.js';
import { rebaseProject } from './rebase.js';
import { isMap, listOf, textOf, toJson, type Tree, type TreeMap } from './tree.js';

/** Projects that include one another in a row. */
const MAX_CHAIN = 100;

const SECTIONS = ['services', 'networks', 'volumes', 'configs', 'secrets'];

/** Reads included projects, each once for each environment. */
export class Includer {
  /** Of the services of included projects, that of the innermost. */
  readonly environmentsOf = new Map<string, Environment>();
  readonly #done = new Map<string, TreeMap>();

  constructor(
    private readonly reader: Reader,
    private readonly load: (files: readonly SourceFile[], scope: Scope, including: readonly string[]) => TreeMap,
  ) {}

  /** All that a file includes, as one; undefined where it includes nothing. What it includes may define nothing that the file defines too. */
  includeAll(file: ParsedFile, own: TreeMap, including: readonly string[]): TreeMap | undefined {
    let included: TreeMap | undefined;
    const seen = new Set<TreeMap>();
    for (const entry of listOf(file.root['include'])) {
      const project = this.#include(entry, file, including);
      if (seen.has(project)) continue;
      seen.add(project);
      refuseBoth(project, own);
      if (included) refuseBoth(included, project);
      included = included ? this.reader.merge(included, project, placeOf(file.root, 'include')) : project;
    }
    return included;
  }

  #include(entry: Tree, file: ParsedFile, including: readonly string[]): TreeMap {
    const long = isMap(entry) ? entry : undefined;
    const place = long ? placeOf(long) : placeOf(file.root, 'include');
    const paths = listOf(long ? long['path'] : entry).map((path) => resolvePath(file.folder, textOf(path) ?? ''));
    const [first] = paths;
    if (first === undefined) throw failAt(place, 'include names no file');
    if (including.includes(first)) throw failAt(place, `files include each other: ${[...including, first].join(' -> ')}`);
    if (including.length >= MAX_CHAIN) throw failAt(place, `more than ${MAX_CHAIN} files include one another in a row`);
    const named = long && textAt(long, 'project_directory');
    const folder = named === undefined ? folderOf(first) : resolvePath(file.folder, named);
    const environment = this.#environment(long, folder, file, place);
    const key = JSON.stringify([paths, folder, environment.id, file.folder]);
    const known = this.#done.get(key);
    if (known) return known;
    const files = paths.map((path): SourceFile => ({ name: path, content: this.reader.textOf(path, place) }));
    const root = this.load(files, { folder, environment }, [...including, first]);
    for (const service of Object.keys(isMap(root['services']) ? root['services'] : {})) {
      if (!this.environmentsOf.has(service)) this.environmentsOf.set(service, environment);
    }
    const seen = rebaseProject(root, folder, file.folder);
    this.#done.set(key, seen);
    return seen;
  }

  /** The environment of an included project: what its `env_file`, or else the `.env` of its folder, adds to that of the file that includes it. */
  #environment(long: TreeMap | undefined, folder: string, file: ParsedFile, place: Place): Environment {
    const { environments, files, warnings } = this.reader;
    if (long?.['env_file'] === undefined) {
      const beside = folder === file.folder ? undefined : files.find(resolvePath(folder, '.env'));
      return beside ? environments.within(file.environment, [beside]) : file.environment;
    }
    const given = listOf(long['env_file']).flatMap((reference): GivenFile[] => {
      const path = resolvePath(file.folder, textOf(reference) ?? '');
      const found = files.find(path);
      if (!found) warnings.add('ENV_FILE_MISSING', `include: the file ${path} is not given: its variables are not known`, place);
      return found ? [found] : [];
    });
    return environments.within(file.environment, given);
  }
}

/** @throws ImportFailedError where two projects define a thing differently. */
function refuseBoth(under: TreeMap, over: TreeMap): void {
  for (const section of SECTIONS) {
    const [left, right] = [under[section], over[section]];
    if (!isMap(left) || !isMap(right)) continue;
    const both = Object.keys(left).find((name) => Object.hasOwn(right, name) && !isSame(left[name], right[name]));
    if (both !== undefined) throw failAt(placeOf(right, both), `${section}.${both} is defined here and in an included file`);
  }
}

function isSame(left: Tree | undefined, right: Tree | undefined): boolean {
  return left === right || (left !== undefined && right !== undefined && JSON.stringify(toJson(left)) === JSON.stringify(toJson(right)));
}
