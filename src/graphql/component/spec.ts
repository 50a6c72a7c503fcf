import { digestOf } from '../../domain/canonical.js';
import type { ConfigFileDefinition, Definition, EnvValue, ProbeDefinition } from '../../domain/definition/definition.js';
import { parsePortKey, parsePublishedKey } from '../../domain/definition/port-key.js';
import type { ComponentSpec, ConfigFile, EnvVar, Probe } from './component.types.js';

/**
 * A definition as the API shows it: maps become lists that carry their key.
 * @param digest of the definition, where it is known: computing it costs more than all the rest.
 */
export function toSpec(definition: Definition, digest = digestOf(definition)): ComponentSpec {
  return {
    key: definition.key,
    title: definition.title ?? null,
    image: definition.image ?? null,
    command: definition.command ?? null,
    entrypoint: definition.entrypoint ?? null,
    replicas: definition.replicas,
    env: entries(definition.env).map(([name, value]) => toEnvVar(name, value)),
    ports: entries(definition.ports).map(([key, port]) => {
      const { containerPort, protocol } = parsePortKey(key);
      return {
        containerPort,
        protocol: protocol.toUpperCase(),
        appProtocol: port.appProtocol ?? null,
        published: Object.keys(port.published ?? {}).map((text) => {
          const { hostIp, port: number } = parsePublishedKey(text);
          return { hostIp: hostIp ?? null, port: number };
        }),
        exposed: port.exposed,
        alias: port.alias ?? null,
      };
    }),
    volumes: entries(definition.volumes).map(([mountPath, { kind, name, source, size, readOnly }]) => ({
      mountPath,
      kind,
      name: name ?? null,
      source: source ?? null,
      size: size ?? null,
      readOnly,
    })),
    configFiles: entries(definition.configFiles).map(([path, file]) => toConfigFile(path, file)),
    dependsOn: entries(definition.dependsOn).map(([componentKey, { condition }]) => ({ componentKey, condition })),
    probes: entries(definition.probes).flatMap(([kind, probe]) => (probe ? [toProbe(kind, probe)] : [])),
    resources: definition.resources ? { cpu: definition.resources.cpu ?? null, memory: definition.resources.memory ?? null } : null,
    labels: entries(definition.labels).map(([key, value]) => ({ key, value })),
    extra: definition.extra ?? null,
    digest,
  };
}

function toEnvVar(name: string, value: EnvValue): EnvVar {
  const form = typeof value === 'object' && value !== null ? value : { value };
  const generated = 'generated' in form;
  return {
    name,
    value: 'value' in form ? form.value : null,
    secret: 'secret' in form,
    generated,
    generateGroup: (generated ? form.group : undefined) ?? null,
    description: ('description' in form ? form.description : undefined) ?? null,
  };
}

function toConfigFile(path: string, file: ConfigFileDefinition): ConfigFile {
  return { path, content: 'content' in file ? file.content : null, secret: 'secret' in file, mode: file.mode ?? null };
}

function toProbe(kind: string, probe: ProbeDefinition): Probe {
  return {
    kind: kind.toUpperCase(),
    http: probe.http ?? null,
    tcpPort: probe.tcpPort ?? null,
    exec: probe.exec ?? null,
    intervalSeconds: probe.intervalSeconds ?? null,
    timeoutSeconds: probe.timeoutSeconds ?? null,
    retries: probe.retries ?? null,
    startPeriodSeconds: probe.startPeriodSeconds ?? null,
  };
}

function entries<Value>(map: Readonly<Record<string, Value>> | undefined): [string, Value][] {
  return Object.entries(map ?? {});
}
