import { GraphQLError } from 'graphql';

/** What a request says of the document that it wants to run, as it was sent. */
export interface SentDocument {
  readonly query?: unknown;
  /** The id of a document, as of GraphQL over HTTP, appendix A. */
  readonly documentId?: unknown;
  /** The id as `persistedQuery.sha256Hash`, as Apollo's clients send it. */
  readonly extensions?: unknown;
}

/** The only documents that run on this server, by the ids that clients send instead of them. */
export class TrustedDocuments {
  /** @param texts by id. */
  constructor(private readonly texts: ReadonlyMap<string, string>) {}

  /**
   * @returns the text of the document that was asked for.
   * @throws GraphQLError PERSISTED_QUERY_ONLY for a text, PERSISTED_QUERY_NOT_FOUND for an id that is not listed.
   */
  textOf({ query, documentId, extensions }: SentDocument): string {
    // Protocols of WebSocket want a text: an empty one says nothing.
    const id = query ? undefined : (documentId ?? hashOf(extensions));
    if (id === undefined)
      throw refused('PERSISTED_QUERY_ONLY', 'this server runs the documents of its clients by their ids alone: send documentId');
    const text = typeof id === 'string' ? (this.texts.get(id) ?? this.texts.get(id.replace(/^sha256:/, ''))) : undefined;
    if (text === undefined) {
      const message =
        'no document with this id is trusted: list it in the manifest of this server (REGRAFT_TRUSTED_DOCUMENTS), and start it again';
      throw refused('PERSISTED_QUERY_NOT_FOUND', message);
    }
    return text;
  }
}

function hashOf(extensions: unknown): unknown {
  const persisted = fieldOf(extensions, 'persistedQuery');
  return fieldOf(persisted, 'sha256Hash');
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function refused(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400 } } });
}
