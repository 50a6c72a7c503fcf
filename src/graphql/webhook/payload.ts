import { webhookById } from '../../../projections/webhooks/queries.js';
import { noWebhook } from '../../commands/aggregates.js';
import type { ToWebhook } from '../../commands/webhooks.js';
import type { WebhookId } from '../../domain/ids.js';
import type { Position } from '../../store/event-store.js';
import { answered } from '../command.js';
import type { RequestContext } from '../context.js';
import { toWebhook } from './to-webhook.js';
import type { WebhookCommandInput } from './webhook.inputs.js';

export function toWebhookOf({ webhookId, expectedRevision }: WebhookCommandInput): ToWebhook {
  return { webhookId: webhookId as WebhookId, expectedRevision };
}

export function webhookPayload<More extends object>(context: RequestContext, id: string, position: Position, more?: More): Promise<object> {
  return answered(context, position, () => {
    const row = webhookById(context.readModel, id);
    if (!row) return Promise.reject(noWebhook(id));
    return Promise.resolve({ webhook: toWebhook(row), ...more });
  });
}
