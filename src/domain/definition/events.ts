import Type from 'typebox';
import { digestSchema, event, type EventOf } from '../event-schema.js';
import type { Digest } from '../ids.js';
import type { JsonObject } from '../json.js';

/** The streams `definition-<digest>`: each holds one content, once. */
export const contentEventSchemas = {
  DefinitionStored: event({
    digest: digestSchema,
    kind: Type.Enum(['definition', 'appContent', 'patch']),
    body: Type.Unsafe<JsonObject>(Type.Object({}, { additionalProperties: true })),
  }),
};

const CONTENT_STREAM = 'definition-';

export function contentStream(digest: Digest): string {
  return CONTENT_STREAM + digest;
}

/** The digest that a stream is named after, where it holds a content. */
export function contentDigestOf(stream: string): string | undefined {
  return stream.startsWith(CONTENT_STREAM) ? stream.slice(CONTENT_STREAM.length) : undefined;
}

export type ContentEvent = EventOf<typeof contentEventSchemas>;
