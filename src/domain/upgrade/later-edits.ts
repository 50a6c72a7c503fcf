import { localDefinition } from '../app/components.js';
import { renameReferences } from '../app/references.js';
import { manifestAt, type AppView, type InstalledComponent, type Installation } from '../app/state.js';
import type { ContentLookup } from '../definition/content.js';
import type { AppContent, Definition } from '../definition/definition.js';
import { flatten, unflatten, type Leaves } from '../definition/leaves.js';
import { applyPatch } from '../definition/patch.js';
import type { Digest, InstallationId, TemplateComponentId } from '../ids.js';
import type { Ancestors } from './cases.js';
import { EditedLeaves } from './edited-leaves.js';
import { installedOf } from './installed-of.js';
import type { Keyspaces } from './keyspaces.js';
import type { Held } from './runs.js';

/** An app right after an upgrade of an installation, and right before the next one, or now: in between its owner edited it. */
export interface Span {
  readonly start: AppView;
  readonly end: AppView;
  /** Of the time in which an integration carried out an upgrade: what that held, and made what it became. */
  readonly held?: Held | undefined;
}

/** From the first upgrade that is undone to now: at least one. */
export type Spans = readonly Span[];

/** What local changes are told against where upgrades are undone: the state now, without what was edited since the first of them. */
export interface Unedited {
  /** Only of components of which there is something to tell: changed by the install, before or since, or deleted since. */
  readonly components: Ancestors;
  readonly content: AppContent;
}

/** @param lookup holds at least what `digestsOfEdits` names. */
export function withoutEdits(spans: Spans, installationId: InstallationId, keyspaces: Keyspaces, lookup: ContentLookup): Unedited {
  const components = new Map<TemplateComponentId, Definition>();
  for (const [id, trail] of trailsOf(spans, installationId)) {
    const keyspace = trail.flatMap(({ start, end }) => end ?? start ?? []).at(-1)?.keyspace;
    if (keyspace === undefined || !isTold(trail)) continue;
    const leavesOf = (component: InstalledComponent | undefined): Leaves | undefined =>
      component && flatten(renameReferences(localDefinition(component, lookup), keyspaces.ofTemplate(component.keyspace, keyspace)));
    const leaves = unedited(trail.map(({ start, end }) => ({ start: leavesOf(start), end: leavesOf(end) })));
    if (leaves) components.set(id, unflatten<Definition>(leaves));
  }
  const contentOf = (view: AppView): Leaves => {
    const installation = installationIn(view, installationId);
    const { contentPatch } = installation;
    return flatten(applyPatch(lookup.appContent(manifestAt(view, installation).content), contentPatch && lookup.patch(contentPatch)));
  };
  const content = unedited(spans.flatMap(({ start, end, held }) => stepsOf(contentOf(start), contentOf(end), held?.content)));
  return { components, content: content ? unflatten<AppContent>(content) : {} };
}

/** The contents that `withoutEdits` reads: none of components that are as the template has them and were never edited. */
export function digestsOfEdits(spans: Spans, installationId: InstallationId): Digest[] {
  const components = [...trailsOf(spans, installationId).values()]
    .filter(isTold)
    .flatMap((trail) => trail.flatMap(({ start, end }) => [start, end]));
  const contents = spans
    .flatMap(({ start, end }) => [start, end])
    .flatMap((view) => {
      const installation = installationIn(view, installationId);
      return [manifestAt(view, installation).content, installation.contentPatch];
    });
  return [...components.flatMap((component) => [component?.base, component?.patch]), ...contents].filter((digest) => digest !== undefined);
}

type Side = InstalledComponent | undefined;
interface Step<T> {
  readonly start: T;
  readonly end: T;
}

/** Each component at each of the times. */
function trailsOf(spans: Spans, installationId: InstallationId): Map<TemplateComponentId, Step<Side>[]> {
  const installed = spans.map(({ start, end, held }) => ({
    start: installedOf(start, { installationId }),
    end: installedOf(end, { installationId }),
    held,
  }));
  const ids = new Set(installed.flatMap(({ start, end }) => [...start.keys(), ...end.keys()]));
  const trailOf = (id: TemplateComponentId): Step<Side>[] =>
    installed.flatMap(({ start, end, held }) => stepsOf(start.get(id), end.get(id), held?.components.has(id)));
  return new Map([...ids].map((id) => [id, trailOf(id)]));
}

/** The edits of a time; of what an upgrade held then none, but the upgrade. */
function stepsOf<T>(start: T, end: T, held = false): Step<T>[] {
  return held
    ? [
        { start, end: start },
        { start: end, end },
      ]
    : [{ start, end }];
}

/** Whether a component was edited, or differs from the template now. */
function isTold(trail: readonly Step<Side>[]): boolean {
  const edited = trail.some(({ start, end }) => start?.base !== end?.base || start?.patch !== end?.patch);
  return edited || trail.at(-1)?.end?.patch !== undefined;
}

/** The last state without the edits of any step; from one step to the next there is an upgrade. */
function unedited(steps: readonly Step<Leaves | undefined>[]): Leaves | undefined {
  const edits = new EditedLeaves();
  let before: Step<Leaves | undefined> | undefined;
  for (const step of steps) {
    if (before) edits.upgraded(before.end, step.start);
    edits.edited(step.start, step.end);
    before = step;
  }
  return edits.without(before?.end);
}

function installationIn({ state }: AppView, installationId: InstallationId): Installation {
  const installation = state.installations.get(installationId);
  if (!installation) throw new Error(`no installation ${installationId} in app ${state.appId}`);
  return installation;
}
