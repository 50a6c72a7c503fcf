import Type from 'typebox';
import { digestSchema, event, type EventOf } from '../event-schema.js';
import type { JsonObject } from '../json.js';

/** The streams `definition-<digest>`: each holds one content, once. */
export const contentEventSchemas = {
  DefinitionStored: event({
    digest: digestSchema,
    kind: Type.Enum(['definition', 'appContent', 'patch']),
    body: Type.Unsafe<JsonObject>(Type.Object({}, { additionalProperties: true })),
  }),
};

export type ContentEvent = EventOf<typeof contentEventSchemas>;
