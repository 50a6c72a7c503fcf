import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { Allow } from '../allow.js';
import { handleAddComponent, handleRemoveComponent, handleUpdateComponent } from '../../commands/apps.js';
import type { CommandContext } from '../../commands/context.js';
import { handleMapComponent } from '../../commands/map-component.js';
import { compareTrees, type FieldDifference as Difference } from '../../domain/compare/compare-trees.js';
import { localDefinition } from '../../domain/app/components.js';
import type { AppId, ComponentId, InstallationId, TemplateComponentId } from '../../domain/ids.js';
import type { Position } from '../../store/event-store.js';
import { AppPayload, ComponentPayload, Installation } from '../app/app.types.js';
import { FieldDifference } from '../comparison/comparison.types.js';
import { toFieldDifferences } from '../comparison/to-comparison.js';
import { answered, Command } from '../command.js';
import type { RequestContext } from '../context.js';
import { loadApp, loadComponent, type ComponentNode } from '../nodes.js';
import { AddComponentInput, MapComponentInput, RemoveComponentInput, UpdateComponentInput } from './component.inputs.js';
import { Component } from './component.types.js';
import { fromInput, refuseNulls } from './from-input.js';

@Resolver(() => Component)
export class ComponentResolver {
  @FieldResolver(() => Installation, { nullable: true })
  installation(@Root() { component }: ComponentNode, @Ctx() { loaders }: RequestContext): Promise<object | undefined> | null {
    return component.origin === 'installed' ? loaders.installation.load(component.installationId) : null;
  }

  @FieldResolver(() => [FieldDifference], { description: 'Where it differs from the definition it stands on.' })
  async localChanges(@Root() { component }: ComponentNode, @Ctx() { loaders }: RequestContext): Promise<FieldDifference[]> {
    if (component.origin === 'own' || !component.patch) return [];
    const lookup = await loaders.contents.load([component.base, component.patch]);
    const differences: Difference[] = compareTrees(lookup.definition(component.base), localDefinition(component, lookup));
    return toFieldDifferences(differences);
  }

  @Allow('DEVELOP')
  @Mutation(() => ComponentPayload)
  async addComponent(
    @Arg('input') input: AddComponentInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const { result, position } = await handleAddComponent(context.backend.services, command, toApp(input), fromInput(input.component));
    return componentPayload(context, input.appId, result, position);
  }

  @Allow('DEVELOP')
  @Mutation(() => ComponentPayload, {
    description:
      'Sets what the input names and leaves the rest; lists of keyed things are merged by key, `unset` removes by path. An explicit null is refused.',
  })
  async updateComponent(
    @Arg('input') input: UpdateComponentInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    refuseNulls({ set: input.set }, '');
    const componentId = input.componentId as ComponentId;
    const edit = { set: input.set ? fromInput(input.set) : {}, unset: input.unset ?? [] };
    const { position } = await handleUpdateComponent(context.backend.services, command, toApp(input), { componentId, edit });
    return componentPayload(context, input.appId, componentId, position);
  }

  @Allow('DEVELOP')
  @Mutation(() => AppPayload)
  async removeComponent(
    @Arg('input') input: RemoveComponentInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const { position } = await handleRemoveComponent(context.backend.services, command, toApp(input), input.componentId as ComponentId);
    return answered(context, position, async () => ({ app: await loadApp(context, input.appId) }));
  }

  @Allow('DEVELOP')
  @Mutation(() => ComponentPayload, {
    description:
      'Says that a component of the app is what the template calls by templateComponentId: one of its own that the template now has too, or an installed one that the template made anew. Upgrades then merge it.',
  })
  async mapComponent(
    @Arg('input') input: MapComponentInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const { result, position } = await handleMapComponent(context.backend.services, command, {
      ...toApp(input),
      componentId: input.componentId as ComponentId,
      installationId: (input.installationId ?? undefined) as InstallationId | undefined,
      templateComponentId: input.templateComponentId as TemplateComponentId,
    });
    return componentPayload(context, input.appId, result, position);
  }
}

function toApp({ appId, expectedRevision }: { appId: string; expectedRevision?: number | null }): {
  appId: AppId;
  expectedRevision: number | null | undefined;
} {
  return { appId: appId as AppId, expectedRevision };
}

function componentPayload(context: RequestContext, appId: string, componentId: ComponentId, position: Position): Promise<object> {
  return answered(context, position, async () => ({
    app: await loadApp(context, appId),
    component: await loadComponent(context, appId, componentId),
  }));
}
