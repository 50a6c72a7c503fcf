import { may } from '../../domain/access/principal.js';
import type { Rehearsal } from '../../queries/rehearsal/rehearsal.js';
import type { RequestContext } from '../context.js';

/** Whether a rehearsal is shown: to who may read both the app and the template's team, since it tells what a release of it would. */
export async function mayReadRehearsal({ principal, backend }: RequestContext, { subject }: Rehearsal): Promise<boolean> {
  const { aggregates } = backend.services;
  const [app, template] = await Promise.all([aggregates.loadApp(subject.appId), aggregates.loadTemplate(subject.templateId)]);
  return [app, template].every(({ team }) => may(principal, 'READ', team));
}

/** @throws Refusal NOT_FOUND. */
export async function requireRehearsal(context: RequestContext, id: string): Promise<Rehearsal> {
  const { rehearsals } = context.backend;
  const rehearsal = rehearsals.require(id);
  return (await mayReadRehearsal(context, rehearsal)) ? rehearsal : rehearsals.missing(id);
}
