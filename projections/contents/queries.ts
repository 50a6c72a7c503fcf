import type { Content } from '../../src/domain/definition/content.js';
import type { Digest } from '../../src/domain/ids.js';
import type { ReadModel } from '../../src/projector/projection.js';
import { list } from '../page.js';

interface ContentRow {
  readonly digest: string;
  readonly kind: string;
  /** JSON. */
  readonly body: string;
}

/** The contents of those digests that are kept. */
export function contentsByDigests(db: ReadModel, digests: readonly Digest[]): Map<Digest, Content> {
  const sql = 'SELECT digest, kind, body FROM contents WHERE digest IN (SELECT value FROM json_each(?))';
  return new Map(db.all<ContentRow>(sql, list(digests)).map((row) => [row.digest as Digest, toContent(row)]));
}

function toContent({ kind, body }: ContentRow): Content {
  return { kind, body: JSON.parse(body) as Content['body'] } as Content;
}
