import type { Definition, PortDefinition } from '../../domain/definition/definition.js';
import { parsePortKey, parsePublishedKey } from '../../domain/definition/port-key.js';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json.js';
import { listAt, objectAt, objectOf, sorted, unlessEmpty } from './json.js';

interface Published {
  readonly hostIp: string | undefined;
  readonly port: number;
}

/** `ports` and `expose` of a service. What a port says beside what is modelled goes to one entry each, in order. */
export function portsOf({ ports = {}, extra }: Definition): JsonObject {
  const kept = objectAt(extra, 'ports');
  const published: Json[] = [];
  const exposed: Json[] = [];
  for (const key of Object.keys(ports).sort(byNumber)) {
    const port = ports[key];
    if (!port) continue;
    if (port.exposed || port.published) published.push(...entriesOf(key, port, kept[key]));
    else exposed.push(shortOf(key, undefined));
  }
  published.push(...listAt(extra, 'unread_ports').map(sorted));
  return objectOf([
    ['ports', unlessEmpty(published)],
    ['expose', unlessEmpty(exposed)],
  ]);
}

function entriesOf(key: string, { appProtocol, published = {} }: PortDefinition, kept: Json | undefined): Json[] {
  const rests = (Array.isArray(kept) ? (kept as readonly Json[]) : [kept]).filter(isJsonObject);
  const hosts = Object.keys(published).sort().map(parsePublishedKey);
  const entries: Json[] = [];
  // A range of host ports stands for itself.
  for (const rest of rests)
    entries.push(longOf(key, rest, appProtocol, 'published' in rest || 'host_ip' in rest ? undefined : hosts.shift()));
  for (const host of hosts)
    entries.push(appProtocol === undefined && isShort(host) ? shortOf(key, host) : longOf(key, {}, appProtocol, host));
  if (entries.length === 0) entries.push(appProtocol === undefined ? shortOf(key, undefined) : longOf(key, {}, appProtocol, undefined));
  return entries;
}

function isShort({ hostIp }: Published): boolean {
  return hostIp === undefined || /^\d+\.\d+\.\d+\.\d+$|^[0-9a-fA-F:]+$/.test(hostIp);
}

function shortOf(key: string, host: Published | undefined): string {
  const { containerPort, protocol } = parsePortKey(key);
  const target = protocol === 'tcp' ? String(containerPort) : `${containerPort}/${protocol}`;
  if (!host) return target;
  const ip = host.hostIp?.includes(':') ? `[${host.hostIp}]` : host.hostIp;
  return ip === undefined ? `${host.port}:${target}` : `${ip}:${host.port}:${target}`;
}

function longOf(key: string, rest: JsonObject, appProtocol: string | undefined, host: Published | undefined): JsonObject {
  const { containerPort, protocol } = parsePortKey(key);
  return objectOf([
    ['target', containerPort],
    ['protocol', protocol === 'tcp' ? undefined : protocol],
    ['published', host && String(host.port)],
    ['host_ip', host?.hostIp],
    ['app_protocol', appProtocol],
    ...Object.entries(sorted(rest) as JsonObject),
  ]);
}

function byNumber(left: string, right: string): number {
  return parseInt(left) - parseInt(right) || (left < right ? -1 : 1);
}
