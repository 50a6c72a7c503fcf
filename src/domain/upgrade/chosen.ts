import type { AppView, Installation } from '../app/state.js';
import { Refusal } from '../errors.js';
import { parseInstalledComponentId, type TemplateComponentId } from '../ids.js';
import type { Manifest } from '../template/manifest.js';
import { installedOf } from './installed-of.js';

interface ChoiceScope {
  readonly view: AppView;
  readonly installation: Installation;
  /** Of the version to move to. */
  readonly manifest: Manifest;
}

/**
 * The components that a partial upgrade is to move, as a client names them: by the id that a component has, or will have, at the install, or by the
 * id of the template component.
 * @throws Refusal BAD_USER_INPUT where none is named, or one that neither the install nor the version has.
 */
export function chosenComponents(ids: readonly string[], { view, installation, manifest }: ChoiceScope): Set<TemplateComponentId> {
  if (ids.length === 0)
    throw new Refusal('BAD_USER_INPUT', 'components: name at least one, or leave it out to move all', { path: 'components' });
  const here = installedOf(view, installation);
  const chosen = ids.map((id) => {
    const parsed = parseInstalledComponentId(id);
    if (!parsed) return id as TemplateComponentId;
    return parsed.installationId === installation.installationId ? parsed.templateComponentId : undefined;
  });
  const unknown = ids.filter((_, i) => {
    const id = chosen[i];
    return !id || !(here.has(id) || manifest.components.has(id));
  });
  if (unknown.length > 0) {
    throw new Refusal('BAD_USER_INPUT', `components: neither the installation nor the version has ${unknown.join(', ')}`, {
      path: 'components',
      components: unknown,
    });
  }
  return new Set(chosen.filter((id) => id !== undefined));
}
