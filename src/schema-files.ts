import { lexicographicSortSchema, printSchema } from 'graphql';
import { eventSchemas } from './domain/event-catalogue.js';
import { buildRegraftSchema } from './graphql/schema.js';

/** The public contract as files below `schema/`: the GraphQL schema, and a JSON Schema for each event. */
export async function schemaFiles(): Promise<Map<string, string>> {
  const files = new Map([['schema.graphql', `${printSchema(lexicographicSortSchema(await buildRegraftSchema()))}\n`]]);
  for (const [type, schema] of Object.entries(eventSchemas)) {
    const described = { $schema: 'https://json-schema.org/draft/2020-12/schema', title: `${type}, version 1`, ...schema };
    files.set(`events/${type}.v1.json`, `${JSON.stringify(described, null, 2)}\n`);
  }
  return files;
}
