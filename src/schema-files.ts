import { lexicographicSortSchema, printSchema } from 'graphql';
import { eventSchemas } from './domain/event-catalogue.js';
import type { EventSchemas } from './domain/event-schema.js';
import { buildRegraftSchema } from './graphql/schema.js';

/** The public contract as files below `schema/`: the GraphQL schema, and a JSON Schema for each version of each event. */
export async function schemaFiles(): Promise<Map<string, string>> {
  const files = new Map([['schema.graphql', `${printSchema(lexicographicSortSchema(await buildRegraftSchema()))}\n`]]);
  for (const [path, text] of eventSchemaFiles(eventSchemas)) files.set(path, text);
  return files;
}

/** `events/<Type>.v<N>.json` for each version of each type. They are open to properties that they do not name, as reading is. */
export function eventSchemaFiles(schemas: EventSchemas): Map<string, string> {
  const files = new Map<string, string>();
  for (const [type, { versions }] of Object.entries(schemas)) {
    for (const [index, { schema }] of versions.entries()) {
      const title = `${type}, version ${index + 1}`;
      const described = { $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...schema };
      files.set(`events/${type}.v${index + 1}.json`, `${JSON.stringify(described, null, 2)}\n`);
    }
  }
  return files;
}
