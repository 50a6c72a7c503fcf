import { isJsonObject, type Json, type JsonObject } from '../../src/domain/json.js';

export interface Random {
  /** From 0 (inclusive) to the bound. */
  integer(bound: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
}

/** A generator that gives the same numbers for the same seed (mulberry32 over a FNV-1a hash of the text). */
export function seededRandom(seed: string): Random {
  let state = [...seed].reduce((hash, character) => Math.imul(hash ^ character.charCodeAt(0), 16_777_619), 2_166_136_261) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const integer = (bound: number): number => Math.floor(next() * bound);
  return {
    integer,
    chance: (probability) => next() < probability,
    pick: (items) => items[integer(items.length)] as (typeof items)[number],
  };
}

export interface RandomEdit {
  readonly set: JsonObject;
  readonly unset: string[];
  /** What the component is afterwards. */
  readonly edited: JsonObject;
}

type Tree = Record<string, Json>;

/** Some edits of a component at once: values changed, entries added, entries removed. */
export function randomEdits(tree: JsonObject, random: Random): RandomEdit {
  const edited: Tree = structuredClone(tree);
  const set: Tree = {};
  const unset: string[] = [];
  const value = `edit-${random.integer(1000)}`;
  const put = (map: string, key: string, entry: Json): void => {
    for (const side of [set, edited]) {
      const before = mapOf(side, map)[key];
      const merged = isJsonObject(entry) && isJsonObject(before) ? { ...before, ...entry } : entry;
      side[map] = { ...mapOf(side, map), [key]: merged };
    }
  };
  const drop = (map: string): void => {
    const keys = Object.keys(mapOf(edited, map)).filter((key) => !Object.hasOwn(mapOf(set, map), key));
    if (keys.length === 0) return;
    const key = random.pick(keys);
    if (Object.hasOwn(mapOf(tree, map), key)) unset.push(`/${map}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    const { [key]: _, ...rest } = mapOf(edited, map);
    if (Object.keys(rest).length > 0) edited[map] = rest;
    else delete edited[map];
  };
  const assign = (field: string, entry: Json): void => {
    set[field] = entry;
    edited[field] = entry;
  };
  const kinds: (() => void)[] = [
    () => assign('image', value),
    () => assign('replicas', 1 + random.integer(5)),
    () => {
      const names = Object.keys(mapOf(edited, 'env'));
      if (names.length > 0) put('env', random.pick(names), value);
    },
    () => put('env', `LOCAL_${random.integer(5)}`, value),
    () => put('labels', `local.${random.integer(5)}`, value),
    () => put('ports', `${9000 + random.integer(5)}/tcp`, { exposed: true, alias: value }),
    () => {
      const there = Object.keys(mapOf(edited, 'ports'));
      if (there.length > 0) put('ports', random.pick(there), { alias: value });
    },
    () => put('extra', 'mine', { note: value }),
    () => {
      const files = Object.entries(mapOf(edited, 'configFiles'));
      if (files.length === 0) return;
      const [path, file] = random.pick(files);
      const content = isJsonObject(file) ? file['content'] : undefined;
      if (typeof content !== 'string') return;
      const lines = content.split('\n');
      lines.splice(random.integer(lines.length), random.integer(2), value);
      put('configFiles', path, { content: lines.join('\n') });
    },
    () => drop('env'),
    () => drop('ports'),
    () => drop('volumes'),
    () => drop('labels'),
    () => drop('dependsOn'),
  ];
  for (let n = 0; n <= random.integer(4); n++) random.pick(kinds)();
  return { set, unset, edited };
}

function mapOf(tree: Tree, name: string): JsonObject {
  const map = tree[name];
  return isJsonObject(map) ? map : {};
}
