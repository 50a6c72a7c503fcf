import { contentsByDigests } from '../../projections/contents/queries.js';
import { lookupIn, type ContentSource, type ContentStore } from '../commands/content-store.js';
import type { ReadModel } from '../projector/projection.js';

/** Contents for queries, from the copy that a node keeps beside its other read models; from the log where the copy does not have them yet. */
export function keptContents(db: ReadModel, contents: ContentStore): ContentSource {
  return { load: async (digests) => lookupIn(await contents.find(digests, (missing) => contentsByDigests(db, missing))) };
}
