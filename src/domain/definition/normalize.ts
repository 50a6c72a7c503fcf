import { Refusal } from '../errors.js';
import { emptyRecord, isJsonObject, type Json, type JsonObject } from '../json.js';
import { pointerOf, type Pointer } from '../pointer.js';
import {
  DEFAULT_DEPENDENCY_CONDITION,
  DEFAULT_PROBE_SCHEME,
  type AppContent,
  type ConfigFileDefinition,
  type Definition,
  type DependencyDefinition,
  type EnvValue,
  type PortDefinition,
  type ProbeDefinition,
  type ProbeKind,
  type ResourcesDefinition,
  type VolumeDefinition,
} from './definition.js';

type Map<T> = Readonly<Record<string, T>>;
type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** A definition as somebody wrote it: defaults may be missing, maps may be empty, undefined means absent. */
export interface DefinitionDraft extends Loose<
  Omit<Definition, 'key' | 'env' | 'ports' | 'volumes' | 'configFiles' | 'dependsOn' | 'probes' | 'resources'>
> {
  readonly key: string;
  readonly resources?: Loose<ResourcesDefinition> | undefined;
  readonly env?: Map<EnvValue> | undefined;
  readonly ports?: Map<Loose<PortDefinition>> | undefined;
  readonly volumes?: Map<Loose<VolumeDefinition>> | undefined;
  readonly configFiles?: Map<Loose<ConfigFileDefinition>> | undefined;
  readonly dependsOn?: Map<Loose<DependencyDefinition>> | undefined;
  readonly probes?: Loose<Record<ProbeKind, Loose<ProbeDefinition>>> | undefined;
}

const KEY = /^[a-zA-Z0-9._-]{1,128}$/;
const MAX_DEPTH = 64;

export function isKey(text: string): boolean {
  return KEY.test(text);
}

/**
 * Brings a draft to normal form.
 * @throws Refusal BAD_USER_INPUT for a key that is not one, a text that is not Unicode (a lone surrogate) or holds NUL, a nesting deeper than
 * 64, a number that is not finite.
 */
export function normalizeDefinition(draft: DefinitionDraft): Definition {
  if (!isKey(draft.key)) {
    throw new Refusal('BAD_USER_INPUT', `"${draft.key}" is not a component key: use 1 to 128 letters, digits, ".", "_" or "-"`, {
      path: '/key',
    });
  }
  const full = {
    key: draft.key,
    title: draft.title,
    image: draft.image,
    command: draft.command,
    entrypoint: draft.entrypoint,
    replicas: draft.replicas ?? 1,
    resources: draft.resources,
    env: mapEntries(draft.env, tidyVariable),
    ports: mapEntries(draft.ports, (port) => ({ ...port, exposed: port.exposed ?? Object.keys(port.published ?? {}).length > 0 })),
    volumes: mapEntries(draft.volumes, (volume) => ({ ...volume, kind: volume.kind ?? 'PERSISTENT', readOnly: volume.readOnly ?? false })),
    configFiles: mapEntries(draft.configFiles, withContent),
    dependsOn: mapEntries(draft.dependsOn, (need) => ({ ...need, condition: need.condition ?? DEFAULT_DEPENDENCY_CONDITION })),
    probes: mapEntries<Loose<ProbeDefinition> | undefined, Loose<ProbeDefinition> | undefined>(draft.probes, withScheme),
    labels: draft.labels,
  };
  const extra = draft.extra === undefined ? undefined : tidyExtra(draft.extra);
  return { ...(tidy(full, '', 0, true) as JsonObject & Definition), ...(extra && { extra }) };
}

/** The app-level content in normal form. @throws Refusal as normalizeDefinition. */
export function normalizeAppContent(content: { readonly extra?: JsonObject | undefined }): AppContent {
  const extra = content.extra === undefined ? undefined : tidyExtra(content.extra);
  return extra ? { extra } : {};
}

function tidyExtra(extra: JsonObject): JsonObject | undefined {
  const clean = tidy(extra, '/extra', 0, false);
  return isJsonObject(clean) && Object.keys(clean).length > 0 ? clean : undefined;
}

function withContent(file: Loose<ConfigFileDefinition>): Loose<ConfigFileDefinition> {
  return 'secret' in file ? file : { ...file, content: ('content' in file ? file.content : null) ?? null };
}

function withScheme(probe: Loose<ProbeDefinition> | undefined): Loose<ProbeDefinition> | undefined {
  return probe?.http ? { ...probe, http: { ...probe.http, scheme: probe.http.scheme ?? DEFAULT_PROBE_SCHEME } } : probe;
}

/** A description that is not there does not make a value another one. */
function tidyVariable(value: EnvValue): EnvValue {
  if (typeof value !== 'object' || value === null) return value;
  const { description, ...rest } = value;
  if (description) return value;
  return 'value' in rest ? rest.value : rest;
}

function mapEntries<In, Out>(map: Map<In> | undefined, each: (value: In) => Out): Record<string, Out> | undefined {
  if (!map) return undefined;
  const result = emptyRecord<Out>();
  for (const key of Object.keys(map)) result[key] = each(map[key] as In);
  return result;
}

/** A deep copy without undefined values and, where asked, without empty objects; refuses what cannot be kept faithfully. */
function tidy(value: unknown, path: Pointer, depth: number, dropEmpty: boolean): Json {
  if (typeof value === 'string') return checkText(value, path);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Refusal('BAD_USER_INPUT', `${path} is not a finite number`, { path });
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  if (typeof value !== 'object') throw new Refusal('BAD_USER_INPUT', `${path} is not a JSON value`, { path });
  if (depth > MAX_DEPTH) throw new Refusal('BAD_USER_INPUT', `${path} is nested deeper than ${MAX_DEPTH} levels`, { path });
  if (Array.isArray(value)) return value.map((item: unknown, i) => tidy(item, `${path}/${i}`, depth + 1, dropEmpty));
  const result = emptyRecord<Json>();
  for (const [key, member] of Object.entries(value) as [string, unknown][]) {
    if (member === undefined) continue;
    const clean = tidy(member, path + pointerOf(checkText(key, path)), depth + 1, dropEmpty);
    if (dropEmpty && isJsonObject(clean) && Object.keys(clean).length === 0) continue;
    result[key] = clean;
  }
  return result;
}

function checkText(text: string, path: Pointer): string {
  if (!text.isWellFormed()) throw new Refusal('BAD_USER_INPUT', `${path} is not valid Unicode text`, { path });
  if (text.includes('\u0000')) throw new Refusal('BAD_USER_INPUT', `${path} holds a NUL character`, { path });
  return text;
}
