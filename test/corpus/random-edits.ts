import { isJsonObject, type Json, type JsonObject } from '../../src/domain/json.js';
import type { Random } from './random.js';

export interface RandomEdit {
  readonly set: JsonObject;
  readonly unset: string[];
  /** What the component is afterwards. */
  readonly edited: JsonObject;
  /** What was done, such as `change env`, for the count of what a walk has met. */
  readonly kinds: readonly EditKind[];
}

const MAPS = ['env', 'labels', 'ports', 'volumes', 'configFiles', 'dependsOn', 'probes', 'extra'] as const;
type MapName = (typeof MAPS)[number];
type Way = 'change' | 'add' | 'remove';
export type EditKind = `${Way} ${MapName}` | 'change image' | 'change replicas';

export const EDIT_KINDS: readonly EditKind[] = [
  'change image',
  'change replicas',
  ...MAPS.flatMap((map) => (['change', 'add', 'remove'] as const).map((way) => `${way} ${map}` as const)),
];

type Tree = Record<string, Json>;

/**
 * Some edits of a component at once: values changed, entries added, entries removed.
 * @param siblings keys that it may come to depend on.
 */
export function randomEdits(tree: JsonObject, siblings: readonly string[], random: Random): RandomEdit {
  const edited: Tree = structuredClone(tree);
  const set: Tree = {};
  const unset: string[] = [];
  const kinds = new Set<EditKind>();
  const value = `edit-${random.integer(1000)}`;

  const assign = (field: 'image' | 'replicas', entry: Json): void => {
    set[field] = entry;
    edited[field] = entry;
    kinds.add(`change ${field}`);
  };
  const put = (way: Way, map: MapName, key: string, entry: Json): void => {
    for (const side of [set, edited]) {
      const before = mapOf(side, map)[key];
      const merged = isJsonObject(entry) && isJsonObject(before) ? { ...before, ...entry } : entry;
      side[map] = { ...mapOf(side, map), [key]: merged };
    }
    kinds.add(`${way} ${map}`);
  };
  const change = (map: MapName): void => {
    const there = Object.entries(mapOf(edited, map));
    if (there.length === 0) return;
    const [key, entry] = random.pick(there);
    const changed = changedEntry(map, entry, value, random);
    if (changed !== undefined) put('change', map, key, changed);
  };
  const add = (map: MapName): void => {
    const [key, entry] = newEntry(map, value, siblings, random) ?? [];
    if (key !== undefined && entry !== undefined && !Object.hasOwn(mapOf(edited, map), key)) put('add', map, key, entry);
  };
  const remove = (map: MapName): void => {
    const keys = Object.keys(mapOf(edited, map)).filter((key) => !Object.hasOwn(mapOf(set, map), key));
    if (keys.length === 0) return;
    const key = random.pick(keys);
    unset.push(`/${map}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    const { [key]: _, ...rest } = mapOf(edited, map);
    if (Object.keys(rest).length > 0) edited[map] = rest;
    else delete edited[map];
    kinds.add(`remove ${map}`);
  };

  for (let n = 0; n <= random.integer(4); n++) {
    if (random.chance(0.15)) assign('image', value);
    else if (random.chance(0.1)) assign('replicas', 1 + random.integer(5));
    else random.pick([change, change, add, remove])(random.pick(MAPS));
  }
  return { set, unset, edited, kinds: [...kinds] };
}

/** What of an entry that is there to lay over it; undefined where the entry is of a form that is left alone. */
function changedEntry(map: MapName, entry: Json, value: string, random: Random): Json | undefined {
  switch (map) {
    case 'env':
    case 'labels':
      return value;
    case 'ports':
      return { alias: value };
    case 'volumes':
      return random.chance(0.3) && isJsonObject(entry) && entry['name'] !== undefined ? { name: value } : { size: value };
    case 'configFiles': {
      const content = isJsonObject(entry) ? entry['content'] : undefined;
      if (typeof content !== 'string') return undefined;
      const lines = content.split('\n');
      lines.splice(random.integer(lines.length), random.integer(2), value);
      return { content: lines.join('\n') };
    }
    case 'dependsOn':
      return { condition: random.pick(['service_started', 'service_healthy', 'service_completed_successfully']) };
    case 'probes':
      return { retries: random.integer(100) };
    case 'extra':
      return isJsonObject(entry) ? { note: value } : value;
  }
}

function newEntry(map: MapName, value: string, siblings: readonly string[], random: Random): [string, Json] | undefined {
  const number = random.integer(5);
  switch (map) {
    case 'env':
      return [`LOCAL_${number}`, value];
    case 'labels':
      return [`local.${number}`, value];
    case 'ports':
      return [`${9000 + number}/tcp`, { exposed: true, alias: value }];
    case 'volumes':
      return [`/local/${number}`, { kind: 'PERSISTENT', name: value, readOnly: false }];
    case 'configFiles':
      return [`/etc/local/${number}`, { content: `one\n${value}\nthree\n` }];
    case 'dependsOn':
      return siblings.length > 0 ? [random.pick(siblings), { condition: 'service_started' }] : undefined;
    case 'probes':
      return [random.pick(['liveness', 'readiness', 'startup']), { tcpPort: 8000 + number, retries: number }];
    case 'extra':
      return [`mine-${number}`, { note: value }];
  }
}

function mapOf(tree: Tree, name: string): JsonObject {
  const map = tree[name];
  return isJsonObject(map) ? map : {};
}
