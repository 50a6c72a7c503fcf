import { definitionOf, digestsOf } from '../app/components.js';
import { requireManifest, type Manifests } from '../app/names.js';
import { requiredNeeds } from '../app/references.js';
import type { Override } from '../app/override.js';
import type { AppView, Installation } from '../app/state.js';
import type { ContentLookup } from '../definition/content.js';
import type { Digest } from '../ids.js';
import { componentsBeside, installedOf } from './installed-of.js';
import type { Absence, Target } from './target.js';

/**
 * An installation as it was once, as a rollback to then wants it to be.
 * @param lookup holds at least what `digestsBeside` names.
 */
export function targetBefore(view: AppView, installation: Installation, lookup: ContentLookup): Target {
  const { installationId, version, contentPatch, overrides } = installation;
  const manifests: Manifests = view.manifests.get(installationId) ?? new Map();
  const keys = new Set(view.components.map(({ key }) => key));
  const components = installedOf(view, installation);
  const missing = new Map(
    componentsBeside(view, installationId).map((component) => [
      component.componentId,
      new Set(requiredNeeds(definitionOf(component, view, lookup)).filter((need) => !keys.has(need))),
    ]),
  );
  return {
    kind: 'ROLLBACK',
    version,
    manifests,
    components,
    content: { base: requireManifest(manifests, version).content, patch: contentPatch },
    absent: new Map([...overrides].flatMap(([id, override]) => (isAbsence(override) ? [[id, override] as const] : []))),
    lacked: (id, need) => {
      const component = components.get(id);
      return component !== undefined && !keys.has(view.names.of(component).toApp(need));
    },
    lackedBeside: (id, need) => missing.get(id)?.has(need) ?? false,
  };
}

/** The contents of the components outside the installation. */
export function digestsBeside(view: AppView, { installationId }: Installation): Digest[] {
  return componentsBeside(view, installationId).flatMap(digestsOf);
}

function isAbsence(override: Override): override is Override & Absence {
  return override.kind === 'excluded' || override.kind === 'removed';
}
