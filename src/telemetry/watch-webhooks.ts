import { webhookStanding, type WebhookStanding } from '../../projections/webhooks/queries.js';
import type { ReadModels } from '../projector/read-models.js';
import type { Metrics } from './metrics.js';

/**
 * Shows in the metrics how webhooks stand, as the read models have it: the same on all nodes of a log, whichever delivers. Left out while those cannot be
 * read.
 */
export function watchWebhooks(metrics: Metrics, readModels: ReadModels): void {
  const standing = (): WebhookStanding | undefined => (readModels.serving ? readModels.read(webhookStanding) : undefined);
  const watch = (name: `regraft_webhook_${string}`, help: string, value: (standing: WebhookStanding) => number): void =>
    metrics.watch({
      name,
      help,
      collect: (gauge) => {
        const now = standing();
        if (now) gauge.set(value(now));
      },
    });
  watch('regraft_webhook_active', 'Webhooks that are delivered to.', ({ active }) => active);
  watch('regraft_webhook_disabled', 'Webhooks that are disabled, by somebody or since they failed too often.', ({ disabled }) => disabled);
  watch(
    'regraft_webhook_failing',
    'Webhooks that are delivered to, and to which something waits to be sent again.',
    ({ failing }) => failing,
  );
  watch('regraft_webhook_held_streams', 'Streams whose events wait until one that failed is delivered.', ({ heldStreams }) => heldStreams);
}
