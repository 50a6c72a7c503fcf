import type { AppEvent } from '../app/events.js';
import { installedComponentId, parseInstalledComponentId, type ComponentId, type InstallationId } from '../ids.js';
import { findVersion, manifestOf, type Release } from '../template/state.js';
import { requireVersion } from '../version.js';
import type { Templates } from './template-settings.js';

type DataOf<Type extends AppEvent['type']> = Extract<AppEvent, { type: Type }>['data'];

/** The component that had a key last, of those that are no more: removed here, by an upgrade, or with its installation. */
export function lastOfKey(key: string, events: readonly AppEvent[], templates: Templates): ComponentId | undefined {
  const keys = new Map<ComponentId, string>();
  let last: ComponentId | undefined;
  for (const { type, data } of events) {
    if (type === 'TemplateInstalled') {
      for (const each of data.keys) keys.set(installedComponentId(data.installationId, each.templateComponentId), each.key);
    } else if (type === 'TemplateUninstalled') {
      last = uninstalledOf(key, data, keys, templates) ?? last;
    } else if (type === 'ComponentMapped') {
      keys.set(installedComponentId(data.installationId, data.templateComponentId), data.key);
    } else if (type === 'ComponentRemoved') {
      if (data.key === key) last = data.componentId;
    } else if ((type === 'ComponentAdded' || type === 'ComponentChanged' || type === 'ComponentUpgraded') && data.componentId) {
      keys.set(data.componentId, data.key);
      if (type === 'ComponentUpgraded' && data.action === 'REMOVE' && data.key === key) last = data.componentId;
    }
  }
  return last;
}

/** Of the components that went with their installation the one of this key: the key that it was given here, or that of the template. */
function uninstalledOf(
  key: string,
  { installationId, templateId, version }: DataOf<'TemplateUninstalled'>,
  keys: ReadonlyMap<ComponentId, string>,
  templates: Templates,
): ComponentId | undefined {
  const template = templates.get(templateId);
  const release = template && findVersion(template, requireVersion(version));
  const templateKeys = new Map(release ? keysOf(release, installationId) : []);
  const ids = [
    ...templateKeys.keys(),
    ...[...keys.keys()].filter((id) => parseInstalledComponentId(id)?.installationId === installationId),
  ];
  return ids.find((id) => (keys.get(id) ?? templateKeys.get(id)) === key);
}

function keysOf(release: Release, installationId: InstallationId): (readonly [ComponentId, string])[] {
  return [...manifestOf(release).components.values()].map(
    ({ templateComponentId, key }) => [installedComponentId(installationId, templateComponentId), key] as const,
  );
}
