import type { WebhookDeliveryRow, WebhookRow } from '../../../projections/webhooks/queries.js';
import { teamsOf, type Principal } from '../../domain/access/principal.js';
import type { WebhookDelivery } from './webhook.types.js';

/** A webhook without what leads on from it. */
export type WebhookNode = Omit<WebhookRow, 'types'> & { readonly types: readonly string[] | null };

export function toWebhook(row: WebhookRow): WebhookNode {
  return { ...row, types: row.types === null ? null : (JSON.parse(row.types) as string[]) };
}

export function toDelivery(row: WebhookDeliveryRow): WebhookDelivery {
  return { ...row, delivered: isDelivered(row.status) };
}

export function isDelivered(status: number | null | undefined): boolean {
  return typeof status === 'number' && status >= 200 && status < 300;
}

/** Undefined where that is all. */
export function administeredTeams(principal: Principal): readonly string[] | undefined {
  const teams = teamsOf(principal, 'ADMINISTER');
  return teams === 'ALL' ? undefined : teams;
}
