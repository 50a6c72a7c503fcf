import type { Principal } from '../domain/access/principal.js';
import type { WebhookState } from '../domain/webhook/state.js';
import type { EventFilter } from '../fan-out/event-filter.js';

/** Whether an event is shown to somebody; undefined where all are. */
export type VisibleTo = (principal: Principal) => EventFilter['visibleTo'];

/** The events of a webhook: those that it asks for, and that who may read in its team, and nowhere else, is shown by subscriptions. */
export function filterOf({ webhookId, team, settings: { types, appId, templateId } }: WebhookState, visibleTo: VisibleTo): EventFilter {
  const reader: Principal = { actor: { id: `webhook-${webhookId}`, kind: 'SERVICE' }, grants: [{ role: 'VIEWER', teams: [team] }] };
  return { types, appId, templateId, visibleTo: visibleTo(reader) };
}
