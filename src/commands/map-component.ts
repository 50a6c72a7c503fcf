import { digestsToMap, mapComponent } from '../domain/app/decide-map.js';
import type { AppState } from '../domain/app/state.js';
import type { ValueToBind } from '../domain/app/values-to-bind.js';
import { installedComponentId, type ComponentId, type InstallationId, type TemplateComponentId } from '../domain/ids.js';
import { hasHadComponent } from '../domain/template/state.js';
import type { ToApp } from './apps.js';
import { withValues } from './bind-values.js';
import type { CommandContext } from './context.js';
import { execute, type CommandServices, type Executed } from './execute.js';
import { appTarget } from './target.js';
import { chooseInstallation } from './upgrade.js';

export interface MapComponentCommand extends ToApp {
  readonly componentId: ComponentId;
  /** May be left out where the app has one installation. */
  readonly installationId: InstallationId | undefined;
  readonly templateComponentId: TemplateComponentId;
}

/** @returns the id that the component has from then on. */
export function handleMapComponent(
  services: CommandServices,
  context: CommandContext,
  command: MapComponentCommand,
): Promise<Executed<ComponentId>> {
  const { aggregates, contents } = services;
  const { appId, componentId, templateComponentId, expectedRevision } = command;
  let mapped = componentId;
  return execute(services, context, appTarget(aggregates, appId), {
    expectedRevision,
    decide: async (loaded) => {
      const app = await aggregates.viewOf(appId, loaded);
      const { installationId, templateId } = chooseInstallation(app, command.installationId);
      const template = await aggregates.template(templateId);
      const published = hasHadComponent(template.state, templateComponentId);
      const mapping = { componentId, installationId, templateComponentId, published };
      mapped = installedComponentId(installationId, templateComponentId);
      const decision = mapComponent(mapping, app.view, await contents.load(digestsToMap(mapping, app.view)));
      return withValues(services.vault, app.state, decision, await boundValues(services, app.state, componentId, mapped));
    },
    answer: ([event]) =>
      event?.type === 'ComponentMapped' ? installedComponentId(event.data.installationId, event.data.templateComponentId) : mapped,
  });
}

/** The bound values of a component, for the id that it gets: a value is sealed for the place where it is bound. */
async function boundValues({ vault }: CommandServices, state: AppState, from: ComponentId, to: ComponentId): Promise<ValueToBind[]> {
  const bindings = [...state.bindings.values()].filter(({ componentId }) => componentId === from);
  if (bindings.length === 0 || from === to) return [];
  const safe = await vault.safeOf(state.appId);
  return bindings.map(({ path, group, sealed }) => {
    const value = safe.open({ componentId: from, path }, sealed);
    return { componentId: to, path, value, ...(group !== undefined && { group }) };
  });
}
