import { readFileSync } from 'node:fs';
import type { ContentEvent } from '../../src/domain/definition/events.js';
import type { Projection } from '../../src/projector/projection.js';

/**
 * Every content by its digest: a copy for nodes whose store is elsewhere, so that queries that show definitions go on while it is away. Commands
 * never read it.
 */
export const contentsProjection: Projection = {
  name: 'contents',
  readBack: false,
  version: 1,
  tables: readFileSync(new URL('./table.sql', import.meta.url), 'utf8'),
  apply({ type, data }, db) {
    if (type !== 'DefinitionStored') return;
    const { digest, kind, body } = data as ContentEvent['data'];
    db.run(
      'INSERT INTO contents (digest, kind, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      String(digest),
      String(kind),
      JSON.stringify(body),
    );
  },
};
