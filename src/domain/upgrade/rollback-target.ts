import { requireManifest, type Manifests } from '../app/names.js';
import type { AppView, Installation, Override } from '../app/state.js';
import { installedOf } from './installed-of.js';
import type { Absence, Target } from './target.js';

/** An installation as it was once, as a rollback to then wants it to be. */
export function targetBefore(view: AppView, installation: Installation): Target {
  const { installationId, version, contentPatch, overrides } = installation;
  const manifests: Manifests = view.manifests.get(installationId) ?? new Map();
  const keys = new Set(view.components.map(({ key }) => key));
  const components = installedOf(view, installation);
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
  };
}

function isAbsence(override: Override): override is Override & Absence {
  return override.kind === 'excluded' || override.kind === 'removed';
}
