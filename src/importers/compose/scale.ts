import { emptyRecord, type Json } from '../../domain/json.js';
import { countAt, mapAt, textAt } from './fields.js';
import type { Kept } from './kept.js';
import { toJson, without, type Tree, type TreeMap } from './tree.js';

export interface Scale {
  readonly replicas: number | undefined;
  readonly resources: { readonly cpu: string | undefined; readonly memory: string | undefined };
}

const NOTHING_SAID: TreeMap = emptyRecord<Tree>();

/** Replicas and limits; of doubles (`scale`, `mem_limit`, `cpus`) the one that `deploy` overrules is kept beside. */
export function mapScale(kept: Kept): Scale {
  const { service } = kept;
  for (const name of ['deploy', 'scale', 'mem_limit', 'cpus']) kept.take(name);
  const deploy = mapAt(service, 'deploy') ?? NOTHING_SAID;
  const resources = mapAt(deploy, 'resources') ?? NOTHING_SAID;
  const limits = mapAt(resources, 'limits') ?? NOTHING_SAID;
  const replicas = countAt(deploy, 'replicas');
  const cpu = textAt(limits, 'cpus');
  const memory = textAt(limits, 'memory');
  const scale = countAt(service, 'scale');
  const older = { cpu: textAt(service, 'cpus'), memory: textAt(service, 'mem_limit') };
  const overruled = { scale: replicas !== undefined || scale === undefined, cpus: cpu !== undefined, mem_limit: memory !== undefined };
  for (const [name, is] of Object.entries(overruled)) if (is) kept.keep(name, jsonAt(service, name));

  const limitsRest = without(limits, ...(cpu === undefined ? [] : ['cpus']), ...(memory === undefined ? [] : ['memory']));
  const resourcesRest = replaceAt(resources, 'limits', limitsRest);
  const rest = replaceAt(replicas === undefined ? deploy : (without(deploy, 'replicas') ?? NOTHING_SAID), 'resources', resourcesRest);
  if (rest) kept.keep('deploy', toJson(rest));
  return { replicas: replicas ?? scale, resources: { cpu: cpu ?? older.cpu, memory: memory ?? older.memory } };
}

function jsonAt(map: TreeMap, key: string): Json | undefined {
  const value = map[key];
  return value === undefined ? undefined : toJson(value);
}

/** A map with another value at a key, or without it; undefined where nothing is left. */
function replaceAt(map: TreeMap, key: string, value: Tree | undefined): TreeMap | undefined {
  const rest = without(map, key);
  return value === undefined ? rest : { ...rest, [key]: value };
}
