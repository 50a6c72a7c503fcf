import { portKey, publishedKey } from '../../domain/definition/port-key.js';
import { Refusal } from '../../domain/errors.js';
import { emptyRecord, isJsonObject, type Json, type JsonObject } from '../../domain/json.js';
import type { ComponentInput, ComponentPatchInput } from './component.inputs.js';
import type { EnvVarInput, PortInput, ProbeInput } from './parts.inputs.js';

/** A component as given, as an edit (`domain/app/edit.ts`): lists become maps by their key; what is not given is not there. */
export function fromInput(input: ComponentInput | ComponentPatchInput): JsonObject {
  if (input.extra !== undefined && input.extra !== null && !isJsonObject(input.extra)) {
    throw new Refusal('BAD_USER_INPUT', 'extra: an object is expected', { path: 'extra' });
  }
  return present({
    key: input.key,
    title: input.title,
    image: input.image,
    command: input.command,
    entrypoint: input.entrypoint,
    replicas: input.replicas,
    resources: input.resources && present({ cpu: input.resources.cpu, memory: input.resources.memory }),
    env: mapOf('env', input.env, ({ name }) => name, variableValue),
    ports: mapOf('ports', input.ports, ({ containerPort, protocol }) => portKey(containerPort, protocol ?? 'TCP'), portValue),
    volumes: mapOf(
      'volumes',
      input.volumes,
      ({ mountPath }) => mountPath,
      ({ kind, name, source, size, readOnly }) => present({ kind, name, source, size, readOnly }),
    ),
    configFiles: mapOf(
      'configFiles',
      input.configFiles,
      ({ path }) => path,
      ({ content, secret, mode }) => present({ content, secret, mode }),
    ),
    dependsOn: mapOf(
      'dependsOn',
      input.dependsOn,
      ({ componentKey }) => componentKey,
      ({ condition }) => present({ condition }),
    ),
    probes: mapOf('probes', input.probes, ({ kind }) => kind.toLowerCase(), probeValue),
    labels: mapOf(
      'labels',
      input.labels,
      ({ key }) => key,
      ({ value }) => value,
    ),
    extra: input.extra,
  });
}

/** Null could mean "leave it" as well as "remove it": it is refused, and `unset` named. */
export function refuseNulls(value: object, path: string): void {
  for (const [key, member] of Object.entries(value) as [string, unknown][]) {
    const at = path ? `${path}.${key}` : key;
    if (member === null) throw new Refusal('BAD_USER_INPUT', `${at} is null: to remove something name its path in unset`, { path: at });
    if (at !== 'set.extra' && typeof member === 'object') refuseNulls(member ?? {}, at);
  }
}

function variableValue({ name, value, secret, generate, generateGroup, description }: EnvVarInput): Json {
  const said = present({ value, secret, generate, generateGroup, description });
  if (generate && 'value' in said) throw refuseVariable(name, 'has a value and is to be generated: leave one of them out');
  if (generate !== true && 'generateGroup' in said)
    throw refuseVariable(name, 'has a generateGroup: that is for variables with generate: true');
  return said;
}

function refuseVariable(name: string, problem: string): Refusal {
  return new Refusal('BAD_USER_INPUT', `env: "${name}" ${problem}`, { path: 'env', key: name });
}

function portValue({ appProtocol, published, exposed, alias }: PortInput): Json {
  const ports = mapOf(
    'published',
    published,
    ({ port, hostIp }) => publishedKey(port, hostIp),
    () => true,
  );
  return present({ appProtocol, exposed, alias, published: ports });
}

function probeValue({ http, tcpPort, exec, intervalSeconds, timeoutSeconds, retries, startPeriodSeconds }: ProbeInput): Json {
  const request = http && present({ path: http.path, port: http.port, scheme: http.scheme });
  const probe = present({ http: request, tcpPort, exec, intervalSeconds, timeoutSeconds, retries, startPeriodSeconds });
  if (Object.keys(present({ http: request, tcpPort, exec })).length > 1) {
    throw new Refusal('BAD_USER_INPUT', 'probes: a probe has one way to probe: http, tcpPort or exec', { path: 'probes' });
  }
  if (Object.keys(probe).length > 0) return probe;
  throw new Refusal('BAD_USER_INPUT', 'probes: a probe says something: http, tcpPort, exec or its timing', { path: 'probes' });
}

function present(values: Readonly<Record<string, Json | null | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Json] => entry[1] !== undefined && entry[1] !== null));
}

function mapOf<Item>(
  name: string,
  items: readonly Item[] | null | undefined,
  keyOf: (item: Item) => string,
  valueOf: (item: Item) => Json,
): JsonObject | undefined {
  if (!items) return undefined;
  const map = emptyRecord<Json>();
  for (const item of items) {
    const key = keyOf(item);
    if (key in map) throw new Refusal('BAD_USER_INPUT', `${name}: "${key}" is given twice`, { path: name, key });
    map[key] = valueOf(item);
  }
  return map;
}
