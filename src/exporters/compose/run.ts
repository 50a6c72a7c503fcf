import { parseCpu, parseMemory } from '../../domain/compare/quantities.js';
import { DEFAULT_DEPENDENCY_CONDITION, type Definition, type ProbeDefinition } from '../../domain/definition/definition.js';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json.js';
import { objectAt, objectOf, omit, sorted, sortedEntries, unlessEmpty } from './json.js';

/** `deploy` of a service: replicas and limits, with what else it says. */
export function deployOf({ replicas, resources = {}, extra }: Definition): JsonObject {
  const kept = sorted(objectAt(extra, 'deploy')) as JsonObject;
  const keptResources = objectAt(kept, 'resources');
  const limits = objectOf([
    ...Object.entries(objectAt(keptResources, 'limits')),
    ['cpus', resources.cpu === undefined ? undefined : cpuOf(resources.cpu)],
    ['memory', resources.memory === undefined ? undefined : memoryOf(resources.memory)],
  ]);
  const all = unlessEmpty(limits) ? { ...keptResources, limits } : keptResources;
  return objectOf([...Object.entries(kept), ['replicas', replicas === 1 ? undefined : replicas], ['resources', unlessEmpty(all)]]);
}

/** Compose knows no `500m`. */
function cpuOf(text: string): string | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return text;
  const cpus = parseCpu(text);
  return cpus === undefined ? undefined : String(cpus);
}

function memoryOf(text: string): string | undefined {
  if (/^\d+(\.\d+)?[kmgt]?i?b?$/i.test(text)) return text;
  const bytes = parseMemory(text);
  return bytes === undefined ? undefined : `${Math.round(bytes)}b`;
}

const SHELL = ['/bin/sh', '-c'];

/** `healthcheck` of a service: its liveness probe, unless that is of a kind that Compose lacks. */
export function healthcheckOf({ probes, extra }: Definition): JsonObject {
  const { http, tcpPort, exec, ...timing }: ProbeDefinition = probes?.liveness ?? {};
  const kept = objectAt(extra, 'healthcheck');
  if (http !== undefined || tcpPort !== undefined) return {};
  const isLine = exec?.length === 3 && SHELL.every((word, i) => exec[i] === word);
  return objectOf([
    ['test', exec && (isLine ? ['CMD-SHELL', exec[2] ?? ''] : ['CMD', ...exec])],
    ['interval', secondsOf(timing.intervalSeconds)],
    ['timeout', secondsOf(timing.timeoutSeconds)],
    ['retries', timing.retries],
    ['start_period', secondsOf(timing.startPeriodSeconds)],
    ...sortedEntries(kept),
  ]);
}

function secondsOf(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : `${seconds}s`;
}

const CONDITIONS: ReadonlySet<string> = new Set(['service_started', 'service_healthy', 'service_completed_successfully']);

/**
 * `depends_on` of a service: names alone where that says it all. Compose refuses to wait for what is not there.
 * @param canWaitFor whether a component is there, and not waiting itself.
 */
export function dependsOn(
  { dependsOn: needs = {}, extra }: Definition,
  canWaitFor: (key: string) => boolean,
  isComponent: (key: string) => boolean,
): Json | undefined {
  const kept = objectAt(extra, 'depends_on');
  const entries = sortedEntries(needs).flatMap(([key, { condition }]): [string, JsonObject][] =>
    canWaitFor(key) && CONDITIONS.has(condition) ? [[key, { condition, ...omit(objectAt(kept, key), 'condition') }]] : [],
  );
  const optional = sortedEntries(kept).filter(
    (entry): entry is [string, JsonObject] =>
      isJsonObject(entry[1]) && entry[1]['required'] === false && !isComponent(entry[0]) && !Object.hasOwn(needs, entry[0]),
  );
  const all = [...entries, ...optional];
  const plain = all.every(([, terms]) => Object.keys(terms).length === 1 && terms['condition'] === DEFAULT_DEPENDENCY_CONDITION);
  return plain ? unlessEmpty(all.map(([key]) => key)) : objectOf(all);
}
