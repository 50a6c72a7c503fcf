import { overlayContents } from '../app/components.js';
import { renameReferences } from '../app/references.js';
import type { ContentLookup } from '../definition/content.js';
import { asJson, isLeaf, type Tree } from '../definition/leaves.js';
import { applyPatch } from '../definition/patch.js';
import type { Digest, InstallationId, TemplateId } from '../ids.js';
import { isJsonObject, type Json } from '../json.js';
import { parsePointer, pointerOf, type Pointer } from '../pointer.js';

/** A content with its local patch: what a component was at one time, or what an installation gave to the app-level content. */
export interface Layer {
  readonly base: Digest;
  readonly patch: Digest | undefined;
  /** Whether it is a component that the template has no more, kept by choice. */
  readonly kept?: boolean;
  /** Where the base is of a template: the version that the layer stood at. */
  readonly template: { readonly templateId: TemplateId; readonly installationId: InstallationId; readonly version: string } | undefined;
}

/** What there was at one time: of a component one layer, or none where it was not there; of app-level content later ones over earlier ones. */
export type Standing = readonly Layer[];

/** The place that is looked at: in a component, or (no `component`) in the app-level content. */
export interface Place {
  readonly path: Pointer;
  readonly component: { readonly toApp: (key: string) => string } | undefined;
}

export function digestsOfStanding(standing: Standing): Digest[] {
  return standing.flatMap(({ base, patch }) => (patch ? [base, patch] : [base]));
}

/** What was at the place: undefined where nothing was. */
export function valueOf(standing: Standing, place: Place, lookup: ContentLookup): Json | undefined {
  if (place.component) return standing[0] && layerValue(standing[0], place, lookup);
  const parts = standing.map(({ base, patch }) => applyPatch(lookup.appContent(base), patch && lookup.patch(patch)));
  return valueAt(overlayContents(parts), place.path);
}

/** What one layer has at the place. References are in the keys that the components have in the app now, so that one path means one thing throughout. */
export function layerValue(
  { base, patch }: Pick<Layer, 'base' | 'patch'>,
  { path, component }: Place,
  lookup: ContentLookup,
): Json | undefined {
  const local = patch && lookup.patch(patch);
  if (!component) return valueAt(applyPatch(lookup.appContent(base), local), path);
  return valueAt(renameReferences(applyPatch(lookup.definition(base), local), component.toApp), path);
}

/** What the template has at the place, where the layer is of one; without local changes. */
export function templateValue(layer: Layer | undefined, place: Place, lookup: ContentLookup): Json | undefined {
  return layer && !layer.kept ? layerValue({ base: layer.base, patch: undefined }, place, lookup) : undefined;
}

/** The value at a path: of a leaf its value, of anything above leaves the object of them; undefined where nothing is, and within a leaf. */
export function valueAt(tree: Tree, path: Pointer): Json | undefined {
  let value: Json = asJson(tree);
  const passed: string[] = [];
  for (const token of parsePointer(path) ?? []) {
    if (passed.length > 0 && isLeaf(value, pointerOf(...passed))) return undefined;
    const below: Json | undefined = isJsonObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
    if (below === undefined) return undefined;
    passed.push(token);
    value = below;
  }
  return value;
}
