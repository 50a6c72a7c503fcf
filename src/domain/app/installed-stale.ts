import { placesNaming, staleReference, type Speaker } from '../compare/stale-references.js';
import type { Risk } from '../compare/risk.js';
import type { ContentLookup } from '../definition/content.js';
import type { Digest, InstallationId } from '../ids.js';
import { installedOf } from '../upgrade/installed-of.js';
import { definitionOf, digestsOf } from './components.js';
import type { AppView, InstalledComponent } from './state.js';

/**
 * Texts of an installation that name a component by the key that the template has for it, where it has another one in this app: the template means
 * that component by them.
 */
export function staleInInstallation(view: AppView, installationId: InstallationId, lookup: ContentLookup): Risk[] {
  const renamed = renamedIn(view, installationId);
  if (renamed.length === 0) return [];
  const speakers = installedIn(view, installationId).map((component): Speaker => ({
    key: component.key,
    definition: definitionOf(component, view, lookup),
  }));
  return renamed.flatMap(({ templateKey, key }) => staleReference(templateKey, key, placesNaming(templateKey, speakers)) ?? []);
}

/** The contents that `staleInInstallation` reads: none where no component has another key than in the template. */
export function digestsOfStale(view: AppView, installationId: InstallationId): Digest[] {
  return renamedIn(view, installationId).length === 0 ? [] : installedIn(view, installationId).flatMap(digestsOf);
}

function renamedIn(view: AppView, installationId: InstallationId): InstalledComponent[] {
  return installedIn(view, installationId).filter(({ key, templateKey }) => key !== templateKey);
}

function installedIn(view: AppView, installationId: InstallationId): InstalledComponent[] {
  return [...installedOf(view, { installationId }).values()];
}
