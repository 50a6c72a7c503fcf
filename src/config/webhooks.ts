import { Networks } from '../webhooks/networks.js';
import type { Variables } from './variables.js';

/** To which networks webhooks may go beside the public internet. */
export interface WebhookSettings {
  readonly networks: Networks;
  /** Whether any is allowed: receivers there may do without TLS. */
  readonly plainHttp: boolean;
  /** Whether this node delivers. Others of the same log may. */
  readonly deliver: boolean;
}

const ALLOWED = 'REGRAFT_WEBHOOK_ALLOWED_NETWORKS';

export function readWebhooks(variables: Variables): WebhookSettings {
  const cidrs = variables.list(ALLOWED);
  const deliver = variables.flag('REGRAFT_WEBHOOK_DELIVERY', true);
  try {
    return { networks: Networks.allowing(cidrs), plainHttp: cidrs.length > 0, deliver };
  } catch (error) {
    variables.problems.push(`${ALLOWED}: ${error instanceof Error ? error.message : String(error)}`);
    return { networks: Networks.allowing([]), plainHttp: false, deliver };
  }
}
