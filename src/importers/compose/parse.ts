import {
  isAlias,
  isMap as isYamlMap,
  isScalar,
  isSeq,
  LineCounter,
  parse as parseYaml,
  parseDocument,
  type Node,
  type Pair,
  type Scalar,
  type Tags,
  type YAMLMap,
} from 'yaml';
import { emptyRecord } from '../../domain/json.js';
import type { ImportFailedError } from '../imported-project.js';
import type { Budget } from './budget.js';
import { interpolate, type Variables } from './interpolate.js';
import { failAt, markPlace, placed, type Place } from './place.js';
import { isMap, NOTHING, Override, Plain, Reset, type Tree, type TreeMap } from './tree.js';
import { weigh } from './weigh.js';

const MAX_DEPTH = 100;

/** The tags of Compose stand on any node; the converter reads them. */
const TAGS: Tags = ['!reset', '!override'].flatMap((tag): Tags => [
  { tag, collection: 'map' },
  { tag, collection: 'seq' },
  { tag, resolve: (value: string) => value },
]);

export interface ParseOptions {
  readonly name: string | undefined;
  readonly text: string;
  readonly variables: Variables;
  readonly budget: Budget;
  /** Told of each variable that is named plainly and has no value. */
  readonly onUnset: (variable: string, place: Place) => void;
}

/**
 * Parses a Compose file: YAML 1.2 with anchors and merge keys, also where it calls itself YAML 1.1; variables are replaced in values, never in keys.
 * @throws ImportFailedError.
 */
export function parseFile(options: ParseOptions): TreeMap {
  const { name, text } = options;
  const lines = new LineCounter();
  // Unique keys are for the converter to see to: the library compares each with all before it.
  const document = parseDocument(text, {
    lineCounter: lines,
    schema: 'core',
    resolveKnownTags: false,
    uniqueKeys: false,
    customTags: TAGS,
  });
  const [error] = document.errors;
  if (error) {
    const message = error.message.includes('call stack') ? `nested deeper than ${MAX_DEPTH} levels` : error.message.split('\n')[0];
    throw failAt({ file: name, line: error.linePos?.[0].line }, message ?? error.message);
  }
  const root = document.contents ? new Converter(options, lines).convert(document.contents) : undefined;
  if (!isMap(root)) throw failAt({ file: name, line: 1 }, 'a Compose file is a mapping with services');
  return root;
}

class Converter {
  readonly #anchors = new Map<string, Node>();
  readonly #done = new Map<Node, Tree>();
  readonly #open = new Set<Node>();

  constructor(
    private readonly options: ParseOptions,
    private readonly counter: LineCounter,
  ) {}

  convert(node: Node): Tree {
    if (isAlias(node)) return this.#alias(node.source, node);
    const anchor = this.#register(node);
    if (anchor !== undefined) this.#open.add(node);
    this.options.budget.read(1);
    const tree = this.#tagged(node, this.#plain(node));
    if (anchor !== undefined) {
      this.#open.delete(node);
      this.#done.set(node, tree);
    }
    return tree;
  }

  #register(node: Node): string | undefined {
    const anchor = 'anchor' in node && typeof node.anchor === 'string' ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, node);
    return anchor;
  }

  #target(name: string, node: Node): Node {
    const target = this.#anchors.get(name);
    if (!target) throw this.#error(`there is no anchor &${name} before this alias`, node);
    return target;
  }

  #alias(name: string, node: Node): Tree {
    const target = this.#target(name, node);
    if (this.#open.has(target)) throw this.#error(`the anchor &${name} contains itself`, node);
    return this.#done.get(target) ?? this.convert(target);
  }

  #plain(node: Node): Tree {
    if (isScalar(node)) return this.#scalar(node);
    if (isYamlMap(node)) return this.#bounded(this.#map(node), node);
    if (!isSeq(node)) return NOTHING;
    const list = node.items.map((item) => (item ? this.convert(item as Node) : NOTHING));
    markPlace(list, this.#place(node));
    return this.#bounded(list, node);
  }

  /** A deeper tree, or one that unfolds to more, could not be walked by what comes after. */
  #bounded<T extends Tree>(tree: T, node: Node): T {
    const weight = weigh(tree);
    if (weight.depth > MAX_DEPTH) throw this.#error(`nested deeper than ${MAX_DEPTH} levels`, node);
    placed(
      () => this.#place(node),
      () => this.options.budget.admit(weight),
    );
    return tree;
  }

  #scalar(node: Scalar): Tree {
    const value = isTagged(node) && node.type === 'PLAIN' ? untagged(node.value) : node.value;
    if (typeof value === 'string') return this.#interpolate(value, node);
    const source = node.source ?? String(value);
    if (typeof value === 'number' || typeof value === 'boolean') return new Plain(value, source);
    return value === null ? NOTHING : source;
  }

  #map(node: YAMLMap): TreeMap {
    const merged = emptyRecord<Tree>();
    const own = emptyRecord<Tree>();
    const places = new Map<string, Place>();
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      const key = this.#key(pair.key, node);
      const value = pair.value ? this.convert(pair.value) : NOTHING;
      if (key === '<<' && isScalar(pair.key) && pair.key.type === 'PLAIN') {
        for (const source of Array.isArray(value) ? (value as readonly Tree[]) : [value]) this.#mergeInto(merged, source, pair.key);
      } else if (key in own) throw this.#error(`the key "${key}" is given twice`, pair.key);
      else own[key] = value;
      places.set(key, this.#place(pair.key));
    }
    const result = Object.assign(emptyRecord<Tree>(), merged, own);
    markPlace(result, this.#place(node), places);
    return result;
  }

  #key(node: Node | null, map: Node): string {
    if (node && !isAlias(node)) this.#register(node);
    const target = node && isAlias(node) ? this.#target(node.source, node) : node;
    if (!isScalar(target)) throw this.#error('a key is a text', node ?? map);
    return typeof target.value === 'string' ? target.value : (target.source ?? String(target.value));
  }

  /** Of several sources the first that has a key gives its value. */
  #mergeInto(merged: Record<string, Tree>, source: Tree, node: Node): void {
    if (!isMap(source)) throw this.#error('a merge key takes a mapping, or a list of mappings', node);
    const entries = Object.entries(source);
    placed(
      () => this.#place(node),
      () => this.options.budget.merge(entries.length),
    );
    for (const [key, value] of entries) if (!(key in merged)) merged[key] = value;
  }

  #tagged(node: Node, tree: Tree): Tree {
    if (node.tag === '!reset') return new Reset();
    return node.tag === '!override' ? new Override(tree) : tree;
  }

  #interpolate(text: string, node: Node): string {
    if (!text.includes('$')) return text;
    const place = this.#place(node);
    const { variables, budget, onUnset } = this.options;
    const { text: result, unset } = placed(
      () => place,
      () => interpolate(text, variables, budget),
    );
    for (const variable of unset) onUnset(variable, place);
    return result;
  }

  #place(node: Node): Place {
    return { file: this.options.name, line: node.range ? this.counter.linePos(node.range[0]).line : undefined };
  }

  #error(message: string, node: Node): ImportFailedError {
    return failAt(this.#place(node), message);
  }
}

function isTagged(node: Scalar): boolean {
  return node.tag === '!reset' || node.tag === '!override';
}

/** A tag takes the place of the type that a plain scalar would have: it is found again. */
function untagged(value: unknown): unknown {
  return typeof value === 'string' && /^[-+.~\w]*$/.test(value) ? parseYaml(value, { schema: 'core' }) : value;
}
