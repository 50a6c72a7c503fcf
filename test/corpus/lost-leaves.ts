import type { Definition } from '../../src/domain/definition/definition.js';

/** YAML as a plain parser reads it, with its variables replaced. */
export type Yaml = string | number | boolean | null | readonly Yaml[] | YamlMap;
export interface YamlMap {
  readonly [key: string]: Yaml;
}

type Check = (value: Yaml, component: Definition) => string[];

/**
 * Where each field of a service must be found in its definition, told a second time and apart from the importer: every leaf at its own place, in
 * its own form. Fields that are not here must be in `extra`, leaf by leaf.
 */
const CHECKS: Readonly<Record<string, Check>> = {
  image: (value, { image, extra }) => lost(value, image ?? extra?.['image'], 'image'),
  command: (value, { command }) => lostWords(value, command, 'command'),
  entrypoint: (value, { entrypoint }) => lostWords(value, entrypoint, 'entrypoint'),
  environment: (value, { env }) => lostPairs(value, env ?? {}, 'environment'),
  labels: (value, { labels }) => lostPairs(value, labels ?? {}, 'labels'),
  ports: (value, component) => listOf(value).flatMap((port) => lostPort(port, component)),
  expose: (value, { ports }) =>
    listOf(value)
      .filter((port) => !ports?.[`${text(port)}/tcp`])
      .map((port) => `expose ${text(port)}`),
  volumes: (value, component) => listOf(value).flatMap((mount) => lostMount(mount, component)),
  tmpfs: (value, component) =>
    listOf(value).flatMap((mount) => {
      const [target = '', options] = text(mount).split(/:(.*)/);
      const kind = component.volumes?.[target]?.kind;
      return [
        ...lost('EPHEMERAL', kind, `tmpfs ${target}`),
        ...lost(options ?? null, extraOf(component, 'volumes', target)?.['tmpfs'] ?? null, `tmpfs ${target}`),
      ];
    }),
  depends_on: (value, component) =>
    entriesOf(value).flatMap(([name, terms]) => {
      const { condition = 'service_started', ...others } = isMap(terms) ? terms : {};
      const path = `depends_on ${name}`;
      return [
        ...lost(condition, component.dependsOn?.[name]?.condition, path),
        ...lost(others, extraOf(component, 'depends_on', name) ?? {}, path),
      ];
    }),
  networks: (value, { extra }) =>
    entriesOf(value).flatMap(([name, terms]) => lost(terms, mapAt(extra?.['networks'])?.[name], `networks ${name}`)),
  healthcheck: (value, component) => lostHealthcheck(mapAt(value) ?? {}, component),
  deploy: (value, { replicas, resources, extra }) => {
    const { replicas: count, resources: wanted, ...rest } = mapAt(value) ?? {};
    const { limits, ...others } = mapAt(wanted) ?? {};
    const { cpus, memory, ...otherLimits } = mapAt(limits) ?? {};
    const kept = mapAt(extra?.['deploy']) ?? {};
    const keptResources = mapAt(kept['resources']) ?? {};
    return [
      ...(count === undefined ? [] : lost(count, replicas, 'deploy replicas')),
      ...lost(cpus ?? null, resources?.cpu ?? null, 'deploy cpus'),
      ...lost(memory ?? null, resources?.memory ?? null, 'deploy memory'),
      ...lost(otherLimits, keptResources['limits'] ?? {}, 'deploy limits'),
      ...lost(others, keptResources, 'deploy resources'),
      ...lost(rest, kept, 'deploy'),
    ];
  },
  scale: (value, { replicas, extra }) => lost(value, extra?.['scale'] ?? replicas, 'scale'),
  mem_limit: (value, { resources, extra }) => lost(value, extra?.['mem_limit'] ?? resources?.memory, 'mem_limit'),
  cpus: (value, { resources, extra }) => lost(value, extra?.['cpus'] ?? resources?.cpu, 'cpus'),
};

/** The leaves of a service that are not where they should be; null says nothing of a field that has a place of its own. */
export function lostOfService(service: YamlMap, component: Definition): string[] {
  return Object.entries(service).flatMap(([field, value]) => {
    const check = Object.hasOwn(CHECKS, field) ? CHECKS[field] : undefined;
    if (!check) return lost(value, component.extra?.[field], field);
    return value === null ? [] : check(value, component);
  });
}

/** The leaves of a tree that are not at the same place in another. */
export function lost(expected: Yaml, actual: unknown, path: string): string[] {
  if (Array.isArray(expected)) {
    const list: readonly unknown[] = Array.isArray(actual) ? actual : [];
    if (list !== actual || list.length !== expected.length) return [path];
    return (expected as readonly Yaml[]).flatMap((item, i) => lost(item, list[i], `${path}/${i}`));
  }
  if (isMap(expected)) {
    const map = mapAt(actual);
    if (!map) return [path];
    return Object.entries(expected).flatMap(([key, value]) =>
      lost(value, Object.hasOwn(map, key) ? map[key] : undefined, `${path}/${key}`),
    );
  }
  return isSame(expected, actual) ? [] : [path];
}

/** A scalar, or the text that it was in the file. */
function isSame(expected: Yaml, actual: unknown): boolean {
  if (expected === actual) return true;
  if (typeof actual !== 'string') return typeof expected === 'string' && String(actual) === expected;
  return typeof expected === 'number' ? Number(actual) === expected : JSON.stringify(expected) === actual.toLowerCase();
}

function lostWords(value: Yaml, words: readonly string[] | undefined, path: string): string[] {
  if (Array.isArray(value)) return lost((value as readonly Yaml[]).map(text), words, path);
  const bare = (line: string): string => line.replace(/[\s'"\\]/g, '');
  return words && bare(words.join('')) === bare(text(value)) ? [] : [path];
}

function lostPairs(value: Yaml, actual: Readonly<Record<string, unknown>>, path: string): string[] {
  const pairs = isMap(value)
    ? Object.entries(value)
    : listOf(value).map((entry): [string, Yaml] => {
        const [name = '', ...rest] = text(entry).split('=');
        return [name, rest.length > 0 ? rest.join('=') : null];
      });
  // Of a name that is given twice the later counts; a name alone may have a value from outside.
  return [...new Map(pairs)].flatMap(([name, each]) => {
    if (!Object.hasOwn(actual, name)) return [`${path}/${name}`];
    return each === null ? [] : lost(each, actual[name], `${path}/${name}`);
  });
}

function lostPort(port: Yaml, { ports, extra }: Definition): string[] {
  if (isMap(port)) {
    const { target, protocol = 'tcp', published, app_protocol, host_ip, ...rest } = port;
    const key = `${text(target ?? null)}/${text(protocol)}`;
    const host = host_ip === undefined ? text(published ?? null) : `${text(host_ip)}:${text(published ?? null)}`;
    return [
      ...(published === undefined ? [] : lost(true, ports?.[key]?.published?.[host], `ports ${key}`)),
      ...lost(app_protocol ?? null, ports?.[key]?.appProtocol ?? null, `ports ${key}`),
      ...lost(rest, mapAt(extra?.['ports'])?.[key] ?? {}, `ports ${key}`),
    ];
  }
  const [, address = '', protocol = 'tcp'] = /^(.*?)(?:\/(\w+))?$/.exec(text(port)) ?? [];
  const parts = address.split(':');
  const containers = range(parts.pop() ?? '');
  const hosts = range(parts.pop() ?? '');
  const prefix = parts.length > 0 ? `${parts.join(':')}:` : '';
  return containers
    .filter((container, i) => {
      const found = ports?.[`${container}/${protocol}`];
      return !found?.exposed || (hosts.length > 0 && found.published?.[`${prefix}${hosts[i]}`] !== true);
    })
    .map((container) => `ports ${text(port)} (${container})`);
}

function range(part: string): number[] {
  if (part === '') return [];
  const [first = 0, last = first] = part.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function lostMount(mount: Yaml, component: Definition): string[] {
  if (isMap(mount)) {
    const { type = 'volume', source, target, read_only = false, ...rest } = mount;
    return lostVolume({ source: source ?? null, target: text(target ?? null), readOnly: read_only, kind: text(type) }, component).concat(
      lost(rest, extraOf(component, 'volumes', text(target ?? null)) ?? {}, `volumes ${text(target ?? null)}`),
    );
  }
  const parts = text(mount).split(':');
  const [source, target = source, mode = ''] = parts as [string, string?, string?];
  const kind = /^[./~]/.test(source) ? 'bind' : 'volume';
  const named = parts.length === 1 ? null : source;
  const others = mode.split(',').some((word) => word !== '' && word !== 'ro');
  return [
    ...lostVolume(
      { source: named, target, readOnly: mode.split(',').includes('ro'), kind: parts.length === 1 ? 'volume' : kind },
      component,
    ),
    ...(others ? lost(mode, extraOf(component, 'volumes', target)?.['mode'], `volumes ${target}`) : []),
  ];
}

interface Mount {
  readonly source: Yaml;
  readonly target: string;
  readonly readOnly: Yaml;
  readonly kind: string;
}

/** A mount is a volume; or, of files that are given, config files that say beside them where they are from. */
function lostVolume({ source, target, readOnly, kind }: Mount, component: Definition): string[] {
  const path = `volumes ${target}`;
  const volume = component.volumes?.[target];
  if (volume) {
    const wanted = { bind: 'BIND', volume: 'PERSISTENT', tmpfs: 'EPHEMERAL' }[kind] ?? kind;
    return [
      ...lost(wanted, volume.kind, path),
      ...lost(source, (kind === 'bind' ? volume.source : volume.name) ?? null, path),
      ...lost(readOnly, volume.readOnly, path),
    ];
  }
  const folder = target.replace(/\/$/, '');
  const files = Object.keys(component.configFiles ?? {}).filter((file) => file === target || file.startsWith(`${folder}/`));
  const beside = extraOf(component, 'volumes', target);
  return files.length === 0 ? [path] : [...lost(source, beside?.['source'], path), ...lost(readOnly, beside?.['readOnly'] ?? false, path)];
}

function lostHealthcheck(healthcheck: YamlMap, { probes, extra }: Definition): string[] {
  const probe = probes?.liveness;
  const beside = mapAt(extra?.['healthcheck']) ?? {};
  const seconds = { interval: probe?.intervalSeconds, timeout: probe?.timeoutSeconds, start_period: probe?.startPeriodSeconds };
  return Object.entries(healthcheck).flatMap(([key, value]) => {
    const path = `healthcheck ${key}`;
    if (Object.hasOwn(beside, key)) return lost(value, beside[key], path);
    if (key === 'retries') return lost(value, probe?.retries, path);
    if (key === 'test') {
      if (!Array.isArray(value)) return lost(['/bin/sh', '-c', value], probe?.exec, path);
      const [kind, ...words] = value as readonly Yaml[];
      return lost(kind === 'CMD' ? words.map(text) : ['/bin/sh', '-c', words.map(text).join(' ')], probe?.exec, path);
    }
    return lost(secondsOf(text(value)), seconds[key as keyof typeof seconds], path);
  });
}

function secondsOf(duration: string): number {
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };
  return [...duration.matchAll(/(\d+)([hms])/g)].reduce((sum, [, number, unit = '']) => sum + Number(number) * (units[unit] ?? NaN), 0);
}

function extraOf({ extra }: Definition, field: string, key: string): YamlMap | undefined {
  return mapAt(mapAt(extra?.[field])?.[key]);
}

function isMap(value: unknown): value is YamlMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapAt(value: unknown): YamlMap | undefined {
  return isMap(value) ? value : undefined;
}

function listOf(value: Yaml): readonly Yaml[] {
  return Array.isArray(value) ? (value as readonly Yaml[]) : [value];
}

/** A mapping, or a list of names that say no more. */
function entriesOf(value: Yaml): [string, Yaml][] {
  return isMap(value) ? Object.entries(value) : listOf(value).map((name) => [text(name), null]);
}

function text(value: Yaml): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
