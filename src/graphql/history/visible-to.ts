import { templatesByIds } from '../../../projections/templates/queries.js';
import { mayReadTemplate } from '../../commands/access.js';
import { appStream, templateStream } from '../../commands/aggregates.js';
import { audienceOf } from '../../domain/access/audience.js';
import { may, teamsOf, type Principal } from '../../domain/access/principal.js';
import type { AppId, TemplateId } from '../../domain/ids.js';
import type { RecordedEvent } from '../../store/event-store.js';
import type { Backend } from '../context.js';

/** What it takes to tell. */
type Seeing = Pick<Backend, 'readModels' | 'visibleWithinMs'> & { readonly services: Pick<Backend['services'], 'aggregates'> };

/** Whether an event is shown to somebody. */
export type Visible = (event: RecordedEvent) => Promise<boolean>;

/**
 * What somebody is shown of the log; undefined where that is all of it. The team of what an event is about is read from the log, once, since it never
 * changes: so it is right for events that were just written, and for apps that are deleted. Whether a template is public counts as it is now.
 */
export function visibleTo(backend: Seeing, principal: Principal): Visible | undefined {
  if (teamsOf(principal, 'ADMINISTER') === 'ALL') return undefined;
  const { aggregates } = backend.services;
  const mayReadIn = (team: string | undefined): boolean => team !== undefined && may(principal, 'READ', team);
  const mayReadApp = async (appId: string): Promise<boolean> => mayReadIn(await aggregates.teamOf(appStream(appId as AppId)));
  const ofTeam = async (templateId: string): Promise<boolean> =>
    mayReadIn(await aggregates.teamOf(templateStream(templateId as TemplateId)));
  return async (event) => {
    const audience = audienceOf(event);
    switch (audience.kind) {
      case 'APP':
        return mayReadApp(audience.appId);
      case 'RELEASE':
        return (await ofTeam(audience.templateId)) && (audience.appId === undefined || (await mayReadApp(audience.appId)));
      case 'TEMPLATE':
        return (await ofTeam(audience.templateId)) || (await isShown(backend, principal, audience.templateId, event));
      case 'TEAM':
        return mayReadIn(audience.team);
      case 'CONTENT':
        return teamsOf(principal, 'READ') === 'ALL';
      case 'SERVER':
        return false;
    }
  };
}

/** Whether a template is shown to others than its team: to everybody, or because they have it installed, as the read models tell up to there. */
async function isShown(backend: Seeing, principal: Principal, id: string, { position }: RecordedEvent): Promise<boolean> {
  const { services, readModels, visibleWithinMs } = backend;
  const { state } = await services.aggregates.loadTemplate(id as TemplateId);
  if (state && mayReadTemplate(principal, state)) return true;
  const teams = teamsOf(principal, 'READ');
  await readModels.waitFor(position, { timeoutMs: visibleWithinMs });
  const { readModel, release } = readModels.lease();
  try {
    return templatesByIds(readModel, [id], teams === 'ALL' ? undefined : teams).length > 0;
  } finally {
    release();
  }
}
