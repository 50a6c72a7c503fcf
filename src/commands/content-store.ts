import { LRUCache } from 'lru-cache';
import { canonicalText, digestOf } from '../domain/canonical.js';
import type { Content, ContentLookup } from '../domain/definition/content.js';
import { contentStream, type ContentEvent } from '../domain/definition/events.js';
import { Refusal } from '../domain/errors.js';
import type { Digest } from '../domain/ids.js';
import type { JsonObject } from '../domain/json.js';
import { CorruptLogError, RevisionConflictError } from '../store/errors.js';
import type { EventStore, RecordedEvent } from '../store/event-store.js';
import type { CommandContext } from './context.js';
import type { EventWriter } from './event-writer.js';
import { readable } from './readable.js';

/** Bytes of canonical text; so that a content fits one append on every store. */
const MAX_CONTENT_BYTES = 768 * 1024;
const CACHE_BYTES = 64 * 1024 * 1024;

/** Where contents are found by digest. */
export interface ContentSource {
  /**
   * The contents of some digests, ready to be looked up.
   * @throws CorruptLogError where one is not in the log.
   */
  load(digests: Iterable<Digest>): Promise<ContentLookup>;
}

/** Contents by digest: stored once in the log, cached for good, since they never change. */
export class ContentStore implements ContentSource {
  readonly #cache = new LRUCache<Digest, Content>({ maxSize: CACHE_BYTES, sizeCalculation: sizeOf });

  constructor(
    private readonly store: EventStore,
    private readonly writer: EventWriter,
  ) {}

  /**
   * Stores what is not there yet, before the events that name it.
   * @throws Refusal DEFINITION_TOO_LARGE over 768 KiB, before anything is stored.
   */
  async save(contents: readonly Content[], context: CommandContext): Promise<void> {
    const fresh = new Map<Digest, Content>();
    for (const content of contents) {
      const digest = digestOf(content.body);
      if (this.#cache.has(digest)) continue;
      refuseLarge(content);
      fresh.set(digest, content);
    }
    await Promise.all([...fresh].map(([digest, content]) => this.#saveOne(digest, content, context)));
  }

  async load(digests: Iterable<Digest>): Promise<ContentLookup> {
    return lookupIn(await this.find(digests));
  }

  /** The contents of those digests that are in the log. `beside` looks for what is not cached before the log is asked. */
  async find(
    digests: Iterable<Digest>,
    beside?: (digests: readonly Digest[]) => ReadonlyMap<Digest, Content>,
  ): Promise<Map<Digest, Content>> {
    const wanted = [...new Set(digests)];
    const found = new Map(wanted.flatMap((digest) => entryOf(digest, this.#cache.get(digest))));
    const uncached = wanted.filter((digest) => !found.has(digest));
    if (beside && uncached.length > 0) for (const [digest, content] of beside(uncached)) found.set(digest, content);
    const missing = uncached.filter((digest) => !found.has(digest));
    if (missing.length === 0) return found;
    for (const event of readable(await this.store.readFirst(missing.map(contentStream)))) {
      const { digest, content } = contentOf(event);
      this.#cache.set(digest, content);
      found.set(digest, content);
    }
    return found;
  }

  async #saveOne(digest: Digest, content: Content, context: CommandContext): Promise<void> {
    const event: ContentEvent = {
      type: 'DefinitionStored',
      data: { digest, kind: content.kind, body: content.body as Content['body'] & JsonObject },
    };
    try {
      await this.writer.append(contentStream(digest), 'no_stream', [event], context);
    } catch (error) {
      // The stream of a digest holds that one content: when it is there, so is what we came to store.
      if (!(error instanceof RevisionConflictError)) throw error;
    }
    this.#cache.set(digest, content);
  }
}

function contentOf(event: RecordedEvent): { digest: Digest; content: Content } {
  const { digest, kind, body } = event.data as ContentEvent['data'];
  return { digest, content: { kind, body } as Content };
}

function entryOf(digest: Digest, content: Content | undefined): [Digest, Content][] {
  return content ? [[digest, content]] : [];
}

/** Looks contents up among those found. */
export function lookupIn(found: ReadonlyMap<Digest, Content>): ContentLookup {
  const missing = (digest: Digest, kind: string): never => {
    throw new CorruptLogError(`no ${kind} with digest ${digest} in the log`);
  };
  return {
    definition: (digest) => {
      const content = found.get(digest);
      return content?.kind === 'definition' ? content.body : missing(digest, 'definition');
    },
    appContent: (digest) => {
      const content = found.get(digest);
      return content?.kind === 'appContent' ? content.body : missing(digest, 'app-level content');
    },
    patch: (digest) => {
      const content = found.get(digest);
      return content?.kind === 'patch' ? content.body : missing(digest, 'patch');
    },
  };
}

function refuseLarge(content: Content): void {
  const bytes = Buffer.byteLength(canonicalText(content.body));
  if (bytes <= MAX_CONTENT_BYTES) return;
  throw new Refusal(
    'DEFINITION_TOO_LARGE',
    `a ${content.kind} of ${bytes} bytes is over the limit of ${MAX_CONTENT_BYTES}: make its texts smaller`,
    {
      bytes,
      limit: MAX_CONTENT_BYTES,
    },
  );
}

/** A rough weight in memory: exact bytes do not matter, growing with the content does. */
function sizeOf({ body }: Content): number {
  return 200 + JSON.stringify(body).length * 2;
}
