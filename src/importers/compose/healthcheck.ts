import type { ProbeDefinition } from '../../domain/definition/definition.js';
import type { JsonObject } from '../../domain/json.js';
import { boolAt, countAt, mapAt, MAX_COUNT } from './fields.js';
import { failAt, placeOf } from './place.js';
import { isList, textOf, toJsonObject, without, wordOf, type Tree, type TreeMap } from './tree.js';

export interface MappedHealthcheck {
  readonly probe: ProbeDefinition | undefined;
  readonly extra: JsonObject | undefined;
}

const DURATIONS = [
  ['interval', 'intervalSeconds'],
  ['timeout', 'timeoutSeconds'],
  ['start_period', 'startPeriodSeconds'],
] as const;

/** A health check is a liveness probe; one that is switched off, and durations that are not whole seconds, are kept beside. */
export function mapHealthcheck(service: TreeMap): MappedHealthcheck {
  const tree = mapAt(service, 'healthcheck');
  if (!tree) return { probe: undefined, extra: undefined };
  const exec = execOf(tree['test']);
  const disabled = boolAt(tree, 'disable') === true || (tree['test'] !== undefined && !exec);
  if (disabled) return { probe: undefined, extra: toJsonObject(tree) };
  const probe: { -readonly [K in keyof ProbeDefinition]: ProbeDefinition[K] } = exec ? { exec } : {};
  const modelled = exec ? ['test'] : [];
  for (const [key, field] of DURATIONS) {
    const seconds = secondsAt(tree, key);
    if (seconds === undefined) continue;
    probe[field] = seconds;
    modelled.push(key);
  }
  const retries = countAt(tree, 'retries');
  if (retries !== undefined) {
    probe.retries = retries;
    modelled.push('retries');
  }
  const rest: TreeMap | undefined = without(tree, ...modelled);
  return { probe, extra: rest && toJsonObject(rest) };
}

function execOf(test: Tree | undefined): string[] | undefined {
  if (isList(test)) {
    const [first, ...rest] = test.map(wordOf);
    if (first === 'CMD') return rest;
    return first === 'CMD-SHELL' ? ['/bin/sh', '-c', rest.join(' ')] : undefined;
  }
  const line = textOf(test);
  return line === undefined || line === 'NONE' ? undefined : ['/bin/sh', '-c', line];
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001, us: 0.000001, µs: 0.000001, ns: 0.000000001 };

/** Whole seconds of a duration such as `1m30s`; undefined where it is none, or not whole. */
function secondsAt(map: TreeMap, key: string): number | undefined {
  const text = textOf(map[key]);
  if (text === undefined || !/^(\d+(\.\d+)?(h|ms|us|µs|ns|m|s))+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, number, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|us|µs|ns|m|s)/g)) seconds += Number(number) * (UNITS[unit] ?? 0);
  if (seconds > MAX_COUNT) throw failAt(placeOf(map, key), `${key} is at most ${MAX_COUNT} seconds, not ${text}`);
  return Number.isInteger(seconds) ? seconds : undefined;
}
