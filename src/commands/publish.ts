import { v5 as uuidv5 } from 'uuid';
import { digestOf } from '../domain/canonical.js';
import type { Decision } from '../domain/decision.js';
import type { Content } from '../domain/definition/content.js';
import type { AppId, ComponentId, ReleaseId, TemplateComponentId, TemplateId } from '../domain/ids.js';
import {
  cancelRelease,
  changeVisibility,
  createTemplate,
  retryRelease,
  startRelease,
  type StartRelease,
} from '../domain/template/decide.js';
import type { TemplateEvent, Visibility } from '../domain/template/events.js';
import type { Identity } from '../domain/template/match.js';
import { requireVersionRange } from '../domain/version-range.js';
import { requireVersion } from '../domain/version.js';
import type { EventStore } from '../store/event-store.js';
import type { Access } from './access.js';
import { requireTemplate } from './aggregates.js';
import type { CommandContext } from './context.js';
import { execute, requireRevision, type CommandServices, type Executed } from './execute.js';
import { idOfNew } from './named-command.js';
import { reserveName } from './reserve-name.js';
import { sourceOf } from './source.js';
import { templateTarget, theEvent } from './target.js';

export interface PublishTemplate {
  readonly appId: AppId;
  readonly expectedRevision?: number | null | undefined;
  readonly version: string;
  readonly alias?: string | undefined;
  readonly notes?: string | undefined;
  /** The version to base the release on, of a maintenance line; the largest where it is not given. */
  readonly basedOn?: string | undefined;
  /** From which versions this one can be upgraded to: comparators, see `version-range.ts`. */
  readonly upgradeFrom?: string | undefined;
  /** Only these are taken from the app, the others stay as they were in the version before. */
  readonly components?: ReadonlySet<ComponentId> | undefined;
  readonly identities: readonly Identity[];
  /** A new template of this name, or a new version of the one with this id. */
  readonly as: { readonly name: string; readonly visibility?: Visibility | undefined } | { readonly templateId: TemplateId };
}

/** Starts a release of what the app is now. The release is synced and published by the release runner. */
export function handlePublishTemplate(
  services: CommandServices & { readonly store: EventStore },
  context: CommandContext,
  command: PublishTemplate,
): Promise<Executed<ToRelease>> {
  const { as } = command;
  const templateId = 'templateId' in as ? as.templateId : (idOfNew(context, services.runtime) as TemplateId);
  const releaseId = services.runtime.newId() as ReleaseId;
  let hadIt = false;
  return execute(services, context, templateTarget(services.aggregates, templateId), {
    decide: async (loaded) => {
      const { start, team, contents } = await prepareRelease(services, command, { templateId, releaseId }, context.access);
      if ('templateId' in as) return withContents(startRelease(start, requireTemplate(templateId, loaded).state), contents);
      const { name, visibility } = as;
      const decision = createTemplate({ ...start, name, team, visibility });
      if (decision.accepted) {
        await reserveName(services, context, { team, name, templateId, revision: loaded.revision, hadIt });
        hadIt = true;
      }
      return withContents(decision, contents);
    },
    answer: (events) => ({ templateId, releaseId: theEvent(events, 'ReleaseStarted').releaseId }),
  });
}

export interface PreparedRelease {
  readonly start: StartRelease;
  /** That of the source app. */
  readonly team: string;
  readonly contents: readonly Content[];
}

/** What a release would be decided on now: the app as it is. @throws Refusal VERSION_INVALID, NOT_FOUND, FORBIDDEN. */
export async function prepareRelease(
  { aggregates, contents }: CommandServices,
  command: Omit<PublishTemplate, 'as'>,
  ids: ToRelease,
  access: Access | undefined,
): Promise<PreparedRelease> {
  const version = requireVersion(command.version);
  const { view, revision } = await aggregates.app(command.appId, access);
  requireRevision(command.expectedRevision, revision);
  const source = await sourceOf(view, contents);
  const start: StartRelease = {
    ...ids,
    version,
    basedOn: command.basedOn === undefined ? undefined : requireVersion(command.basedOn),
    upgradeFrom: command.upgradeFrom === undefined ? undefined : requireVersionRange(command.upgradeFrom, 'upgradeFrom'),
    components: command.components,
    alias: command.alias,
    notes: command.notes,
    sourceAppId: command.appId,
    sourceRevision: revision,
    source: source.components,
    content: digestOf(source.content),
    identities: command.identities,
    freshIds: new Map(source.components.map(({ componentId }) => [componentId, freshIdOf(componentId, ids.releaseId)])),
  };
  return { start, team: view.state.team, contents: [...source.toStore, { kind: 'appContent', body: source.content }] };
}

function withContents(decision: Decision<TemplateEvent>, contents: readonly Content[]): Decision<TemplateEvent> {
  return decision.accepted ? { ...decision, contents } : decision;
}

/** The identity that a new component would get in this release: the same however often the command is tried. */
function freshIdOf(componentId: ComponentId, releaseId: ReleaseId): TemplateComponentId {
  return uuidv5(componentId, releaseId) as TemplateComponentId;
}

export interface ToRelease {
  readonly templateId: TemplateId;
  readonly releaseId: ReleaseId;
}

/** Says who reads a template beside its team. */
export function handleChangeVisibility(
  services: CommandServices,
  context: CommandContext,
  templateId: TemplateId,
  visibility: Visibility,
): Promise<Executed<TemplateId>> {
  return execute(services, context, templateTarget(services.aggregates, templateId), {
    decide: (loaded) => changeVisibility(visibility, requireTemplate(templateId, loaded).state),
    answer: () => templateId,
  });
}

export function handleRetryRelease(services: CommandServices, context: CommandContext, to: ToRelease): Promise<Executed<ToRelease>> {
  return commandRelease(services, context, to, retryRelease);
}

export function handleCancelRelease(services: CommandServices, context: CommandContext, to: ToRelease): Promise<Executed<ToRelease>> {
  return commandRelease(services, context, to, cancelRelease);
}

function commandRelease(
  services: CommandServices,
  context: CommandContext,
  to: ToRelease,
  decide: typeof retryRelease,
): Promise<Executed<ToRelease>> {
  return execute(services, context, templateTarget(services.aggregates, to.templateId), {
    decide: (loaded) => decide(to.releaseId, requireTemplate(to.templateId, loaded).state),
    answer: () => to,
  });
}
