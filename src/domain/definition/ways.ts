import { isJsonObject, type Json, type JsonObject } from '../json.js';
import type { Pointer } from '../pointer.js';

/**
 * Entries that are one thing in one of several ways, of which two are never mixed: a probe probes by HTTP, by TCP or by a command (beside its
 * timing); a config file has its content, or is a secret (beside its mode).
 */
const WAYS: Readonly<Record<string, readonly string[]>> = {
  probes: ['http', 'tcpPort', 'exec'],
  configFiles: ['content', 'secret'],
};

const ENTRY = /^\/(probes|configFiles)\/[^/]+$/;
const WAY = /^(\/(?:probes|configFiles)\/[^/]+\/)(http|tcpPort|exec|content|secret)(?:\/|$)/;

/** Whether two paths are of different ways of one entry. */
export function isOtherWay(left: Pointer, right: Pointer): boolean {
  const [, entry, way] = WAY.exec(left) ?? [];
  const [, otherEntry, otherWay] = WAY.exec(right) ?? [];
  return entry !== undefined && entry === otherEntry && way !== otherWay;
}

/** The way or ways of the entry at a path, without what stands beside them; empty where it has none, or is not there. */
export function waysOf(path: Pointer, entry: Json | undefined): JsonObject {
  if (!isJsonObject(entry)) return {};
  const [, map = ''] = ENTRY.exec(path) ?? [];
  return Object.fromEntries((WAYS[map] ?? []).flatMap((way) => (Object.hasOwn(entry, way) ? [[way, entry[way] as Json]] : [])));
}
