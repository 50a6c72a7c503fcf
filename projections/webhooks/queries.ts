import type { DisabledReason } from '../../src/domain/webhook/state.js';
import type { ReadModel } from '../../src/projector/projection.js';
import { newestFirst } from '../children.js';
import { among, toPage, where, type Condition, type Page } from '../page.js';

export interface WebhookRow {
  readonly id: string;
  readonly team: string;
  readonly url: string;
  readonly description: string | null;
  /** JSON: a list; null for all. */
  readonly types: string | null;
  readonly appId: string | null;
  readonly templateId: string | null;
  readonly disabledReason: DisabledReason | null;
  readonly disabledMessage: string | null;
  readonly disabledAt: string | null;
  readonly previousSecretUntil: string | null;
  readonly createdAt: string;
  readonly revision: number;
  readonly position: string;
  readonly heldStreams: number;
  readonly failingSince: string | null;
}

export interface WebhookDeliveryRow {
  readonly id: string;
  readonly place: number;
  readonly kind: string;
  readonly messageId: string;
  readonly eventType: string | null;
  readonly stream: string | null;
  readonly revision: number | null;
  readonly position: string | null;
  readonly attempt: number;
  readonly at: string;
  readonly status: number | null;
  readonly problem: string | null;
  readonly message: string | null;
}

/** Teams of which webhooks are shown; undefined where that is all. */
type Teams = readonly string[] | undefined;

const COLUMNS = `id, team, url, description, types, app_id AS appId, template_id AS templateId, disabled_reason AS disabledReason,
  disabled_message AS disabledMessage, disabled_at AS disabledAt, previous_secret_until AS previousSecretUntil, created_at AS createdAt,
  revision, position, held_streams AS heldStreams, failing_since AS failingSince`;

export function webhookById(db: ReadModel, id: string): WebhookRow | undefined {
  return db.get<WebhookRow>(`SELECT ${COLUMNS} FROM webhooks WHERE id = ?`, id);
}

/** In the order of their ids. @param after the id of a webhook: those after it. */
export function pageOfWebhooks(db: ReadModel, teams: Teams, first: number, after: string | undefined): Page<WebhookRow> {
  const { sql, parameters } = where(within(teams), after !== undefined && ['id > ?', after]);
  return toPage(db.all<WebhookRow>(`SELECT ${COLUMNS} FROM webhooks ${sql} ORDER BY id LIMIT ?`, ...parameters, first + 1), first);
}

export function countWebhooks(db: ReadModel, teams: Teams): number {
  const { sql, parameters } = where(within(teams));
  return db.get<{ total: number }>(`SELECT count(*) AS total FROM webhooks ${sql}`, ...parameters)?.total ?? 0;
}

/** Of those that are to be delivered to. */
export function activeWebhookIds(db: ReadModel): string[] {
  return db.all<{ id: string }>('SELECT id FROM webhooks WHERE disabled_reason IS NULL ORDER BY id').map(({ id }) => id);
}

export const deliveriesOfWebhooks = newestFirst<WebhookDeliveryRow>(
  'webhook_deliveries',
  'id, place, kind, message_id AS messageId, event_type AS eventType, stream, revision, position, attempt, at, status, problem, message',
  'webhook_id',
);

function within(teams: Teams): Condition | undefined {
  return teams && among('team', teams);
}
