import { v5 as uuidv5 } from 'uuid';
import { Refusal } from '../domain/errors.js';
import type { TemplateId } from '../domain/ids.js';
import type { NameEvent } from '../domain/name/events.js';
import type { TemplateEvent } from '../domain/template/events.js';
import { RevisionConflictError } from '../store/errors.js';
import type { EventStore, ExpectedRevision } from '../store/event-store.js';
import type { CommandContext } from './context.js';
import type { CommandServices } from './execute.js';
import { readable } from './readable.js';

/** Names of templates are streams; this is the namespace of their ids (RFC 9562, version 5). */
const NAME_NAMESPACE = '0b6e7f52-5f0f-4d0a-9a55-0c0f6a3d2a11';

export interface NameClaim {
  readonly team: string;
  readonly name: string;
  readonly templateId: TemplateId;
  /** The revision of the template's stream, read before the name is: what its creation will expect. -1 where it has no events. */
  readonly revision: number;
  /** Whether this command had reserved the name, before another writer came between. */
  readonly hadIt: boolean;
}

type Services = CommandServices & { readonly store: EventStore };

/**
 * Reserves a template's name within its team, for a template that is about to be created. The last reservation counts, as long as its template
 * has that name or may still be created. One whose template was not created (a crash in between) is taken over: first an event in that
 * template's stream sees to it that it is not created any more by who was about to, then the name is reserved anew.
 * @throws Refusal NAME_TAKEN, also where somebody else is just taking it.
 */
export async function reserveName(services: Services, context: CommandContext, claim: NameClaim): Promise<void> {
  const { team, name, templateId } = claim;
  const stream = `name-${uuidv5(JSON.stringify([team, name]), NAME_NAMESPACE)}`;
  const reserved = await lastReservation(services.store, stream);
  if (reserved?.templateId === templateId) {
    if (claim.revision < 0) return;
  } else if (reserved) {
    await takeOver(services, context, claim, reserved.templateId);
  }
  const event: NameEvent = { type: 'NameReserved', data: { team, name, templateId } };
  try {
    await services.writer.append(stream, reserved?.revision ?? 'no_stream', [event], context);
  } catch (error) {
    if (!(error instanceof RevisionConflictError)) throw error;
    // The same command may have come twice; its reservation is ours.
    if ((await lastReservation(services.store, stream))?.templateId !== templateId) throw nameTaken(name);
  }
}

async function lastReservation(store: EventStore, stream: string): Promise<{ templateId: TemplateId; revision: number } | undefined> {
  const [event] = readable(await store.readStream(stream, { direction: 'backwards', limit: 1 }));
  return event && { templateId: (event.data as NameEvent['data']).templateId, revision: event.revision };
}

/** Sees to it that the template which a name is reserved for does not get it. @throws Refusal NAME_TAKEN where it has it. */
async function takeOver(services: Services, context: CommandContext, claim: NameClaim, holder: TemplateId): Promise<void> {
  const { revision, isCreated } = await lookAt(services, claim, holder);
  if (isCreated) return;
  if (claim.hadIt) throw nameTaken(claim.name);
  const lost: TemplateEvent = { type: 'NameLost', data: { templateId: holder, name: claim.name, to: claim.templateId } };
  try {
    await services.writer.append(`template-${holder}`, revision, [lost], context);
  } catch (error) {
    if (!(error instanceof RevisionConflictError)) throw error;
    // It was created just now, or somebody else did the same as we.
    await lookAt(services, claim, holder);
  }
}

/** @throws Refusal NAME_TAKEN where the template has the name. One that was created under another name does not. */
async function lookAt(
  { aggregates }: Services,
  { team, name }: NameClaim,
  holder: TemplateId,
): Promise<{ revision: ExpectedRevision; isCreated: boolean }> {
  const { state, revision } = await aggregates.loadTemplate(holder);
  if (state?.name === name && state.team === team) throw nameTaken(name, holder);
  return { revision: revision < 0 ? 'no_stream' : revision, isCreated: state !== undefined };
}

function nameTaken(name: string, templateId?: TemplateId): Refusal {
  if (!templateId) {
    return new Refusal('NAME_TAKEN', `somebody is just taking the name "${name}" in the team: choose another one, or try again`, { name });
  }
  return new Refusal(
    'NAME_TAKEN',
    `the team has a template named "${name}": publish a new version of it (templateId), or choose another name`,
    { name, templateId },
  );
}
