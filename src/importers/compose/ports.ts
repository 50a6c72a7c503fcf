import type { PortDefinition } from '../../domain/definition/definition.js';
import { portKey, publishedKey } from '../../domain/definition/port-key.js';
import { emptyRecord, type Json, type JsonObject } from '../../domain/json.js';
import { countAt, textAt } from './fields.js';
import { isMap, listOf, textOf, toJson, toJsonObject, without, type TreeMap } from './tree.js';

interface DraftPort {
  exposed: boolean;
  appProtocol?: string;
  published: Record<string, true>;
}

export interface MappedPorts {
  readonly ports: Readonly<Record<string, PortDefinition>>;
  /** By port key: what a port says beside what is modelled; a list where several entries name the port. */
  readonly extra: JsonObject;
  /** Entries that cannot be read, as they were given. */
  readonly unread: readonly Json[];
}

const SHORT = /^(?:(?<ip>\[[^\]]+\]|\d+\.\d+\.\d+\.\d+):)?(?:(?<host>\d*(?:-\d+)?):)?(?<container>\d+(?:-\d+)?)(?:\/(?<protocol>\w+))?$/;
const LAST_PORT = 65_535;
/** Ports of a service that become fields of their own; what is beyond comes from ranges that nobody looks at one by one. */
export const MAX_PORTS = 1_000;

/** `ports` and `expose` of a service. A port without a host port is published at one that is free. @throws ImportFailedError. */
export function mapPorts(service: TreeMap): MappedPorts {
  const drafts = new Drafts();
  const unread: Json[] = [];
  for (const entry of listOf(service['ports'])) {
    const known = isMap(entry) ? longPort(entry, drafts) : shortPort(textOf(entry) ?? '', drafts);
    if (!known) unread.push(toJson(entry));
  }
  for (const entry of listOf(service['expose'])) {
    const { container, protocol = 'tcp' } = SHORT.exec(textOf(entry) ?? '')?.groups ?? {};
    const range = rangeOf(container);
    if (range && drafts.hasRoom(range.size)) for (let i = 0; i < range.size; i++) drafts.at(portKey(range.first + i, protocol));
    else unread.push(toJson(entry));
  }
  return { ports: drafts.ports, extra: drafts.extra, unread };
}

class Drafts {
  readonly ports = emptyRecord<DraftPort>();
  readonly extra = emptyRecord<Json>();
  #named = 0;

  at(key: string): DraftPort {
    return (this.ports[key] ??= { exposed: false, published: emptyRecord<true>() });
  }

  /** Whether so many more may be named, which then are. */
  hasRoom(ports: number): boolean {
    if (this.#named + ports > MAX_PORTS) return false;
    this.#named += ports;
    return true;
  }

  keep(key: string, rest: JsonObject): void {
    const before = this.extra[key];
    if (before === undefined) this.extra[key] = rest;
    else this.extra[key] = Array.isArray(before) ? [...(before as readonly Json[]), rest] : [before, rest];
  }
}

function shortPort(text: string, drafts: Drafts): boolean {
  const { ip, host, container, protocol = 'tcp' } = SHORT.exec(text)?.groups ?? {};
  const containers = rangeOf(container);
  const hosts = rangeOf(host);
  if (!containers || (hosts && hosts.size !== containers.size && containers.size > 1)) return false;
  if (!drafts.hasRoom(containers.size)) return false;
  const hostIp = ip?.replace(/^\[(.*)\]$/, '$1');
  for (let i = 0; i < containers.size; i++) {
    const key = portKey(containers.first + i, protocol);
    const draft = drafts.at(key);
    draft.exposed = true;
    if (hosts?.size === containers.size) draft.published[publishedKey(hosts.first + i, hostIp)] = true;
    else if (host) drafts.keep(key, { published: host, ...(ip && { host_ip: ip }) });
    else if (ip) drafts.keep(key, { host_ip: ip });
  }
  return true;
}

function longPort(entry: TreeMap, drafts: Drafts): boolean {
  const target = portAt(entry, 'target');
  const protocol = textAt(entry, 'protocol') ?? 'tcp';
  if (target === undefined || !/^\w+$/.test(protocol) || !drafts.hasRoom(1)) return false;
  const key = portKey(target, protocol);
  const draft = drafts.at(key);
  draft.exposed = true;
  const modelled = ['target', 'protocol'];
  const appProtocol = textAt(entry, 'app_protocol');
  if (appProtocol !== undefined && (draft.appProtocol ?? appProtocol) === appProtocol) {
    draft.appProtocol = appProtocol;
    modelled.push('app_protocol');
  }
  const published = portAt(entry, 'published');
  if (published !== undefined) {
    draft.published[publishedKey(published, textAt(entry, 'host_ip'))] = true;
    modelled.push('published', 'host_ip');
  }
  const rest = without(entry, ...modelled);
  if (rest) drafts.keep(key, toJsonObject(rest));
  return true;
}

/** A number that is a port; undefined for what is none, such as a range. */
function portAt(entry: TreeMap, key: string): number | undefined {
  const port = countAt(entry, key);
  return port !== undefined && port >= 1 && port <= LAST_PORT ? port : undefined;
}

/** `80` or `80-83`; undefined where they are no ports. */
function rangeOf(text: string | undefined): { readonly first: number; readonly size: number } | undefined {
  const [first = NaN, last = first] = (text ?? '').split('-').map(Number);
  return first >= 1 && last >= first && last <= LAST_PORT ? { first, size: last - first + 1 } : undefined;
}
