import { isAlias, isMap as isYamlMap, isScalar, isSeq, LineCounter, parseDocument, type Node, type Pair, type YAMLMap } from 'yaml';
import { emptyRecord } from '../../domain/json.js';
import { ImportFailedError } from '../imported-project.js';
import { interpolate, RequiredVariableError, type Variables } from './interpolate.js';
import { isMap, markPlace, NOTHING, Override, Plain, Reset, type Tree, type TreeMap } from './tree.js';

/** Nodes of a file with its aliases spelled out: a bound against files that unfold to more than anybody wrote. */
const MAX_NODES = 500_000;

export interface ParsedFile {
  readonly name: string | undefined;
  readonly root: TreeMap;
}

export interface ParseOptions {
  readonly name: string | undefined;
  readonly text: string;
  readonly variables: Variables;
  /** Told of each variable that is named plainly and has no value. */
  readonly onUnset: (variable: string, line: number | undefined) => void;
}

/** Parses a Compose file: YAML 1.2 with anchors and merge keys; variables are replaced in values, never in keys. */
export function parseFile(options: ParseOptions): ParsedFile {
  const { name, text } = options;
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    merge: true,
    customTags: [
      { tag: '!reset', resolve: (value: unknown) => value },
      { tag: '!override', collection: 'map' },
      { tag: '!override', collection: 'seq' },
      { tag: '!override', resolve: (value: unknown) => value },
      { tag: '!reset', collection: 'map' },
      { tag: '!reset', collection: 'seq' },
    ],
  });
  const [error] = document.errors;
  if (error) throw new ImportFailedError(error.message.split('\n')[0] ?? error.message, name, error.linePos?.[0].line);
  const converter = new Converter(options, lines);
  const root = document.contents ? converter.convert(document.contents) : undefined;
  if (!isMap(root)) throw new ImportFailedError('a Compose file is a mapping with services', name, 1);
  return { name, root };
}

interface Converted {
  readonly tree: Tree;
  readonly size: number;
}

class Converter {
  readonly #anchors = new Map<string, Node>();
  readonly #done = new Map<Node, Converted>();
  readonly #open = new Set<Node>();
  #size = 0;

  constructor(
    private readonly options: ParseOptions,
    private readonly counter: LineCounter,
  ) {}

  convert(node: Node): Tree {
    return this.#convert(node).tree;
  }

  #convert(node: Node): Converted {
    if (isAlias(node)) return this.#alias(node.source, node);
    const anchor = 'anchor' in node && typeof node.anchor === 'string' ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, node);
    const before = this.#size;
    this.#open.add(node);
    this.#count(1, node);
    const tree = this.#tagged(node, this.#plain(node));
    this.#open.delete(node);
    if (!isMap(tree)) markPlace(tree, this.#line(node));
    const converted = { tree, size: this.#size - before };
    if (anchor !== undefined) this.#done.set(node, converted);
    return converted;
  }

  #alias(name: string, node: Node): Converted {
    const target = this.#anchors.get(name);
    if (!target) throw this.#error(`there is no anchor &${name} before this alias`, node);
    if (this.#open.has(target)) throw this.#error(`the anchor &${name} contains itself`, node);
    const converted = this.#done.get(target) ?? this.#convert(target);
    this.#count(converted.size, node);
    return converted;
  }

  #plain(node: Node): Tree {
    if (isScalar(node)) return this.#scalar(node.value, node.source, node);
    if (isSeq(node)) return node.items.map((item) => (item ? this.convert(item as Node) : NOTHING));
    if (isYamlMap(node)) return this.#map(node);
    return NOTHING;
  }

  #scalar(value: unknown, source: string | undefined, node: Node): Tree {
    if (typeof value === 'string') return this.#interpolate(value, node);
    if (typeof value === 'number' || typeof value === 'boolean') return new Plain(value, source ?? String(value));
    if (typeof value === 'bigint') return source ?? String(value);
    return NOTHING;
  }

  #map(node: YAMLMap): TreeMap {
    const merged = emptyRecord<Tree>();
    const own = emptyRecord<Tree>();
    const lines = new Map<string, number>();
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      const key = keyOf(pair.key);
      if (key === undefined) throw this.#error('a key is a text', pair.key);
      lines.set(key, this.#line(pair.key) ?? 0);
      const value = pair.value ? this.convert(pair.value) : NOTHING;
      if (key !== '<<') own[key] = value;
      else for (const source of Array.isArray(value) ? (value as readonly Tree[]) : [value]) this.#mergeInto(merged, source, pair.key);
    }
    const result = Object.assign(emptyRecord<Tree>(), merged, own);
    markPlace(result, this.#line(node), lines);
    return result;
  }

  /** Of several sources the first that has a key gives its value. */
  #mergeInto(merged: Record<string, Tree>, source: Tree, node: Node): void {
    if (!isMap(source)) throw this.#error('a merge key takes a mapping, or a list of mappings', node);
    for (const [key, value] of Object.entries(source)) if (!(key in merged)) merged[key] = value;
  }

  #tagged(node: Node, tree: Tree): Tree {
    if (node.tag === '!reset') return new Reset();
    return node.tag === '!override' ? new Override(tree) : tree;
  }

  #interpolate(text: string, node: Node): string {
    try {
      const { text: result, unset } = interpolate(text, this.options.variables);
      for (const variable of unset) this.options.onUnset(variable, this.#line(node));
      return result;
    } catch (error) {
      if (error instanceof RequiredVariableError) throw this.#error(error.message, node);
      throw error;
    }
  }

  #count(nodes: number, node: Node): void {
    this.#size += nodes;
    if (this.#size > MAX_NODES) throw this.#error(`with its aliases spelled out the file has more than ${MAX_NODES} values`, node);
  }

  #line(node: Node): number | undefined {
    return node.range ? this.counter.linePos(node.range[0]).line : undefined;
  }

  #error(message: string, node: Node): ImportFailedError {
    return new ImportFailedError(message, this.options.name, this.#line(node));
  }
}

function keyOf(node: Node | null): string | undefined {
  if (!isScalar(node)) return undefined;
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}
