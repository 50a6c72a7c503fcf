import { eventSchemas } from './event-catalogue.js';
import { MASKED } from './event-schema.js';
import type { JsonObject } from './json.js';

const MASK = '***';

const maskedFields = new Map(
  Object.entries(eventSchemas).map(([type, { newest }]) => [
    type,
    Object.entries(newest.properties).flatMap(([name, schema]) => (MASKED in schema ? [name] : [])),
  ]),
);

/** The data of an event as it is shown: without what its schema says is masked. Audit exports alone have it, since they are the log. */
export function maskEvent(type: string, data: JsonObject): JsonObject {
  const fields = maskedFields.get(type)?.filter((name) => Object.hasOwn(data, name)) ?? [];
  return fields.length === 0 ? data : { ...data, ...Object.fromEntries(fields.map((name) => [name, MASK])) };
}
