import { boundedVersions, lastFree, type Standing, type StopSearch, type VersionKey } from '../../projections/templates/queries.js';
import { UpgradePaths, type Stop } from '../domain/template/upgrade-path.js';
import { requireVersionRange } from '../domain/version-range.js';
import type { ReadModel } from '../projector/projection.js';
import { groupBy } from './app-views.js';

/** Of each template the versions on offer that say from where they can be upgraded to, smallest first. One statement. */
export function boundedOf(db: ReadModel, templateIds: readonly string[]): Map<string, Stop[]> {
  const rows = groupBy(boundedVersions(db, templateIds), ({ templateId }) => templateId);
  return new Map(templateIds.map((id) => [id, (rows.get(id) ?? []).map(toStop)]));
}

/**
 * The ways to the versions that cannot be upgraded to from anywhere, of each standing. One statement: of the others only those are read that can
 * be the last stop before one of these.
 * @param bounded of each template, as `boundedOf` tells them.
 */
export function pathsOf(db: ReadModel, standings: readonly Standing[], bounded: ReadonlyMap<string, readonly Stop[]>): UpgradePaths[] {
  const boundedAt = ({ templateId, held }: Standing): Stop[] =>
    (bounded.get(templateId) ?? []).filter(({ sortKey }) => !held.includes(sortKey));
  const fields = new Map(standings.map((standing) => [fieldOf(standing), standing]));
  const asked = [...fields].flatMap(([field, standing]) => searchesOf(standing, boundedAt(standing)).map((search) => ({ field, search })));
  const rows = lastFree(
    db,
    asked.map(({ search }) => search),
  );
  const free = groupBy(rows, ({ search }) => asked[search]?.field ?? '');
  const stops = new Map(
    [...fields].map(([field, standing]) => {
      const found = (free.get(field) ?? []).map((row) => toStop({ ...row, upgradeFrom: null }));
      const distinct = new Map([...boundedAt(standing), ...found].map((stop) => [stop.sortKey, stop]));
      return [field, [...distinct.values()].sort((left, right) => (left.sortKey < right.sortKey ? -1 : 1))];
    }),
  );
  return standings.map((standing) => {
    const larger = (stops.get(fieldOf(standing)) ?? []).filter(({ sortKey }) => sortKey > standing.sortKey);
    return new UpgradePaths(standing.sortKey, larger);
  });
}

/** Installations of a template see the same stops, wherever they stand, unless other ones are held back from them. */
function fieldOf({ templateId, held }: Standing): string {
  return JSON.stringify([templateId, held]);
}

/** Where the last stop before each of the versions may be: within its spans, and smaller than itself. */
function searchesOf({ templateId, held }: Standing, bounded: readonly Stop[]): StopSearch[] {
  return bounded.flatMap(({ sortKey, upgradeFrom }) =>
    (upgradeFrom?.spans ?? []).map(({ from, to }) => ({ templateId, held, from, to: to < sortKey ? to : sortKey })),
  );
}

function toStop({ version, sortKey, upgradeFrom }: VersionKey & { readonly version: string; readonly upgradeFrom: string | null }): Stop {
  return {
    label: version,
    sortKey,
    upgradeFrom: upgradeFrom === null ? undefined : requireVersionRange(upgradeFrom, 'upgradeFrom'),
  };
}
