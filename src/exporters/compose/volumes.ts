import type { Definition, VolumeDefinition } from '../../domain/definition/definition.js';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json.js';
import { isPath } from '../../importers/compose/files.js';
import { listAt, objectAt, objectOf, omit, sorted, sortedEntries, unlessEmpty } from './json.js';

const TYPES = { PERSISTENT: 'volume', SHARED: 'volume', BIND: 'bind', EPHEMERAL: 'tmpfs' } as const;
const VOLUME_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
const WITHOUT_COLON = /^[^:]+$/;

/** `volumes` and `tmpfs` of a service: in the short form that people write where it says it all. */
export function volumesOf({ volumes, extra }: Definition): JsonObject {
  const kept = objectAt(extra, 'volumes');
  const mounts: Json[] = [];
  const tmpfs: Json[] = [];
  for (const [target, volume] of sortedEntries(volumes)) {
    if (target === '') continue;
    const rest = omit(objectAt(kept, target), 'replaced');
    const inMemory = tmpfsOf(target, volume, rest);
    if (inMemory !== undefined) tmpfs.push(inMemory);
    else mounts.push(shortOf(target, volume, rest) ?? longOf(target, volume, rest));
  }
  mounts.push(...listAt(extra, 'unread_volumes').map(sorted));
  return objectOf([
    ['volumes', unlessEmpty(mounts)],
    ['tmpfs', unlessEmpty(tmpfs)],
  ]);
}

/** The name of a volume that is to be declared beside the services. */
export function volumeName({ kind, name }: VolumeDefinition): string | undefined {
  return TYPES[kind] === 'volume' && name !== undefined && VOLUME_NAME.test(name) ? name : undefined;
}

function sourceOf(volume: VolumeDefinition): string | undefined {
  return TYPES[volume.kind] === 'volume' ? volumeName(volume) : volume.source;
}

function tmpfsOf(target: string, { kind, size, readOnly }: VolumeDefinition, rest: JsonObject): string | undefined {
  if (kind !== 'EPHEMERAL' || readOnly || !WITHOUT_COLON.test(target)) return undefined;
  if (Object.keys(rest).length === 0) return size === undefined ? target : undefined;
  const options = rest['tmpfs'];
  if (typeof options !== 'string' || Object.keys(rest).length > 1) return undefined;
  return /(?:^|,)size=([^,]+)/.exec(options)?.[1] === size ? `${target}:${options}` : undefined;
}

/** Undefined where the short form cannot say it. */
function shortOf(target: string, volume: VolumeDefinition, rest: JsonObject): string | undefined {
  const { kind, size, readOnly } = volume;
  const mode = modeOf(rest, readOnly);
  if (kind === 'EPHEMERAL' || size !== undefined || mode === undefined || !target.startsWith('/') || !WITHOUT_COLON.test(target))
    return undefined;
  const options = mode === '' ? '' : `:${mode}`;
  const source = sourceOf(volume);
  if (source === undefined) return kind === 'BIND' || 'mode' in rest ? undefined : target + options;
  const fits = kind === 'BIND' ? isPath(source) && WITHOUT_COLON.test(source) : true;
  return fits ? `${source}:${target}${options}` : undefined;
}

/** Options of the short form; empty for none, undefined where it has not room for what is there. */
function modeOf(rest: JsonObject, readOnly: boolean): string | undefined {
  const keys = Object.keys(rest);
  if (keys.length === 0) return readOnly ? 'ro' : '';
  const { mode } = rest;
  if (keys.length > 1 || typeof mode !== 'string' || !WITHOUT_COLON.test(mode)) return undefined;
  return mode.split(',').includes('ro') === readOnly ? mode : undefined;
}

function longOf(target: string, volume: VolumeDefinition, rest: JsonObject): JsonObject {
  const { tmpfs } = rest;
  const inMemory = volume.kind === 'EPHEMERAL' && volume.size !== undefined;
  return objectOf([
    ['type', TYPES[volume.kind]],
    ['source', sourceOf(volume)],
    ['target', target],
    ['read_only', volume.readOnly || undefined],
    ...Object.entries(sorted(omit(rest, 'mode', 'source', 'readOnly')) as JsonObject),
    ...(inMemory ? [['tmpfs', { size: volume.size, ...(isJsonObject(tmpfs) && tmpfs) }] as const] : []),
  ] as [string, Json | undefined][]);
}
