import { v5 as uuidv5 } from 'uuid';
import { digestOf } from '../domain/canonical.js';
import type { Content } from '../domain/definition/content.js';
import { Refusal } from '../domain/errors.js';
import type { AppId, ComponentId, ReleaseId, TemplateComponentId, TemplateId } from '../domain/ids.js';
import type { NameEvent } from '../domain/name/events.js';
import { cancelRelease, createTemplate, retryRelease, startRelease, type StartRelease } from '../domain/template/decide.js';
import type { Identity } from '../domain/template/match.js';
import { requireVersion } from '../domain/version.js';
import { RevisionConflictError } from '../store/errors.js';
import type { EventStore } from '../store/event-store.js';
import { templateStream } from './aggregates.js';
import type { CommandContext } from './context.js';
import { execute, type CommandServices, type Executed } from './execute.js';
import { readable } from './readable.js';
import { sourceOf } from './source.js';

/** Names of templates are streams; this is the namespace of their ids (RFC 9562, version 5). */
const NAME_NAMESPACE = '0b6e7f52-5f0f-4d0a-9a55-0c0f6a3d2a11';

export interface PublishTemplate {
  readonly appId: AppId;
  readonly expectedRevision?: number | null | undefined;
  readonly version: string;
  readonly alias?: string | undefined;
  readonly notes?: string | undefined;
  readonly identities: readonly Identity[];
  /** A new template of this name, or a new version of the one with this id. */
  readonly as: { readonly name: string } | { readonly templateId: TemplateId };
}

export interface StartedRelease {
  readonly templateId: TemplateId;
  readonly releaseId: ReleaseId;
}

/** Starts a release of what the app is now. The release is synced and published by the release runner. */
export async function handlePublishTemplate(
  services: CommandServices & { readonly store: EventStore },
  context: CommandContext,
  command: PublishTemplate,
): Promise<Executed<StartedRelease>> {
  const version = requireVersion(command.version);
  const { view, revision } = await services.aggregates.app(command.appId);
  if (command.expectedRevision !== null && command.expectedRevision !== undefined && command.expectedRevision !== revision) {
    throw new Refusal('REVISION_CONFLICT', `the app is at revision ${revision}, not ${command.expectedRevision}: look at it again`, {
      expected: command.expectedRevision,
      actual: revision,
    });
  }
  const source = await sourceOf(view, services.contents);
  const releaseId = services.runtime.newId() as ReleaseId;
  const release: Omit<StartRelease, 'templateId'> = {
    releaseId,
    version,
    alias: command.alias,
    notes: command.notes,
    sourceAppId: command.appId,
    sourceRevision: revision,
    source: source.components,
    content: digestOf(source.content),
    identities: command.identities,
    freshIds: new Map(source.components.map(({ componentId }) => [componentId, freshIdOf(componentId, releaseId)])),
  };
  const contents: Content[] = [...source.toStore, { kind: 'appContent', body: source.content }];
  const templateId =
    'templateId' in command.as
      ? command.as.templateId
      : await reserveName(services, context, { team: view.state.team, name: command.as.name });
  const create = 'name' in command.as ? { name: command.as.name, team: view.state.team } : undefined;
  return execute(services, context, undefined, async () => {
    const stream = templateStream(templateId);
    const result = { templateId, releaseId };
    const start = { ...release, templateId };
    if (!create) {
      const { state, revision: at } = await services.aggregates.template(templateId);
      const decision = startRelease(start, state);
      if (!decision.accepted) return { stream, revision: at, decision, result };
      return { stream, revision: at, decision: { ...decision, contents }, result };
    }
    if (await services.aggregates.findTemplate(templateId)) throw nameTaken(create.name, templateId);
    const decision = createTemplate({ ...start, ...create });
    return { stream, revision: 'no_stream', decision: decision.accepted ? { ...decision, contents } : decision, result };
  });
}

/**
 * Reserves a template's name within its team, and says which template it is for. A name that was reserved for a template that was never
 * created (a crash in between) is for that one still: of two who then create it, one wins.
 */
async function reserveName(
  services: CommandServices & { readonly store: EventStore },
  context: CommandContext,
  { team, name }: { team: string; name: string },
): Promise<TemplateId> {
  const stream = `name-${uuidv5(JSON.stringify([team, name]), NAME_NAMESPACE)}`;
  const reserved = async (): Promise<TemplateId | undefined> => {
    const [event] = readable(await services.store.readStream(stream, { limit: 1 }));
    return event && (event.data as NameEvent['data']).templateId;
  };
  const holder = await reserved();
  if (holder) {
    if (await services.aggregates.findTemplate(holder)) throw nameTaken(name, holder);
    return holder;
  }
  const templateId = services.runtime.newId() as TemplateId;
  const event: NameEvent = { type: 'NameReserved', data: { team, name, templateId } };
  try {
    await services.writer.append(stream, 'no_stream', [event], context);
    return templateId;
  } catch (error) {
    if (!(error instanceof RevisionConflictError)) throw error;
    return (await reserved()) ?? templateId;
  }
}

function nameTaken(name: string, templateId: TemplateId): Refusal {
  return new Refusal(
    'NAME_TAKEN',
    `the team has a template named "${name}": publish a new version of it (templateId), or choose another name`,
    {
      name,
      templateId,
    },
  );
}

/** The identity that a new component would get in this release: the same however often the command is tried. */
function freshIdOf(componentId: ComponentId, releaseId: ReleaseId): TemplateComponentId {
  return uuidv5(componentId, releaseId) as TemplateComponentId;
}

export interface ToRelease {
  readonly templateId: TemplateId;
  readonly releaseId: ReleaseId;
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
  return execute(services, context, undefined, async () => {
    const { state, revision } = await services.aggregates.template(to.templateId);
    return { stream: templateStream(to.templateId), revision, decision: decide(to.releaseId, state), result: to };
  });
}
