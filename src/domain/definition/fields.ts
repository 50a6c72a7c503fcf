import type { Pointer } from '../pointer.js';
import { ENTRY_MAPS } from './definition.js';

export type FieldKind =
  | 'COMPONENT'
  | 'KEY'
  | 'TITLE'
  | 'IMAGE'
  | 'COMMAND'
  | 'ENTRYPOINT'
  | 'REPLICAS'
  | 'RESOURCES'
  | 'ENV'
  | 'PORT'
  | 'VOLUME'
  | 'CONFIG_FILE'
  | 'DEPENDENCY'
  | 'PROBE'
  | 'LABEL'
  | 'EXTRA';

const KIND_OF_FIELD: Readonly<Record<string, FieldKind>> = {
  key: 'KEY',
  title: 'TITLE',
  image: 'IMAGE',
  command: 'COMMAND',
  entrypoint: 'ENTRYPOINT',
  replicas: 'REPLICAS',
  resources: 'RESOURCES',
  env: 'ENV',
  ports: 'PORT',
  volumes: 'VOLUME',
  configFiles: 'CONFIG_FILE',
  dependsOn: 'DEPENDENCY',
  probes: 'PROBE',
  labels: 'LABEL',
  extra: 'EXTRA',
};

/** What kind of field a path belongs to; the empty path is the component as a whole. */
export function fieldKindOf(path: Pointer): FieldKind {
  if (path === '') return 'COMPONENT';
  const end = path.indexOf('/', 1);
  return KIND_OF_FIELD[end < 0 ? path.slice(1) : path.slice(1, end)] ?? 'EXTRA';
}

const ENTRY_MAP_NAMES: ReadonlySet<string> = new Set(ENTRY_MAPS);

/** Whether the path names an entry that is never merged in halves: a port, a volume, a config file, a dependency, a probe. */
export function isEntryPath(path: Pointer): boolean {
  const slash = path.indexOf('/', 1);
  return slash > 0 && !path.includes('/', slash + 1) && ENTRY_MAP_NAMES.has(path.slice(1, slash));
}
