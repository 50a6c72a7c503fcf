import { tokenEventSchemas } from './access/token-events.js';
import { appEventSchemas } from './app/events.js';
import { contentEventSchemas } from './definition/events.js';
import type { EventSchemas } from './event-schema.js';
import { keyEventSchemas } from './key/events.js';
import { leaseEventSchemas } from './lease/events.js';
import { nameEventSchemas } from './name/events.js';
import { templateEventSchemas } from './template/events.js';
import { deliveryEventSchemas, webhookEventSchemas } from './webhook/events.js';

/** Every event that the log may hold, by its type name. */
export const eventSchemas: EventSchemas = {
  ...appEventSchemas,
  ...templateEventSchemas,
  ...contentEventSchemas,
  ...nameEventSchemas,
  ...keyEventSchemas,
  ...tokenEventSchemas,
  ...webhookEventSchemas,
  ...deliveryEventSchemas,
  ...leaseEventSchemas,
};
