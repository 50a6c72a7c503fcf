import type { ContentLookup } from '../definition/content.js';
import type { AppContent, Definition } from '../definition/definition.js';
import { applyPatch } from '../definition/patch.js';
import { isJsonObject, type Json, type JsonObject } from '../json.js';
import type { Digest } from '../ids.js';
import { renameReferences, type ReferenceNames } from './references.js';
import { manifestAt, type AppComponent, type AppView, type InstalledComponent } from './state.js';

/** The contents that the definition of a component is made of. */
export function digestsOf(component: AppComponent): Digest[] {
  if (component.origin === 'own') return [component.digest];
  return component.patch ? [component.base, component.patch] : [component.base];
}

/**
 * A component as it is in the app: an installed one is its base with its local patch, and with the keys of this app. What it depends on and is to
 * have another key has that one already.
 */
export function definitionOf(component: AppComponent, view: AppView, lookup: ContentLookup): Definition {
  const { underWay } = view;
  if (component.origin === 'own') {
    const stored = lookup.definition(component.digest);
    return underWay.renames ? renameReferences(stored, (key) => underWay.renamed(key, undefined)) : stored;
  }
  const names = view.names.of(component);
  return renameReferences(localDefinition(component, lookup), (key) => underWay.renamed(names.toApp(key), component.installationId));
}

/** An installed component's definition with its local changes, its references in the keys of the template. */
export function localDefinition({ base, patch }: Pick<InstalledComponent, 'base' | 'patch'>, lookup: ContentLookup): Definition {
  return applyPatch(lookup.definition(base), patch && lookup.patch(patch));
}

/** An edited definition, written in the keys of the app, in the keys of the template. */
export function inTemplateKeys(definition: Definition, names: ReferenceNames): Definition {
  return renameReferences(definition, (key) => names.toTemplate(key));
}

/** The contents that an app's app-level content is made of. */
export function appContentDigests(view: AppView): Digest[] {
  const own = view.state.content ? [view.state.content] : [];
  const installed = [...view.state.installations.values()].flatMap((installation) => {
    const { content } = manifestAt(view, installation);
    return installation.contentPatch ? [content, installation.contentPatch] : [content];
  });
  return [...own, ...installed];
}

/** The app-level content of an app: that of its installations, in order, under its own where both say something. */
export function appContentOf(view: AppView, lookup: ContentLookup): AppContent {
  const parts = [...view.state.installations.values()].map((installation) => {
    const { contentPatch } = installation;
    return applyPatch(lookup.appContent(manifestAt(view, installation).content), contentPatch && lookup.patch(contentPatch));
  });
  if (view.state.content) parts.push(lookup.appContent(view.state.content));
  return overlayContents(parts);
}

/** Later contents over earlier ones. */
export function overlayContents(parts: readonly AppContent[]): AppContent {
  const extra = parts.reduce<JsonObject | undefined>(
    (under, { extra: over }) => (under && over ? overlay(under, over) : (over ?? under)),
    undefined,
  );
  return extra ? { extra } : {};
}

function overlay(under: JsonObject, over: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = Object.hasOwn(under, key) ? under[key] : undefined;
    Object.defineProperty(result, key, {
      value: isJsonObject(below) && isJsonObject(value) ? overlay(below, value) : value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return result;
}
