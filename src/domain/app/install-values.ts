import type { ContentLookup } from '../definition/content.js';
import type { Definition } from '../definition/definition.js';
import { openValuesOf } from '../definition/open-values.js';
import { diffTrees, type Patch } from '../definition/patch.js';
import { Refusal } from '../errors.js';
import { installedComponentId, type InstallationId, type TemplateComponentId } from '../ids.js';
import { emptyRecord, type Json } from '../json.js';
import type { Pointer } from '../pointer.js';
import type { Manifest } from '../template/manifest.js';
import { editComponent, type Edit } from './edit.js';
import { valuesToBind, type ValueToBind } from './values-to-bind.js';

/** A value for a variable, or for a config file by its path. */
export interface InstallValue {
  /** Key in the template. */
  readonly componentKey: string;
  readonly name: string;
  readonly value: string;
}

export interface FilledIn {
  /** Local patches of plain values, by component. */
  readonly patches: ReadonlyMap<TemplateComponentId, Patch>;
  /** Of secrets, and of what is generated. */
  readonly toBind: readonly ValueToBind[];
}

export interface ToFill {
  readonly installationId: InstallationId;
  readonly version: string;
  readonly manifest: Manifest;
}

const NOTHING: ReadonlyMap<Pointer, string> = new Map();

/**
 * Fills the values that are given into the components of a version, and says what is to be generated.
 * @param lookup holds every definition of the manifest.
 * @throws Refusal BAD_USER_INPUT for a value of what the version does not have, or that is given twice.
 */
export function fillIn({ installationId, version, manifest }: ToFill, values: readonly InstallValue[], lookup: ContentLookup): FilledIn {
  refuseTwice(values);
  const byKey = Map.groupBy(values, ({ componentKey }) => componentKey);
  const patches = new Map<TemplateComponentId, Patch>();
  const toBind: ValueToBind[] = [];
  const unknown = new Set(values);
  for (const { templateComponentId, key, digest } of manifest.components.values()) {
    const definition = lookup.definition(digest);
    const given = (byKey.get(key) ?? []).filter((value) => placeOf(value, definition) !== undefined);
    for (const value of given) unknown.delete(value);
    // Most components are given nothing: an install costs what it says, not what the template has.
    const filled = given.length > 0 ? editComponent(definition, editOf(given, definition)) : { definition, bound: NOTHING };
    const patch = filled.definition === definition ? undefined : diffTrees(definition, filled.definition);
    if (patch) patches.set(templateComponentId, patch);
    toBind.push(...valuesToBind(installedComponentId(installationId, templateComponentId), filled.definition, filled.bound));
  }
  if (unknown.size > 0) throw refuseUnknown(version, [...unknown], manifest, lookup);
  return { patches, toBind };
}

function placeOf({ name }: InstallValue, { env = {}, configFiles = {} }: Definition): 'env' | 'configFiles' | undefined {
  if (Object.hasOwn(env, name)) return 'env';
  return Object.hasOwn(configFiles, name) ? 'configFiles' : undefined;
}

function editOf(values: readonly InstallValue[], definition: Definition): Edit {
  const set: Record<'env' | 'configFiles', Record<string, Json>> = { env: emptyRecord(), configFiles: emptyRecord() };
  for (const each of values) {
    const place = placeOf(each, definition);
    if (place) set[place][each.name] = place === 'env' ? { value: each.value } : { content: each.value };
  }
  return { set, unset: [] };
}

function refuseTwice(values: readonly InstallValue[]): void {
  const seen = new Set<string>();
  for (const { componentKey, name } of values) {
    const place = JSON.stringify([componentKey, name]);
    if (seen.has(place)) {
      throw new Refusal('BAD_USER_INPUT', `values: "${name}" of component "${componentKey}" is given twice`, { componentKey, name });
    }
    seen.add(place);
  }
}

const SHOWN = 20;

function named(places: readonly Pick<InstallValue, 'componentKey' | 'name'>[]): string {
  const shown = places.slice(0, SHOWN).map(({ componentKey, name }) => `"${name}" of "${componentKey}"`);
  return shown.join(', ') + (places.length > SHOWN ? ` and ${places.length - SHOWN} more` : '');
}

function refuseUnknown(version: string, unknown: readonly InstallValue[], manifest: Manifest, lookup: ContentLookup): Refusal {
  const open = [...manifest.components.values()].flatMap(({ key, digest }) =>
    openValuesOf(lookup.definition(digest)).map(({ name, secret }) => ({ componentKey: key, name, secret })),
  );
  const rest = open.length > 0 ? `it leaves open ${named(open)}` : 'it leaves nothing open';
  return new Refusal('BAD_USER_INPUT', `values: version ${version} has no variable ${named(unknown)}: ${rest}`, {
    unknown: unknown.map(({ componentKey, name }) => ({ componentKey, name })),
    open: open.slice(0, 1000),
  });
}
