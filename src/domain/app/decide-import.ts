import { digestOf } from '../canonical.js';
import { compareTrees } from '../compare/compare-trees.js';
import type { ComponentDifference } from '../compare/compare-manifests.js';
import { withRisks } from '../compare/risks.js';
import { accept, refuse, type Decision } from '../decision.js';
import type { Content, ContentLookup } from '../definition/content.js';
import type { Definition } from '../definition/definition.js';
import type { ComponentId } from '../ids.js';
import type { ReplaceComponents } from './commands.js';
import { changedPaths, changeDefinition, type Change } from './change-definition.js';
import { definitionOf } from './components.js';
import { refuseKey, requireFreeDependants } from './decide.js';
import type { AppEvent } from './events.js';
import { renameReferences } from './references.js';
import type { AppView } from './state.js';

type Own = Extract<AppView['components'][number], { origin: 'own' }>;
interface Pair {
  readonly before: Own | undefined;
  readonly after: Definition | undefined;
}

/**
 * Brings the app's own components and app-level content to what is given; components of its installations are left alone, but for references to
 * what is renamed.
 * @param lookup holds the contents of the app's own components, and where there are renames of all.
 */
export function replaceComponents(command: ReplaceComponents, view: AppView, lookup: ContentLookup): Decision<AppEvent> {
  const taken = view.components.filter((component) => component.origin === 'installed' && hasDefinition(command, component.key));
  const [first, ...others] = taken.map(({ key }) => key);
  if (first !== undefined) return refuseKey(first, ...others);
  const held = command.components.find(({ key }) => !ownComponent(view, key) && view.underWay.holdingKey(key));
  if (held) return refuseKey(held.key);
  const unknown = [...command.renames].find(([from, to]) => !ownComponent(view, from) || !hasDefinition(command, to));
  if (unknown) {
    const [from, to] = unknown;
    const message = ownComponent(view, from) ? `the project has no service "${to}"` : `the app has no component of its own named "${from}"`;
    return refuse('BAD_USER_INPUT', `renames: ${message}`, { from, to });
  }
  for (const from of command.renames.keys()) {
    const own = ownComponent(view, from);
    if (own) requireFreeDependants(own, from, view, lookup);
  }

  const events: AppEvent[] = [];
  const contents: Content[] = [];
  const { appId } = view.state;
  for (const { before, after } of pairUp(command, view)) {
    if (!after) {
      if (before) events.push({ type: 'ComponentRemoved', data: { appId, componentId: before.componentId, key: before.key } });
    } else if (before) {
      const change = changeDefinition(before, after, view, view.names, lookup);
      if (change) events.push(change.event);
      contents.push(...(change?.contents ?? []));
    } else {
      const componentId = freshId(command, after.key);
      events.push({ type: 'ComponentAdded', data: { appId, componentId, key: after.key, digest: digestOf(after) } });
      contents.push({ kind: 'definition', body: after });
    }
  }
  for (const change of followRenames(command, view, lookup)) {
    events.push(change.event);
    contents.push(...change.contents);
  }
  const content = digestOf(command.content);
  const own = view.state.content ? lookup.appContent(view.state.content) : {};
  if (content !== digestOf(own)) {
    events.push({ type: 'AppChanged', data: { appId, content, ...changedPaths(own, command.content) } });
    contents.push({ kind: 'appContent', body: command.content });
  }
  return accept(events, contents);
}

/** Installed components that depend on one whose key becomes another one. */
function followRenames({ renames }: ReplaceComponents, view: AppView, lookup: ContentLookup): Change[] {
  if (renames.size === 0) return [];
  return view.components.flatMap((component): Change[] => {
    if (component.origin === 'own') return [];
    const before = definitionOf(component, view, lookup);
    const after = renameReferences(before, (key) => renames.get(key) ?? key);
    const change = after === before ? undefined : changeDefinition(component, after, view, view.names, lookup);
    return change ? [change] : [];
  });
}

/** What replacing would change, told as a comparison. */
export function differencesOfImport(command: ReplaceComponents, view: AppView, lookup: ContentLookup): ComponentDifference[] {
  return pairUp(command, view).map(({ before, after }): ComponentDifference => {
    const from = before && lookup.definition(before.digest);
    const fields = withRisks(from, after, compareTrees(from, after));
    const key = after?.key ?? from?.key ?? '';
    if (!from || !after) return { key, change: from ? 'REMOVED' : 'ADDED', fields };
    if (from.key !== after.key) return { key, previousKey: from.key, change: 'RENAMED', fields };
    return { key, change: fields.length > 0 ? 'CHANGED' : 'UNCHANGED', fields };
  });
}

/** Components that go first, so that their keys are free, then those of the project in its order. */
export function pairUp(command: ReplaceComponents, view: AppView): Pair[] {
  const previousKeys = new Map([...command.renames].map(([from, to]) => [to, from]));
  const wanted = command.components.map((after): Pair => {
    const previous = previousKeys.get(after.key) ?? (command.renames.has(after.key) ? undefined : after.key);
    return { before: previous === undefined ? undefined : ownComponent(view, previous), after };
  });
  const kept = new Set(wanted.map(({ before }) => before));
  const gone = view.components.filter((component): component is Own => component.origin === 'own' && !kept.has(component));
  return [...gone.map((before) => ({ before, after: undefined })), ...wanted];
}

function ownComponent(view: AppView, key: string): Own | undefined {
  return view.components.find((component): component is Own => component.origin === 'own' && component.key === key);
}

function hasDefinition({ components }: ReplaceComponents, key: string): boolean {
  return components.some((definition) => definition.key === key);
}

export function freshId({ freshIds }: ReplaceComponents, key: string): ComponentId {
  const id = freshIds.get(key);
  if (!id) throw new Error(`no id for the new component ${key}`);
  return id;
}
