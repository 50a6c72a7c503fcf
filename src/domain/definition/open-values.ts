import { isJsonObject, type Json } from '../json.js';
import { escapeToken, pointerOf, type Pointer } from '../pointer.js';
import type { ConfigFileDefinition, Definition, EnvValue } from './definition.js';

/** A variable or a config file whose value its definition does not say. */
export interface OpenValue {
  readonly path: Pointer;
  /** Of the variable; of a config file its path in the container. */
  readonly name: string;
  readonly secret: boolean;
  /** Made at random where none is given. */
  readonly generated: boolean;
  /** Of what is generated: those of one group have one value. */
  readonly group?: string;
  readonly description?: string;
}

const known = new WeakMap<Definition, readonly OpenValue[]>();

/** What a definition leaves open: found once for each, since definitions never change and many installs have the same. */
export function openValuesOf(definition: Definition): readonly OpenValue[] {
  const found = known.get(definition) ?? findOpenValues(definition);
  known.set(definition, found);
  return found;
}

function findOpenValues({ env = {}, configFiles = {} }: Definition): OpenValue[] {
  const variables = Object.entries(env).flatMap(([name, value]) => openVariable(name, value));
  const files = Object.entries(configFiles).flatMap(([name, file]) => openFile(name, file));
  return [...variables, ...files];
}

function openVariable(name: string, variable: EnvValue): OpenValue[] {
  if (typeof variable === 'string') return [];
  const path = pointerOf('env', name);
  if (variable === null) return [{ path, name, secret: false, generated: false }];
  const { description } = variable;
  const described = description !== undefined && { description };
  if ('value' in variable) return variable.value === null ? [{ path, name, secret: false, generated: false, ...described }] : [];
  if (!('generated' in variable)) return [{ path, name, secret: true, generated: false, ...described }];
  const { group, secret = false } = variable;
  return [{ path, name, secret, generated: true, ...(group !== undefined && { group }), ...described }];
}

function openFile(name: string, file: ConfigFileDefinition): OpenValue[] {
  const secret = 'secret' in file;
  return secret || file.content === null ? [{ path: pointerOf('configFiles', name), name, secret, generated: false }] : [];
}

/** The values that a definition says in the clear, of variables and of config files, by path. */
export function plainValuesOf({ env = {}, configFiles = {} }: Definition): ReadonlyMap<Pointer, string> {
  const values = new Map<Pointer, string>();
  for (const [name, variable] of Object.entries(env)) {
    const value = typeof variable === 'object' && variable !== null && 'value' in variable ? variable.value : variable;
    if (typeof value === 'string') values.set(pointerOf('env', name), value);
  }
  for (const [name, file] of Object.entries(configFiles)) {
    if ('content' in file && file.content !== null) values.set(pointerOf('configFiles', name), file.content);
  }
  return values;
}

/** Whether the value is bound to each app of its own, and so is no content. */
export function isBound({ secret, generated }: OpenValue): boolean {
  return secret || generated;
}

/** Whether what stands at a path says that the value there is a secret. */
export function isSecret(path: Pointer, value: Json | undefined): boolean {
  if (SECRET_FILE.test(path)) return value === true;
  return ENTRY.test(path) && isJsonObject(value) && value['secret'] === true;
}

const ENTRY = /^\/(?:env|configFiles)\/[^/]+$/;
const SECRET_FILE = /^\/configFiles\/[^/]+\/secret$/;

/** A place, and what each side has there. */
export interface PlaceWithSides {
  readonly path: Pointer;
  readonly sides: readonly (Json | undefined)[];
}

/**
 * The places, among those of one component, whose sides are not to be shown: a side is a secret. The content of a config file that becomes a
 * secret, or was one, is told at a place of its own: it belongs to them.
 */
export function secretPlaces(places: readonly PlaceWithSides[]): ReadonlySet<Pointer> {
  const secret = places.filter(({ path, sides }) => sides.some((side) => isSecret(path, side))).map(({ path }) => path);
  return new Set(secret.flatMap((path) => (SECRET_FILE.test(path) ? [path, path.replace(/secret$/, 'content')] : [path])));
}

/** The path of a value by the name that a client gives: that of a variable, or the path of a config file. */
export function pathsOfName(name: string): readonly [Pointer, Pointer] {
  return [`/env/${escapeToken(name)}`, `/configFiles/${escapeToken(name)}`];
}
