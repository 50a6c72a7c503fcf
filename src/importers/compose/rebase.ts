import { posix } from 'node:path';
import { isAbsolute, resolvePath } from './files.js';
import { inheritPlaces } from './place.js';
import { buildOf, pairsOf } from './spellings.js';
import { isList, isMap, textOf, type Tree, type TreeMap } from './tree.js';

/*
 * What a file names is named from its own folder. A service that another file extends, and a project that another one includes, are seen from
 * there: their relative paths are written anew.
 */

type Change = (tree: Tree) => Tree;

/** The relative paths of a service, seen from another folder. */
export function rebaseService(service: Tree, from: string, to: string): Tree {
  if (from === to || !isMap(service)) return service;
  const path = pathChange(from, to);
  const context: Change = (tree) => (isRemote(tree) ? tree : path(tree));
  return change(service, {
    env_file: each(named('path', path)),
    label_file: each(path),
    volumes: each((mount) => (isMap(mount) ? longMount(mount, path) : shortMount(mount, path))),
    build: (build) =>
      isMap(build)
        ? change(build, { context, additional_contexts: (contexts) => changeAll(pairsOf(contexts) ?? contexts, context) })
        : context(build),
    develop: named('watch', each(named('path', path))),
    credential_spec: named('file', path),
  });
}

/** The relative paths of a whole project, seen from another folder. */
export function rebaseProject(root: TreeMap, from: string, to: string): TreeMap {
  if (from === to) return root;
  const file = named('file', pathChange(from, to));
  return change(root, {
    services: (services) => changeAll(services, (service) => rebaseService(withContext(service), from, to)),
    configs: (configs) => changeAll(configs, file),
    secrets: (secrets) => changeAll(secrets, file),
  });
}

/** The folder of a project is what it builds from where it says no other. */
function withContext(service: Tree): Tree {
  const build = isMap(service) && service['build'] !== undefined ? buildOf(service['build']) : undefined;
  if (!isMap(service) || !build || build['context'] !== undefined || build['dockerfile_inline'] !== undefined) return service;
  return change(service, { build: () => inheritPlaces({ ...build, context: '.' }, build) });
}

function pathChange(from: string, to: string): Change {
  return (tree) => {
    const text = textOf(tree);
    if (text === undefined || text === '' || isAbsolute(text)) return tree;
    const path = posix.relative(to, resolvePath(from, text));
    return /^\.\.?(\/|$)/.test(path) ? path : path === '' ? '.' : `./${path}`;
  };
}

function isRemote(tree: Tree): boolean {
  return /^([a-z][a-z0-9+.-]*:|git@|github\.com\/)/.test(textOf(tree) ?? '');
}

function shortMount(mount: Tree, path: Change): Tree {
  const [source = '', ...rest] = (textOf(mount) ?? '').split(':');
  if (rest.length === 0 || !/^\.{1,2}(\/|$)/.test(source)) return mount;
  return [textOf(path(source)), ...rest].join(':');
}

function longMount(mount: TreeMap, path: Change): Tree {
  return textOf(mount['type']) === 'bind' ? change(mount, { source: path }) : mount;
}

function change(map: TreeMap, changes: Readonly<Record<string, Change>>): TreeMap {
  const entries = Object.entries(map).map(([key, value]): [string, Tree] => [
    key,
    Object.hasOwn(changes, key) ? changes[key]!(value) : value,
  ]);
  return rebuild(map, entries);
}

function changeAll(tree: Tree, by: Change): Tree {
  if (isList(tree)) return each(by)(tree);
  if (!isMap(tree)) return tree;
  return rebuild(
    tree,
    Object.entries(tree).map(([key, value]) => [key, by(value)]),
  );
}

function rebuild(map: TreeMap, entries: readonly [string, Tree][]): TreeMap {
  return inheritPlaces(Object.assign(Object.create(null) as TreeMap, Object.fromEntries(entries)), map);
}

/** Changes one field of a mapping, or the thing itself where it is written without the mapping. */
function named(key: string, by: Change): Change {
  return (tree) => (isMap(tree) ? change(tree, { [key]: by }) : by(tree));
}

function each(by: Change): Change {
  return (tree) => (isList(tree) ? inheritPlaces(tree.map(by), tree) : by(tree));
}
