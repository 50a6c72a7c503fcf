import { eventSchemas } from './event-catalogue.js';
import { MASKED } from './event-schema.js';
import type { JsonObject } from './json.js';

const MASK = '***';

/** The names that a schema of the type masks, in any of its versions. */
const maskedFields = new Map(
  Object.entries(eventSchemas).map(([type, { versions }]) => {
    const properties = versions.flatMap(({ schema }) => Object.entries(schema.properties));
    return [type, new Set(properties.flatMap(([name, schema]) => (MASKED in schema ? [name] : [])))];
  }),
);

/** The fields of an event's data that are not shown. */
export function maskedIn(type: string, data: JsonObject): readonly string[] {
  return [...(maskedFields.get(type) ?? [])].filter((name) => Object.hasOwn(data, name));
}

/** The data of an event as it is shown: without what its schema says is masked. Audit exports alone have it, since they are the log. */
export function maskEvent(type: string, data: JsonObject): JsonObject {
  const fields = maskedIn(type, data);
  return fields.length === 0 ? data : { ...data, ...Object.fromEntries(fields.map((name) => [name, MASK])) };
}
