import type { Manifest, ManifestEntry } from '../../src/domain/template/manifest.js';
import { withDifference, type ManifestDifference } from '../../src/domain/template/state.js';
import type { ReadModel } from '../../src/projector/projection.js';
import { list } from '../page.js';

/** A manifest is kept whole once in so many releases of a chain: it is read from at most so many differences. */
export const SNAPSHOT_EVERY = 32;

interface ChainRow {
  readonly root: string;
  readonly snapshot: string | null;
  readonly difference: string;
}

/** The manifests of releases, published or not. One statement, whatever their number. */
export function manifestsOf(db: ReadModel, releaseIds: readonly string[]): Map<string, Manifest> {
  const rows = db.all<ChainRow>(
    `WITH RECURSIVE chain (root, parent_id, snapshot, difference, level) AS (
       SELECT id, parent_id, snapshot, difference, 0 FROM releases WHERE id IN (SELECT value FROM json_each(?))
       UNION ALL
       SELECT chain.root, releases.parent_id, releases.snapshot, releases.difference, level + 1
       FROM chain JOIN releases ON releases.id = chain.parent_id WHERE chain.snapshot IS NULL
     )
     SELECT root, snapshot, difference FROM chain ORDER BY root, level DESC`,
    list(releaseIds),
  );
  const manifests = new Map<string, Manifest>();
  for (const { root, snapshot, difference } of rows) {
    const before = snapshot === null ? manifests.get(root) : undefined;
    manifests.set(root, snapshot === null ? withDifference(before, JSON.parse(difference) as ManifestDifference) : fromSnapshot(snapshot));
  }
  return manifests;
}

export function toSnapshot({ components, content }: Manifest): string {
  return JSON.stringify({ entries: [...components.values()], content });
}

function fromSnapshot(text: string): Manifest {
  const { entries, content } = JSON.parse(text) as { entries: ManifestEntry[]; content: Manifest['content'] };
  return { components: new Map(entries.map((entry) => [entry.templateComponentId, entry])), content };
}
