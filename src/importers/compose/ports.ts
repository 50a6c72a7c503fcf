import type { PortDefinition } from '../../domain/definition/definition.js';
import { portKey, publishedKey } from '../../domain/definition/port-key.js';
import { emptyRecord, type Json, type JsonObject } from '../../domain/json.js';
import { isMap, listOf, numberOf, textOf, toJson, toJsonObject, without, type Tree, type TreeMap } from './tree.js';

interface DraftPort {
  exposed: boolean;
  appProtocol?: string;
  published: Record<string, true>;
}

export interface MappedPorts {
  readonly ports: Readonly<Record<string, PortDefinition>>;
  /** By port key: what a port says beside what is modelled. */
  readonly extra: JsonObject;
  /** Entries that cannot be read, as they were given. */
  readonly unread: readonly Json[];
}

const SHORT = /^(?:(?<ip>\[[^\]]+\]|\d+\.\d+\.\d+\.\d+):)?(?:(?<host>\d*(?:-\d+)?):)?(?<container>\d+(?:-\d+)?)(?:\/(?<protocol>\w+))?$/;
const MAX_RANGE = 65_535;

/** `ports` and `expose` of a service. A port without a host port is published at one that is free. */
export function mapPorts(ports: Tree | undefined, expose: Tree | undefined): MappedPorts {
  const drafts = new Map<string, DraftPort>();
  const extra = emptyRecord<Json>();
  const unread: Json[] = [];
  const draftOf = (key: string): DraftPort => {
    const draft = drafts.get(key) ?? { exposed: false, published: emptyRecord<true>() };
    drafts.set(key, draft);
    return draft;
  };
  for (const entry of listOf(ports)) {
    const known = isMap(entry) ? longPort(entry, draftOf, extra) : shortPort(textOf(entry) ?? '', draftOf, extra);
    if (!known) unread.push(toJson(entry));
  }
  for (const entry of listOf(expose)) {
    const { container, protocol } = SHORT.exec(textOf(entry) ?? '')?.groups ?? {};
    const range = container === undefined ? [] : rangeOf(container);
    for (const port of range) draftOf(portKey(port, protocol ?? 'tcp'));
    if (range.length === 0) unread.push(toJson(entry));
  }
  const result = emptyRecord<PortDefinition>();
  for (const [key, draft] of drafts) result[key] = draft;
  return { ports: result, extra, unread };
}

function shortPort(text: string, draftOf: (key: string) => DraftPort, extra: Record<string, Json>): boolean {
  const { ip, host, container, protocol = 'tcp' } = SHORT.exec(text)?.groups ?? {};
  const containers = container === undefined ? [] : rangeOf(container);
  const hosts = host ? rangeOf(host) : [];
  if (containers.length === 0 || (hosts.length > 0 && hosts.length !== containers.length && containers.length > 1)) return false;
  const hostIp = ip?.replace(/^\[(.*)\]$/, '$1');
  containers.forEach((port, i) => {
    const key = portKey(port, protocol);
    const draft = draftOf(key);
    draft.exposed = true;
    const published = hosts[i];
    if (published !== undefined && hosts.length === containers.length) draft.published[publishedKey(published, hostIp)] = true;
    else if (host) extra[key] = { published: host, ...(ip && { host_ip: ip }) };
    else if (ip) extra[key] = { host_ip: ip };
  });
  return true;
}

function longPort(entry: TreeMap, draftOf: (key: string) => DraftPort, extra: Record<string, Json>): boolean {
  const target = numberOf(entry['target']);
  if (target === undefined || !Number.isInteger(target) || target < 1 || target > 65_535) return false;
  const key = portKey(target, textOf(entry['protocol']) ?? 'tcp');
  const draft = draftOf(key);
  draft.exposed = true;
  const appProtocol = textOf(entry['app_protocol']);
  if (appProtocol !== undefined) draft.appProtocol = appProtocol;
  const published = numberOf(entry['published']);
  const modelled = ['target', 'protocol', 'app_protocol'];
  if (published !== undefined && Number.isInteger(published)) {
    draft.published[publishedKey(published, textOf(entry['host_ip']))] = true;
    modelled.push('published', 'host_ip');
  }
  const rest = without(entry, ...modelled);
  if (rest) extra[key] = toJsonObject(rest);
  return true;
}

/** The numbers of `80` or `80-83`; none where they are no ports. */
function rangeOf(text: string): number[] {
  const [first = NaN, last = first] = text.split('-').map(Number);
  if (!(first >= 1 && last >= first && last <= MAX_RANGE)) return [];
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
