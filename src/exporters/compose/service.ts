import type { Definition, EnvValue } from '../../domain/definition/definition.js';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json.js';
import { objectOf, sorted, sortedEntries, unlessEmpty } from './json.js';
import { portsOf } from './ports.js';
import { dependsOn, deployOf, healthcheckOf } from './run.js';
import { volumesOf } from './volumes.js';

/** What a service says that is seen to with all the others. */
export interface Among {
  readonly configs: readonly Json[];
  readonly isComponent: (key: string) => boolean;
  /** Whether a component can wait for another one. */
  readonly canWaitFor: (key: string) => boolean;
}

/**
 * Fields that `extra` has no say in: those that the definition says; those that `environment` (`env_file`), `deploy` (`scale`, `cpus`, `mem_limit`)
 * or the mere presence of the component (`profiles`, `extends`) say better; and our own.
 */
const SAID_ELSEWHERE = new Set([
  ...['image', 'command', 'entrypoint', 'environment', 'ports', 'unread_ports', 'expose', 'volumes', 'unread_volumes', 'tmpfs', 'configs'],
  ...['depends_on', 'healthcheck', 'deploy', 'labels', 'networks'],
  ...['env_file', 'scale', 'cpus', 'mem_limit', 'profiles', 'extends', 'x-regraft'],
]);

/** All of a definition that Compose can say. */
export function serviceOf(definition: Definition, { configs, isComponent, canWaitFor }: Among): JsonObject {
  const { image, command, entrypoint, env, labels, extra } = definition;
  return objectOf([
    ['image', image],
    ['command', command],
    ['entrypoint', entrypoint],
    ['environment', env && objectOf(sortedEntries(env).map(([name, value]) => [name, plainValue(value)]))],
    ...Object.entries(portsOf(definition)),
    ...Object.entries(volumesOf(definition)),
    ['configs', unlessEmpty(configs)],
    ['depends_on', dependsOn(definition, canWaitFor, isComponent)],
    ['healthcheck', unlessEmpty(healthcheckOf(definition))],
    ['deploy', unlessEmpty(deployOf(definition))],
    ['labels', labels && objectOf(sortedEntries(labels))],
    ['networks', extra && networksOf(extra)],
    ...sortedEntries(extra).flatMap(([key, value]): [string, Json][] => (SAID_ELSEWHERE.has(key) ? [] : [[key, sorted(value)]])),
  ]);
}

/** A variable whose value is not in the definition takes that of the environment in which the file is applied. */
function plainValue(value: EnvValue): string | null {
  if (typeof value !== 'object' || value === null) return value;
  return 'value' in value ? value.value : null;
}

/** As a list, where there is nothing but names. */
function networksOf({ networks }: JsonObject): Json | undefined {
  if (!isJsonObject(networks)) return undefined;
  const plain = Object.values(networks).every((each) => each === null);
  return plain ? Object.keys(networks).sort() : sorted(networks);
}
