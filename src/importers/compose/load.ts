import { posix } from 'node:path';
import { emptyRecord } from '../../domain/json.js';
import { ImportFailedError, type ComposeSource, type ImportWarning, type SourceFile } from '../imported-project.js';
import { parseDotenv } from './dotenv.js';
import { Files, isPath, pathFrom } from './files.js';
import type { Variables } from './interpolate.js';
import { mergeMaps, settle } from './merge.js';
import { parseFile, type ParsedFile } from './parse.js';
import { inheritPlace, isList, isMap, lineOf, listOf, Override, Reset, textOf, type Tree, type TreeMap } from './tree.js';

/** A project with its files merged, included and extended into one. */
export interface LoadedProject {
  readonly root: TreeMap;
  readonly services: TreeMap;
  readonly files: Files;
  readonly variables: ReadonlyMap<string, string>;
  /** Name of the project file. */
  readonly name: string | undefined;
}

export function loadProject(source: ComposeSource, warnings: ImportWarning[]): LoadedProject {
  const [project, ...others] = source.files;
  if (!project) throw new ImportFailedError('no file is given');
  const variables = parseDotenv(source.env ?? '');
  const loader = new Loader(new Files(source.files), warnings);
  const overlays = others.filter(({ overlay }) => overlay);
  const root = loader.project([project, ...overlays], variables, []);
  const services = root['services'];
  if (services !== undefined && !isMap(services))
    throw new ImportFailedError('services is a mapping', project.name, lineOf(root, 'services'));
  return {
    root,
    services: services ?? {},
    files: loader.files,
    variables,
    name: project.name,
  };
}

class Loader {
  readonly #warned = new Set<string>();

  constructor(
    readonly files: Files,
    private readonly warnings: ImportWarning[],
  ) {}

  /** Merges a project file with its overlays, after extending the services of each, and lays it over what it includes. */
  project(files: readonly SourceFile[], variables: ReadonlyMap<string, string>, including: readonly string[]): TreeMap {
    let merged: TreeMap = emptyRecord<Tree>();
    let included: TreeMap = emptyRecord<Tree>();
    for (const file of files) {
      const parsed = this.#parse(file, variables);
      for (const tree of listOf(parsed.root['include'])) {
        included = this.#disjoint(included, this.#include(tree, parsed, variables, including), parsed);
      }
      merged = mergeMaps(merged, this.#extendAll(parsed, variables));
    }
    return this.#disjoint(included, merged, undefined);
  }

  #parse({ name, content }: SourceFile, variables: Variables): ParsedFile {
    const parsed = parseFile({
      name,
      text: content,
      variables,
      onUnset: (variable, line) => {
        if (this.#warned.has(variable)) return;
        this.#warned.add(variable);
        const message = `the variable ${variable} has no value: it is read as an empty text`;
        this.warnings.push({ code: 'VARIABLE_UNSET', message, ...(name && { file: name }), ...(line && { line }) });
      },
    });
    return { ...parsed, root: withServices(parsed) };
  }

  #include(tree: Tree, from: ParsedFile, variables: ReadonlyMap<string, string>, including: readonly string[]): TreeMap {
    const long = isMap(tree) ? tree : undefined;
    const paths = listOf(long ? long['path'] : tree).map((path) => pathFrom(from.name, textOf(path) ?? ''));
    const [first] = paths;
    if (first === undefined) throw this.#error('include names no file', from, from.root, 'include');
    if (including.includes(first))
      throw this.#error(`files include each other: ${[...including, first].join(' -> ')}`, from, from.root, 'include');
    const files = paths.map((path): SourceFile => ({ name: path, content: this.#required(path, from, from.root, 'include') }));
    let inner = new Map(variables);
    for (const entry of listOf(long?.['env_file'])) {
      const text = this.files.read(pathFrom(from.name, textOf(entry) ?? ''));
      if (text !== undefined) inner = new Map([...parseDotenv(text, inner), ...variables]);
    }
    return this.project(files, inner, [...including, first]);
  }

  /** What is included and what includes it must not define the same thing. */
  #disjoint(under: TreeMap, over: TreeMap, file: ParsedFile | undefined): TreeMap {
    for (const section of ['services', 'networks', 'volumes', 'configs', 'secrets']) {
      const [left, right] = [under[section], over[section]];
      if (!isMap(left) || !isMap(right)) continue;
      const both = Object.keys(left).find(
        (name) => Object.hasOwn(right, name) && JSON.stringify(left[name]) !== JSON.stringify(right[name]),
      );
      if (both) throw this.#error(`${section}.${both} is defined here and in an included file`, file, right, both);
    }
    return mergeMaps(under, over);
  }

  #extendAll(file: ParsedFile, variables: Variables): TreeMap {
    const services = file.root['services'];
    const rest = Object.fromEntries(Object.entries(file.root).filter(([key]) => key !== 'include' && key !== 'services'));
    if (!isMap(services)) return file.root['services'] === undefined ? rest : { ...rest, services: file.root['services'] };
    const extended = emptyRecord<Tree>();
    for (const [name, service] of Object.entries(services)) {
      extended[name] = service instanceof Reset ? service : this.#extend(name, services, file, variables, []);
    }
    inheritPlace(extended, services);
    const root = { ...rest, services: extended };
    inheritPlace(root, file.root);
    return root;
  }

  #extend(name: string, services: TreeMap, file: ParsedFile, variables: Variables, chain: readonly string[]): Tree {
    const tree = Object.hasOwn(services, name) ? services[name] : undefined;
    const service = tree instanceof Override ? tree.value : tree;
    if (!isMap(service)) throw this.#error(`service "${name}" is a mapping`, file, services, name);
    const extending = service['extends'];
    if (extending === undefined) return tree ?? service;
    const id = `${file.name ?? 'the project'}#${name}`;
    if (chain.includes(id)) throw this.#error(`services extend each other: ${[...chain, id].join(' -> ')}`, file, service, 'extends');
    const base = this.#base(service, extending, services, file, variables, [...chain, id]);
    const own = Object.fromEntries(Object.entries(service).filter(([key]) => key !== 'extends'));
    inheritPlace(own, service);
    const settled = settle(base);
    return isMap(settled) ? mergeMaps(settled, own) : own;
  }

  #base(service: TreeMap, extending: Tree, services: TreeMap, file: ParsedFile, variables: Variables, chain: readonly string[]): Tree {
    const long = isMap(extending) ? extending : undefined;
    const name = textOf(long ? long['service'] : extending);
    if (name === undefined) throw this.#error('extends names no service', file, service, 'extends');
    const reference = textOf(long?.['file']);
    if (reference === undefined) {
      if (!Object.hasOwn(services, name)) throw this.#error(`extends: there is no service "${name}"`, file, service, 'extends');
      return this.#extend(name, services, file, variables, chain);
    }
    const path = pathFrom(file.name, reference);
    const other = this.#parse({ name: path, content: this.#required(path, file, service, 'extends') }, variables);
    const theirs = other.root['services'];
    if (!isMap(theirs) || !Object.hasOwn(theirs, name))
      throw this.#error(`extends: ${path} has no service "${name}"`, file, service, 'extends');
    const base = this.#extend(name, theirs, other, variables, chain);
    return posix.dirname(path) === posix.dirname(file.name ?? '') ? base : rebase(base, file.name, path);
  }

  #required(path: string, from: ParsedFile, at: Tree, key: string): string {
    const content = this.files.read(path);
    if (content === undefined) throw this.#error(`the file ${path} is not among those given`, from, at, key);
    return content;
  }

  #error(message: string, file: ParsedFile | undefined, at: Tree | undefined, key?: string): ImportFailedError {
    return new ImportFailedError(message, file?.name, lineOf(at, key));
  }
}

/** Files of the first Compose format have services at the top. */
function withServices(file: ParsedFile): TreeMap {
  const { root, name } = file;
  const modern = ['services', 'version', 'volumes', 'networks', 'include', 'configs', 'secrets'].some((key) => Object.hasOwn(root, key));
  if (modern) return root;
  const sections = Object.entries(root).filter(([key]) => !key.startsWith('x-') && key !== 'name');
  if (sections.length === 0) return root;
  const odd = sections.find(([, service]) => !isMap(service) || !['image', 'build', 'extends'].some((key) => Object.hasOwn(service, key)));
  if (odd) throw new ImportFailedError(`"${odd[0]}" is no section of a Compose file, and no service`, name, lineOf(root, odd[0]));
  const rest = Object.entries(root).filter(([key]) => key.startsWith('x-') || key === 'name');
  return Object.fromEntries([...rest, ['services', Object.fromEntries(sections)]]);
}

/** Paths in a service of another folder, seen from the folder of the file that takes it over. */
function rebase(tree: Tree, to: string | undefined, from: string): Tree {
  if (!isMap(tree)) return tree;
  const move = (reference: string): string => {
    const path = posix.relative(posix.dirname(to ?? ''), pathFrom(from, reference));
    return path.startsWith('.') ? path : `./${path}`;
  };
  const envFile = (entry: Tree): Tree => (isMap(entry) ? { ...entry, path: move(textOf(entry['path']) ?? '') } : move(textOf(entry) ?? ''));
  const volume = (entry: Tree): Tree => {
    const short = textOf(entry);
    if (short !== undefined && /^\.{1,2}\//.test(short)) return short.replace(/^[^:]+/, move);
    const source = isMap(entry) ? textOf(entry['source']) : undefined;
    return isMap(entry) && source !== undefined && isPath(source) && source.startsWith('.') ? { ...entry, source: move(source) } : entry;
  };
  return {
    ...tree,
    ...(tree['env_file'] !== undefined && { env_file: listOf(tree['env_file']).map(envFile) }),
    ...(isList(tree['volumes']) && { volumes: tree['volumes'].map(volume) }),
  };
}
