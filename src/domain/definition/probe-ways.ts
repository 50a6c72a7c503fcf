import { isJsonObject, type Json, type JsonObject } from '../json.js';
import type { Pointer } from '../pointer.js';

/** The ways to probe. A probe has one of them at most, beside its timing; two of them are never mixed. */
const PROBE_WAYS = ['http', 'tcpPort', 'exec'] as const;

const PROBE_WAY = /^(\/probes\/[^/]+\/)(http|tcpPort|exec)(?:\/|$)/;

/** Whether two paths are of different ways to probe, of one probe. */
export function isOtherWay(left: Pointer, right: Pointer): boolean {
  const [, probe, way] = PROBE_WAY.exec(left) ?? [];
  const [, otherProbe, otherWay] = PROBE_WAY.exec(right) ?? [];
  return probe !== undefined && probe === otherProbe && way !== otherWay;
}

/** The way or ways of a probe, without its timing; empty where it has none, or is not there. */
export function waysOf(probe: Json | undefined): JsonObject {
  if (!isJsonObject(probe)) return {};
  return Object.fromEntries(PROBE_WAYS.flatMap((way) => (Object.hasOwn(probe, way) ? [[way, probe[way] as Json]] : [])));
}
