import { differencesOfImport, replaceComponents } from '../domain/app/decide-import.js';
import { keepBoundValues, type ImportedValues } from '../domain/app/import-values.js';
import type { ReplaceComponents } from '../domain/app/commands.js';
import { digestsOf } from '../domain/app/components.js';
import type { AppEvent } from '../domain/app/events.js';
import type { AppState, AppView } from '../domain/app/state.js';
import type { ComponentDifference } from '../domain/compare/compare-manifests.js';
import type { Decision } from '../domain/decision.js';
import type { ContentLookup } from '../domain/definition/content.js';
import type { AppId, ComponentId, Digest } from '../domain/ids.js';
import { importComposeOffThread } from '../importers/compose/off-thread.js';
import type { ComposeSource, ImportWarning } from '../importers/imported-project.js';
import { suggestRenames } from '../importers/suggest-renames.js';
import type { Position } from '../store/event-store.js';
import { commandApp, digestsHeld, type ToApp } from './apps.js';
import { withValues } from './bind-values.js';
import type { CommandContext } from './context.js';
import { requireRevision, type CommandServices, type Executed } from './execute.js';

export interface ImportCompose extends ToApp {
  readonly source: ComposeSource;
  readonly renames: ReadonlyMap<string, string>;
  /** Only tell what would change. */
  readonly dryRun: boolean;
}

export interface Imported {
  readonly appId: AppId;
  readonly position: Position;
  readonly changes: readonly ComponentDifference[];
  readonly warnings: readonly ImportWarning[];
}

/**
 * Brings an app's own components to what a Compose project says. A repeated command is answered with what it changed the first time.
 * @throws ImportFailedError where the project cannot be read; Refusal as the app decides.
 */
export async function handleImportCompose(services: CommandServices, context: CommandContext, command: ImportCompose): Promise<Imported> {
  const { appId } = command;
  const { components, content, warnings } = await importComposeOffThread(command.source);
  const replace: ReplaceComponents = {
    components,
    content,
    renames: command.renames,
    freshIds: new Map(components.map(({ key }) => [key, services.runtime.newId() as ComponentId])),
  };
  let decidedOn!: AppView;
  const decide = async (view: AppView, lookup: ContentLookup, state: AppState): Promise<Decision<AppEvent>> => {
    decidedOn = view;
    const { replace: kept, toBind } = keepBoundValues(replace, view, lookup);
    const decision = replaceComponents(kept, view, lookup);
    return command.dryRun ? decision : withValues(services.vault, state, decision, toBind);
  };
  const needs = (view: AppView): Digest[] => needsOf(replace, view);
  const { position, repeats } = command.dryRun
    ? await tryImport(services, context, command, needs, decide)
    : await commandApp(services, context, command, needs, decide);
  const before = repeats ? await services.aggregates.appAt(appId, repeats.decidedOn) : decidedOn;
  const lookup = await services.contents.load(needs(before));
  const values = keepBoundValues(replace, before, lookup);
  return {
    appId,
    position,
    changes: differencesOfImport(values.replace, before, lookup),
    warnings: [...warnings, ...renameSuggestions(replace, before, lookup), ...values.kept.map(stillBound)],
  };
}

function stillBound({ key, path }: ImportedValues['kept'][number]): ImportWarning {
  return {
    code: 'SECRET_KEPT',
    message: `"${key}": ${path} is secret or generated in the app, and stays so: the value in the file becomes the one that is kept with it, and is not shown`,
    suggestion: 'to have it in the clear: updateComponent with secret: false (or generate: false), then import again',
  };
}

/** Decides as an import would, and appends nothing. */
async function tryImport(
  { aggregates, contents }: CommandServices,
  { access }: CommandContext,
  { appId, expectedRevision }: ToApp,
  needs: (view: AppView) => readonly Digest[],
  decide: (view: AppView, lookup: ContentLookup, state: AppState) => Promise<Decision<AppEvent>>,
): Promise<Executed<AppId>> {
  const { view, state, revision, position } = await aggregates.app(appId, access);
  requireRevision(expectedRevision, revision);
  const decision = await decide(view, await contents.load(needs(view)), state);
  if (!decision.accepted) throw decision.refusal;
  return { result: appId, position };
}

function needsOf({ renames }: ReplaceComponents, view: AppView): Digest[] {
  const own = view.components.filter(({ origin }) => origin === 'own' || renames.size > 0).flatMap(digestsOf);
  const held = renames.size > 0 ? digestsHeld(view) : [];
  return [...own, ...held, ...(view.state.content ? [view.state.content] : [])];
}

function renameSuggestions({ components, renames }: ReplaceComponents, view: AppView, lookup: ContentLookup): ImportWarning[] {
  const own = view.components.flatMap((component) => (component.origin === 'own' ? [component] : []));
  const keys = new Set(components.map(({ key }) => key));
  const before = new Set(own.map(({ key }) => key));
  const given = new Set(renames.values());
  const removed = own.filter(({ key }) => !keys.has(key) && !renames.has(key)).map(({ digest }) => lookup.definition(digest));
  const added = components.filter(({ key }) => !before.has(key) && !given.has(key));
  return suggestRenames(removed, added).map(({ from, to }) => ({
    code: 'LOOKS_RENAMED',
    message: `"${from}" goes and "${to}" comes, and they look the same: if it was renamed, import again with renames, and it keeps its identity`,
    suggestion: `renames: [{ from: "${from}", to: "${to}" }]`,
  }));
}
