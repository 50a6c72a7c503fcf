import type { ConfigFileDefinition, VolumeDefinition } from '../../domain/definition/definition.js';
import { emptyRecord, type Json, type JsonObject } from '../../domain/json.js';
import type { Budget } from './budget.js';
import { boolAt, mapAt, textAt } from './fields.js';
import { isAbsolute, isPath, resolvePath, type Files, type GivenFile } from './files.js';
import { isMap, listOf, textOf, toJson, toJsonObject, without, type TreeMap } from './tree.js';

export interface MappedVolumes {
  readonly volumes: Readonly<Record<string, VolumeDefinition>>;
  readonly configFiles: Readonly<Record<string, ConfigFileDefinition>>;
  /** By mount path: what a mount says beside what is modelled. */
  readonly extra: JsonObject;
  readonly unread: readonly Json[];
  /** Paths of given files that hold secrets: they are config files without content. */
  readonly secret: readonly string[];
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

/** The given files, and the folder that mounts name them from. */
export interface GivenFiles {
  readonly files: Files;
  readonly folder: string;
  readonly budget: Budget;
}

/**
 * `volumes` and `tmpfs` of a service. A bind mount of files whose content is given becomes config files.
 * @throws ImportFailedError for a field of another shape, UnplacedError past the budget.
 */
export function mapVolumes(service: TreeMap, given: GivenFiles): MappedVolumes {
  const mounts = new Map<string, Mount[]>();
  const unread: Json[] = [];
  const add = (entry: Json, mount: Mount | undefined): void => {
    if (!mount?.target) unread.push(entry);
    else if (mounts.get(mount.target)?.push(mount) === undefined) mounts.set(mount.target, [mount]);
  };
  for (const entry of listOf(service['volumes'])) add(toJson(entry), isMap(entry) ? longMount(entry) : shortMount(textOf(entry) ?? ''));
  for (const entry of listOf(service['tmpfs'])) add(toJson(entry), tmpfsMount(textOf(entry) ?? ''));
  return { ...place([...mounts.values()], given), unread };
}

/** Of several mounts at one path the last is there; the others are kept beside. */
function place(paths: readonly (readonly Mount[])[], given: GivenFiles): Omit<MappedVolumes, 'unread'> {
  const volumes = emptyRecord<VolumeDefinition>();
  const configFiles = emptyRecord<ConfigFileDefinition>();
  const extra = emptyRecord<Json>();
  const secret: string[] = [];
  for (const mounts of paths) {
    const mount = mounts.at(-1);
    if (!mount) continue;
    const files = filesAt(mount, given);
    for (const { path, target, content } of files) {
      given.budget.make({ values: 1, characters: target.length + (content?.length ?? 0) });
      configFiles[target] = { content };
      if (content === null) secret.push(path);
    }
    if (files.length === 0) volumes[mount.target] = toVolume(mount);
    const rest: Record<string, Json> = {
      ...mount.rest,
      ...(files.length > 0 && { source: mount.source ?? '', ...(mount.readOnly && { readOnly: true }) }),
      ...(mounts.length > 1 && { replaced: mounts.slice(0, -1).map((other) => ({ ...toVolume(other), ...other.rest })) }),
    };
    if (Object.keys(rest).length > 0) extra[mount.target] = rest;
  }
  return { volumes, configFiles, extra, secret };
}

function toVolume({ kind, source, size, readOnly }: Mount): VolumeDefinition {
  const common = { readOnly, ...(size !== undefined && { size }) };
  if (kind === 'tmpfs') return { kind: 'EPHEMERAL', ...common };
  if (kind === 'bind') return { kind: 'BIND', ...(source !== undefined && { source }), ...common };
  return { kind: 'PERSISTENT', ...(source !== undefined && { name: source }), ...common };
}

/** A file that was given, or all that were given of a folder, with where they are mounted. */
function filesAt({ kind, source, target }: Mount, { files, folder }: GivenFiles): (GivenFile & { readonly target: string })[] {
  if (kind !== 'bind' || source === undefined || isAbsolute(source)) return [];
  const path = resolvePath(folder, source);
  const file = files.find(path);
  if (file) return [{ ...file, target }];
  if (path === folder || files.holdsProject(path)) return [];
  const prefix = path.replace(/\/?$/, '/');
  return files.below(path).map((each) => ({ ...each, target: `${target.replace(/\/$/, '')}/${each.path.slice(prefix.length)}` }));
}

function tmpfsMount(text: string): Mount {
  const at = text.indexOf(':');
  const options = at < 0 ? '' : text.slice(at + 1);
  const size = /(?:^|,)size=([^,]+)/.exec(options)?.[1];
  const target = at < 0 ? text : text.slice(0, at);
  return { target, kind: 'tmpfs', source: undefined, readOnly: false, size, rest: options ? { tmpfs: options } : undefined };
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
  const target = textAt(entry, 'target');
  if (target === undefined) return undefined;
  const kind = textAt(entry, 'type') ?? 'volume';
  const tmpfs = kind === 'tmpfs' ? mapAt(entry, 'tmpfs') : undefined;
  const size = tmpfs && textOf(tmpfs['size']);
  const known = ['volume', 'bind', 'tmpfs'].includes(kind);
  const rest = without(entry, 'target', 'source', 'read_only', ...(known ? ['type'] : []), ...(size !== undefined ? ['tmpfs'] : []));
  const tmpfsRest = size !== undefined && tmpfs ? without(tmpfs, 'size') : undefined;
  return {
    target,
    kind,
    source: textAt(entry, 'source'),
    readOnly: boolAt(entry, 'read_only') ?? false,
    size,
    rest: rest || tmpfsRest ? { ...(rest && toJsonObject(rest)), ...(tmpfsRest && { tmpfs: toJsonObject(tmpfsRest) }) } : undefined,
  };
}
