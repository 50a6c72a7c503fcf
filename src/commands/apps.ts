import { addComponent, changeApp, createApp, deleteApp, removeComponent, updateComponent } from '../domain/app/decide.js';
import { uninstallTemplate } from '../domain/app/decide-uninstall.js';
import { appContentDigests, definitionOf, digestsOf } from '../domain/app/components.js';
import { editComponent } from '../domain/app/edit.js';
import type { ChangeApp, CreateApp, UninstallTemplate, UpdateComponent } from '../domain/app/commands.js';
import type { AppEvent } from '../domain/app/events.js';
import { standingView, type AppState, type AppView } from '../domain/app/state.js';
import { valuesToBind } from '../domain/app/values-to-bind.js';
import type { Decision } from '../domain/decision.js';
import type { ContentLookup } from '../domain/definition/content.js';
import type { AppId, ComponentId, Digest } from '../domain/ids.js';
import type { JsonObject } from '../domain/json.js';
import { withValues } from './bind-values.js';
import type { CommandContext } from './context.js';
import { execute, type CommandServices, type Executed } from './execute.js';
import { idOfNew } from './named-command.js';
import { appTarget, theEvent } from './target.js';

/** A command to an app that is there. */
export interface ToApp {
  readonly appId: AppId;
  readonly expectedRevision?: number | null | undefined;
}

/** Loads the app and the contents that the decision reads, decides, appends. */
export function commandApp(
  services: CommandServices,
  context: CommandContext,
  { appId, expectedRevision }: ToApp,
  needs: (view: AppView) => readonly (Digest | undefined)[],
  decide: (view: AppView, lookup: ContentLookup, state: AppState) => Decision<AppEvent> | Promise<Decision<AppEvent>>,
): Promise<Executed<AppId>> {
  return execute(services, context, appTarget(services.aggregates, appId), {
    expectedRevision,
    decide: async (loaded) => {
      const { view, state } = await services.aggregates.viewOf(appId, loaded);
      return decide(view, await services.contents.load(needs(view).filter((digest) => digest !== undefined)), state);
    },
    answer: () => appId,
  });
}

/** The contents of components as they stand beneath upgrades that are under way. */
export function digestsHeld(view: AppView): Digest[] {
  return view.underWay.runs.length > 0 ? standingView(view).components.flatMap(digestsOf) : [];
}

const nothing = (): readonly Digest[] => [];

export function handleCreateApp(
  services: CommandServices,
  context: CommandContext,
  command: Omit<CreateApp, 'appId'>,
): Promise<Executed<AppId>> {
  const appId = idOfNew(context, services.runtime) as AppId;
  return execute(services, context, appTarget(services.aggregates, appId), {
    decide: () => createApp({ appId, ...command }),
    answer: () => appId,
  });
}

export function handleDeleteApp(services: CommandServices, context: CommandContext, to: ToApp): Promise<Executed<AppId>> {
  return commandApp(services, context, to, nothing, deleteApp);
}

export function handleChangeApp(
  services: CommandServices,
  context: CommandContext,
  to: ToApp,
  command: ChangeApp,
): Promise<Executed<AppId>> {
  return commandApp(services, context, to, appContentDigests, (view, lookup) => changeApp(command, view, lookup));
}

export function handleAddComponent(
  services: CommandServices,
  context: CommandContext,
  { appId, expectedRevision }: ToApp,
  set: JsonObject,
): Promise<Executed<ComponentId>> {
  const componentId = services.runtime.newId() as ComponentId;
  const { definition, bound } = editComponent(undefined, { set, unset: [] });
  return execute(services, context, appTarget(services.aggregates, appId), {
    expectedRevision,
    decide: async (loaded) => {
      const { view, state } = await services.aggregates.viewOf(appId, loaded);
      const decision = addComponent({ componentId, definition }, view);
      return withValues(services.vault, state, decision, valuesToBind(componentId, definition, bound));
    },
    answer: (events) => theEvent(events, 'ComponentAdded').componentId,
  });
}

export function handleUpdateComponent(
  services: CommandServices,
  context: CommandContext,
  to: ToApp,
  command: UpdateComponent,
): Promise<Executed<AppId>> {
  const renames = command.edit.set['key'] !== undefined;
  const needs = (view: AppView): Digest[] =>
    renames
      ? [...view.components.flatMap(digestsOf), ...digestsHeld(view)]
      : view.components.filter(({ componentId }) => componentId === command.componentId).flatMap(digestsOf);
  return commandApp(services, context, to, needs, (view, lookup, state) => {
    const decision = updateComponent(command, view, lookup);
    const component = view.components.find(({ componentId }) => componentId === command.componentId);
    if (!component) return decision;
    const { definition, bound } = editComponent(definitionOf(component, view, lookup), command.edit);
    return withValues(services.vault, state, decision, valuesToBind(component.componentId, definition, bound));
  });
}

export function handleRemoveComponent(
  services: CommandServices,
  context: CommandContext,
  to: ToApp,
  componentId: ComponentId,
): Promise<Executed<AppId>> {
  return commandApp(services, context, to, nothing, (view) => removeComponent(componentId, view));
}

export function handleUninstall(
  services: CommandServices,
  context: CommandContext,
  to: ToApp,
  command: UninstallTemplate,
): Promise<Executed<AppId>> {
  const needs = (view: AppView): Digest[] => [...view.components.flatMap(digestsOf), ...digestsHeld(view)];
  return commandApp(services, context, to, needs, (view, lookup) => uninstallTemplate(command, view, lookup));
}
