import type { ConfigFileDefinition, VolumeDefinition } from '../../domain/definition/definition.js';
import { emptyRecord, type Json, type JsonObject } from '../../domain/json.js';
import { isPath, pathFrom, type Files } from './files.js';
import { isMap, listOf, Plain, textOf, toJson, toJsonObject, without, type Tree, type TreeMap } from './tree.js';

export interface MappedVolumes {
  readonly volumes: Readonly<Record<string, VolumeDefinition>>;
  readonly configFiles: Readonly<Record<string, ConfigFileDefinition>>;
  /** By mount path: what a mount says beside what is modelled. */
  readonly extra: JsonObject;
  readonly unread: readonly Json[];
}

interface Mount {
  readonly target: string;
  /** `volume`, `bind`, `tmpfs`, or what else Compose may know. */
  readonly kind: string;
  readonly source: string | undefined;
  readonly readOnly: boolean;
  readonly size: string | undefined;
  /** What is not modelled. */
  readonly rest: JsonObject | undefined;
}

/** `volumes` and `tmpfs` of a service. A bind mount of files whose content is given becomes config files. */
export function mapVolumes(volumes: Tree | undefined, tmpfs: Tree | undefined, files: Files, file: string | undefined): MappedVolumes {
  const mounts: Mount[] = [];
  const unread: Json[] = [];
  for (const entry of listOf(volumes)) {
    const mount = isMap(entry) ? longMount(entry) : shortMount(textOf(entry) ?? '');
    if (mount) mounts.push(mount);
    else unread.push(toJson(entry));
  }
  for (const entry of listOf(tmpfs)) {
    const [target = '', options] = (textOf(entry) ?? '').split(/:(.*)/s);
    const size = /(?:^|,)size=([^,]+)/.exec(options ?? '')?.[1];
    if (target)
      mounts.push({ target, kind: 'tmpfs', source: undefined, readOnly: false, size, rest: options ? { tmpfs: options } : undefined });
    else unread.push(toJson(entry));
  }
  return { ...place(mounts, files, file), unread };
}

function place(mounts: readonly Mount[], files: Files, file: string | undefined): Omit<MappedVolumes, 'unread'> {
  const volumes = emptyRecord<VolumeDefinition>();
  const configFiles = emptyRecord<ConfigFileDefinition>();
  const extra = emptyRecord<Json>();
  for (const mount of mounts) {
    const given = mount.kind === 'bind' && mount.source !== undefined ? filesAt(mount.source, mount.target, files, file) : [];
    for (const [path, content] of given) configFiles[path] = { content };
    const rest: Record<string, Json> = {
      ...mount.rest,
      ...(given.length > 0 && { source: mount.source ?? '', ...(mount.readOnly && { readOnly: true }) }),
    };
    const replaced = extra[mount.target] ?? volumes[mount.target];
    if (given.length === 0) volumes[mount.target] = toVolume(mount);
    if (replaced !== undefined) rest['replaced'] = replaced as Json;
    if (Object.keys(rest).length > 0) extra[mount.target] = rest;
  }
  return { volumes, configFiles, extra };
}

function toVolume({ kind, source, size, readOnly }: Mount): VolumeDefinition {
  const common = { readOnly, ...(size !== undefined && { size }) };
  if (kind === 'tmpfs') return { kind: 'EPHEMERAL', ...common };
  if (kind === 'bind') return { kind: 'BIND', ...(source !== undefined && { source }), ...common };
  return { kind: 'PERSISTENT', ...(source !== undefined && { name: source }), ...common };
}

/** A file that was given, or all that were given of a folder, with where they are mounted. */
function filesAt(source: string, target: string, files: Files, file: string | undefined): (readonly [string, string])[] {
  if (!source.startsWith('.')) return [];
  const path = pathFrom(file, source);
  const content = files.read(path);
  if (content !== undefined) return [[target, content]];
  return path === '.' ? [] : files.below(path).map(([name, text]) => [`${target.replace(/\/$/, '')}/${name}`, text]);
}

function shortMount(text: string): Mount | undefined {
  const parts = text.split(':');
  const windows = /^[A-Za-z]$/.test(parts[0] ?? '') && (parts[1] ?? '').startsWith('\\');
  if (windows) parts.splice(0, 2, `${parts[0]}:${parts[1]}`);
  const [first = '', second, third, ...more] = parts;
  if (first === '' || more.length > 0) return undefined;
  const anonymous = second === undefined || (third === undefined && !/^[/.~$]|^[A-Za-z]:/.test(second) && isMode(second));
  const source = anonymous ? undefined : first;
  const target = anonymous ? first : second;
  const options = (anonymous ? second : third)?.split(',') ?? [];
  const others = options.filter((option) => option !== 'ro' && option !== 'rw');
  return {
    target: target ?? '',
    kind: source !== undefined && isPath(source) ? 'bind' : 'volume',
    source,
    readOnly: options.includes('ro'),
    size: undefined,
    rest: others.length > 0 || options.includes('rw') ? { mode: options.join(',') } : undefined,
  };
}

function isMode(text: string): boolean {
  return text.split(',').every((option) => /^(ro|rw|z|Z|cached|delegated|consistent|nocopy|r?shared|r?private|r?slave)$/.test(option));
}

function longMount(entry: TreeMap): Mount | undefined {
  const target = textOf(entry['target']);
  if (target === undefined) return undefined;
  const kind = textOf(entry['type']) ?? 'volume';
  const tmpfs = entry['tmpfs'];
  const size = kind === 'tmpfs' && isMap(tmpfs) ? textOf(tmpfs['size']) : undefined;
  const readOnly = entry['read_only'];
  const known = ['volume', 'bind', 'tmpfs'].includes(kind);
  const rest = without(entry, 'target', 'source', 'read_only', ...(known ? ['type'] : []), ...(size !== undefined ? ['tmpfs'] : []));
  const tmpfsRest = size !== undefined && isMap(tmpfs) ? without(tmpfs, 'size') : undefined;
  return {
    target,
    kind,
    source: textOf(entry['source']),
    readOnly: readOnly instanceof Plain && readOnly.value === true,
    size,
    rest: rest || tmpfsRest ? { ...(rest && toJsonObject(rest)), ...(tmpfsRest && { tmpfs: toJsonObject(tmpfsRest) }) } : undefined,
  };
}
