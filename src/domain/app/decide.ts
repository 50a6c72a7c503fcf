import { digestOf } from '../canonical.js';
import { accept, refuse, type Decision } from '../decision.js';
import type { Content, ContentLookup } from '../definition/content.js';
import type { AppContent } from '../definition/definition.js';
import { flatten, unflatten } from '../definition/leaves.js';
import { applyPatch, diffTrees } from '../definition/patch.js';
import { toAppContent } from '../definition/schema.js';
import { Refusal } from '../errors.js';
import type { ComponentId } from '../ids.js';
import type { JsonObject } from '../json.js';
import type { AddComponent, ChangeApp, CreateApp, UpdateComponent } from './commands.js';
import { changeDefinition, changedPaths, requireFree, type Change } from './change-definition.js';
import { definitionOf } from './components.js';
import { editDefinition, editLeaves } from './edit.js';
import type { AppEvent } from './events.js';
import { renameReferences } from './references.js';
import { manifestAt, standingView, type AppComponent, type AppView } from './state.js';
import { upgradeRunning } from './under-way.js';

export function createApp({ appId, name, team, target }: CreateApp): Decision<AppEvent> {
  return accept([{ type: 'AppCreated', data: { appId, name, team, ...(target && { target }) } }]);
}

export function deleteApp({ state, underWay }: AppView): Decision<AppEvent> {
  const [here] = underWay.runs;
  if (here) throw upgradeRunning('the app cannot be deleted', here.run);
  return accept([{ type: 'AppDeleted', data: { appId: state.appId } }]);
}

/** Renames the app, says who carries out its upgrades (those that start from then on), or edits app-level content. */
export function changeApp({ name, target, installationId, edit }: ChangeApp, view: AppView, lookup: ContentLookup): Decision<AppEvent> {
  const { appId } = view.state;
  const installation = installationId && view.state.installations.get(installationId);
  if (installationId && !installation) {
    return refuse('NOT_FOUND', `the app has no installation ${installationId}`, { installationId });
  }
  const base = installation ? lookup.appContent(manifestAt(view, installation).content) : {};
  const patch = installation?.contentPatch && lookup.patch(installation.contentPatch);
  const own = view.state.content ? lookup.appContent(view.state.content) : {};
  const before = installation ? applyPatch(base, patch) : own;
  const after = toAppContent(unflatten<AppContent>(editLeaves(flatten(before), edit)) as AppContent & JsonObject);
  const paths = changedPaths(before, after);
  const renamed = name !== undefined && name !== view.state.name;
  const aimed = target !== undefined && target !== view.state.target;
  const edited = paths.set.length + paths.unset.length > 0;
  if (!renamed && !aimed && !edited) return accept([]);
  const run = edited && installationId && view.underWay.of(installationId);
  if (run && run.content) throw upgradeRunning('the app-level content of the installation cannot be edited', run);

  const contents: Content[] = edited ? [{ kind: 'appContent', body: after }] : [];
  const localPatch = installation && diffTrees(base, after);
  if (localPatch) contents.push({ kind: 'patch', body: localPatch });
  return accept<AppEvent>(
    [
      {
        type: 'AppChanged',
        data: {
          appId,
          ...(renamed && { name }),
          ...(aimed && { target }),
          ...(contents.length > 0 && { content: digestOf(after) }),
          ...(installation && { installationId: installation.installationId, patch: localPatch ? digestOf(localPatch) : null }),
          ...paths,
        },
      },
    ],
    contents,
  );
}

export function addComponent({ componentId, definition }: AddComponent, view: AppView): Decision<AppEvent> {
  const { key } = definition;
  if (hasKey(view, key)) return refuseKey(key);
  const event: AppEvent = { type: 'ComponentAdded', data: { appId: view.state.appId, componentId, key, digest: digestOf(definition) } };
  return accept([event], [{ kind: 'definition', body: definition }]);
}

/** Edits a component, an own or an installed one. A new key is taken over by what depends on it. */
export function updateComponent(command: UpdateComponent, view: AppView, lookup: ContentLookup): Decision<AppEvent> {
  requireFree(command.componentId, view);
  const component = view.components.find(({ componentId }) => componentId === command.componentId);
  if (!component) return refuseComponent(command.componentId);
  const before = definitionOf(component, view, lookup);
  const after = editDefinition(before, command.edit);
  if (after.key === before.key) return changed([changeDefinition(component, after, view, view.names, lookup)]);
  if (hasKey(view, after.key)) return refuseKey(after.key);
  requireFreeDependants(component, before.key, view, lookup);

  const names = renamedNames(view, component, after.key);
  const changes = [changeDefinition(component, after, view, names, lookup)];
  for (const other of view.components) {
    if (other === component) continue;
    const dependant = definitionOf(other, view, lookup);
    const follows = renameReferences(dependant, (key) => (key === before.key ? after.key : key));
    if (follows !== dependant) changes.push(changeDefinition(other, follows, view, names, lookup));
  }
  return changed(changes);
}

export function removeComponent(componentId: ComponentId, view: AppView): Decision<AppEvent> {
  requireFree(componentId, view);
  const component = view.components.find((candidate) => candidate.componentId === componentId);
  if (!component) return refuseComponent(componentId);
  const installed = component.origin === 'installed' && { installationId: component.installationId };
  return accept([{ type: 'ComponentRemoved', data: { appId: view.state.appId, componentId, ...installed, key: component.key } }]);
}

/** The names of installations once a component of one has another key. */
function renamedNames(view: AppView, component: AppComponent, key: string): AppView['names'] {
  return component.origin === 'own' ? view.names : view.names.renamed(component, key);
}

function changed(changes: readonly (Change | undefined)[]): Decision<AppEvent> {
  const real = changes.filter((change) => change !== undefined);
  return accept(
    real.map(({ event }) => event),
    real.flatMap(({ contents }) => contents),
  );
}

/**
 * What an upgrade under way changes stands as it did where that fails, and may then depend on a key again that it is not to depend on.
 * @throws Refusal UPGRADE_RUNNING where one would depend on the component of a key that is to be another.
 */
export function requireFreeDependants(component: AppComponent, key: string, view: AppView, lookup: ContentLookup): void {
  if (view.underWay.runs.length === 0) return;
  const standing = standingView(view);
  for (const other of standing.components) {
    const run = view.underWay.holding(other.componentId);
    if (!run || isSibling(component, other)) continue;
    if (Object.hasOwn(definitionOf(other, standing, lookup).dependsOn ?? {}, key)) {
      throw upgradeRunning(`"${key}" cannot be renamed, since "${other.key}" depends on it`, run);
    }
  }
}

/** Components of one installation name each other by identity. */
function isSibling(left: AppComponent, right: AppComponent): boolean {
  return left.origin === 'installed' && right.origin === 'installed' && left.installationId === right.installationId;
}

/** Whether a key is taken, or kept free by an upgrade under way for the component that had it. */
export function hasKey(view: AppView, key: string): boolean {
  return view.components.some((component) => component.key === key) || view.underWay.holdingKey(key) !== undefined;
}

export function refuseKey(...keys: readonly [string, ...string[]]): ReturnType<typeof refuse> {
  const message =
    keys.length === 1
      ? `another component of the app has the key "${keys[0]}": choose another one`
      : `other components of the app have the keys ${keys.map((key) => `"${key}"`).join(', ')}: choose other ones`;
  return refuse('KEY_TAKEN', message, { keys });
}

function refuseComponent(componentId: ComponentId): { accepted: false; refusal: Refusal } {
  return refuse('NOT_FOUND', `the app has no component ${componentId}`, { componentId });
}
