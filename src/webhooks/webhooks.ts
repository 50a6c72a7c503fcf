import type { EndpointRules } from '../domain/webhook/decide.js';
import type { Courier } from './courier.js';
import type { VisibleTo } from './webhook-filter.js';

/** What the API needs of webhooks. */
export interface Webhooks {
  readonly rules: EndpointRules;
  readonly courier: Courier;
  readonly visibleTo: VisibleTo;
}
