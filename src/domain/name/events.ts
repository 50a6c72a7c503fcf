import Type from 'typebox';
import { event, idSchema, type EventOf } from '../event-schema.js';
import type { TemplateId } from '../ids.js';

/** The streams `name-<uuid>`: each stands for one name of a template within a team, and says who has it. */
export const nameEventSchemas = {
  NameReserved: event({ team: Type.String(), name: Type.String(), templateId: idSchema<TemplateId>() }),
};

export type NameEvent = EventOf<typeof nameEventSchemas>;
