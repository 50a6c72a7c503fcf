import { emptyRecord } from '../../domain/json.js';
import { mapAt, textAt, wrongShape } from './fields.js';
import { folderOf, resolvePath } from './files.js';
import { SERVICE, settle } from './merge.js';
import { failAt, inheritPlaces, placed, placeOf } from './place.js';
import type { ParsedFile, Reader } from './reader.js';
import { rebaseService } from './rebase.js';
import { isMap, Override, Reset, textOf, without, type Tree, type TreeMap } from './tree.js';

/** Services that extend one another in a row. */
const MAX_CHAIN = 100;

interface Extended {
  readonly tree: Tree;
  /** How many services it stands on. */
  readonly depth: number;
}

/** Lays services over those that they extend, each once. */
export class Extender {
  readonly #done = new Map<ParsedFile, Map<string, Extended>>();
  readonly #bases = new Map<string, Map<ParsedFile, Extended>>();
  readonly #open: string[] = [];

  constructor(private readonly reader: Reader) {}

  /** A file without its includes, and with its services extended. */
  extendAll(file: ParsedFile): TreeMap {
    const { root } = file;
    const rest = inheritPlaces(without(root, 'include') ?? emptyRecord<Tree>(), root);
    const services = root['services'];
    if (!isMap(services)) return rest;
    const extended = emptyRecord<Tree>();
    for (const [name, service] of Object.entries(services)) {
      extended[name] = service instanceof Reset ? service : this.#extend(name, services, file).tree;
    }
    return inheritPlaces({ ...rest, services: inheritPlaces(extended, services) }, root);
  }

  #extend(name: string, services: TreeMap, file: ParsedFile): Extended {
    const done = this.#done.get(file) ?? new Map<string, Extended>();
    this.#done.set(file, done);
    const known = done.get(name);
    if (known) return known;
    const id = `${file.name ?? 'the project'}#${name}`;
    const extended = this.#extendOnce(name, services, file, id);
    done.set(name, extended);
    return extended;
  }

  #extendOnce(name: string, services: TreeMap, file: ParsedFile, id: string): Extended {
    const tree = services[name];
    const service = tree instanceof Override ? tree.value : tree;
    if (!isMap(service)) throw failAt(placeOf(services, name), `service "${name}" is a mapping`);
    if (service['extends'] === undefined) return { tree: tree ?? service, depth: 0 };
    const place = placeOf(service, 'extends');
    if (this.#open.includes(id)) throw failAt(place, `services extend each other: ${[...this.#open, id].join(' -> ')}`);
    this.#open.push(id);
    const base = this.#open.length > MAX_CHAIN ? undefined : this.#base(service, services, file);
    this.#open.pop();
    if (!base || base.depth >= MAX_CHAIN) throw failAt(place, `more than ${MAX_CHAIN} services extend one another in a row`);
    const own = inheritPlaces(without(service, 'extends') ?? emptyRecord<Tree>(), service);
    const merged = isMap(base.tree) ? this.reader.merge(base.tree, own, place, SERVICE) : own;
    return { tree: tree instanceof Override ? new Override(merged) : merged, depth: base.depth + 1 };
  }

  /** The service that is extended, without tags, its paths as seen from the file that extends it. */
  #base(service: TreeMap, services: TreeMap, file: ParsedFile): Extended {
    const place = placeOf(service, 'extends');
    const long = isMap(service['extends']) ? service['extends'] : undefined;
    const name = long ? textAt(long, 'service') : textOf(service['extends']);
    if (name === undefined) throw wrongShape(service, 'extends', 'the name of a service');
    const reference = long && textAt(long, 'file');
    if (reference === undefined) {
      if (!Object.hasOwn(services, name)) throw failAt(place, `extends: there is no service "${name}"`);
      return this.#settled(name, services, file, file);
    }
    const path = resolvePath(file.folder, reference);
    const other = this.reader.open(path, { folder: folderOf(path), environment: file.environment }, place);
    const theirs = mapAt(other.root, 'services');
    if (!theirs || !Object.hasOwn(theirs, name)) throw failAt(place, `extends: ${path} has no service "${name}"`);
    return this.#settled(name, theirs, other, file);
  }

  #settled(name: string, services: TreeMap, file: ParsedFile, seenFrom: ParsedFile): Extended {
    const key = JSON.stringify([name, seenFrom.folder]);
    const bases = this.#bases.get(key) ?? new Map<ParsedFile, Extended>();
    this.#bases.set(key, bases);
    const known = bases.get(file);
    if (known) return known;
    const { tree, depth } = this.#extend(name, services, file);
    const settled = placed(
      () => placeOf(services, name),
      () => settle(tree, this.reader.budget),
    );
    const base = { tree: rebaseService(settled ?? emptyRecord<Tree>(), file.folder, seenFrom.folder), depth };
    bases.set(file, base);
    return base;
  }
}
