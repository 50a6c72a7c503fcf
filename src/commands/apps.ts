import { addComponent, changeApp, createApp, deleteApp, removeComponent, updateComponent } from '../domain/app/decide.js';
import { appContentDigests, digestsOf } from '../domain/app/components.js';
import { defineComponent } from '../domain/app/edit.js';
import type { AddComponent, ChangeApp, CreateApp, UpdateComponent } from '../domain/app/commands.js';
import type { AppEvent } from '../domain/app/events.js';
import type { AppView } from '../domain/app/state.js';
import type { Decision } from '../domain/decision.js';
import type { ContentLookup } from '../domain/definition/content.js';
import type { AppId, ComponentId, Digest } from '../domain/ids.js';
import type { JsonObject } from '../domain/json.js';
import { appStream } from './aggregates.js';
import type { CommandContext } from './context.js';
import { execute, type CommandServices, type Executed } from './execute.js';

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
  decide: (view: AppView, lookup: ContentLookup) => Decision<AppEvent>,
): Promise<Executed<AppId>> {
  return execute(services, context, expectedRevision, async () => {
    const { view, revision } = await services.aggregates.app(appId);
    const lookup = await services.contents.load(needs(view).filter((digest) => digest !== undefined));
    return { stream: appStream(appId), revision, decision: decide(view, lookup), result: appId };
  });
}

const nothing = (): readonly Digest[] => [];

export function handleCreateApp(
  services: CommandServices,
  context: CommandContext,
  command: Omit<CreateApp, 'appId'>,
): Promise<Executed<AppId>> {
  const appId = services.runtime.newId() as AppId;
  return execute(services, context, undefined, () =>
    Promise.resolve({ stream: appStream(appId), revision: 'no_stream', decision: createApp({ appId, ...command }), result: appId }),
  );
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

export async function handleAddComponent(
  services: CommandServices,
  context: CommandContext,
  to: ToApp,
  set: JsonObject,
): Promise<Executed<ComponentId>> {
  const command: AddComponent = { componentId: services.runtime.newId() as ComponentId, definition: defineComponent(set) };
  const { position } = await commandApp(services, context, to, nothing, (view) => addComponent(command, view));
  return { result: command.componentId, position };
}

export function handleUpdateComponent(
  services: CommandServices,
  context: CommandContext,
  to: ToApp,
  command: UpdateComponent,
): Promise<Executed<AppId>> {
  const renames = command.edit.set['key'] !== undefined;
  const needs = (view: AppView): Digest[] =>
    view.components.filter(({ componentId }) => renames || componentId === command.componentId).flatMap(digestsOf);
  return commandApp(services, context, to, needs, (view, lookup) => updateComponent(command, view, lookup));
}

export function handleRemoveComponent(
  services: CommandServices,
  context: CommandContext,
  to: ToApp,
  componentId: ComponentId,
): Promise<Executed<AppId>> {
  return commandApp(services, context, to, nothing, (view) => removeComponent(componentId, view));
}
