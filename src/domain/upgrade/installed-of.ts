import type { AppComponent, AppView, InstalledComponent, Installation } from '../app/state.js';
import type { InstallationId, TemplateComponentId } from '../ids.js';

/** The components of an installation, by their identity in the template. */
export function installedOf(
  view: AppView,
  { installationId }: Pick<Installation, 'installationId'>,
): Map<TemplateComponentId, InstalledComponent> {
  const components = view.components.filter(
    (component: AppComponent): component is InstalledComponent =>
      component.origin === 'installed' && component.installationId === installationId,
  );
  return new Map(components.map((component) => [component.templateComponentId, component]));
}

/** The components of an app that are not of an installation: its own, and those of other installations. */
export function componentsBeside({ components }: Pick<AppView, 'components'>, installationId: InstallationId): AppComponent[] {
  return components.filter((component) => component.origin === 'own' || component.installationId !== installationId);
}
