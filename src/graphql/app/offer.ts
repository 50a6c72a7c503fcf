import type { HoldRow, InstallationRow } from '../../../projections/apps/queries.js';
import type { Standing, VersionRow } from '../../../projections/templates/queries.js';
import { requireVersion, versionSortKey } from '../../domain/version.js';
import { isOpenFrom, type Stop } from '../../domain/template/upgrade-path.js';
import { held, passed, stopRequired, withdrawn, type Block } from '../../domain/template/why-not.js';
import type { Loaders } from '../loaders.js';

/** A larger version that is not offered, and why. */
export interface BlockedRow extends Block {
  readonly row: VersionRow;
}

/** Of versions that say from where they can be upgraded to, those larger than where an installation stands and not held back, by whether they can. */
function judge({ sortKey, held: heldBack }: Standing, bounded: readonly Stop[]): { readonly open: Stop[]; readonly closed: Stop[] } {
  const larger = bounded.filter((stop) => stop.sortKey > sortKey && !heldBack.includes(stop.sortKey));
  return { open: larger.filter((stop) => isOpenFrom(stop, sortKey)), closed: larger.filter((stop) => !isOpenFrom(stop, sortKey)) };
}

/** Where an installation stands, with the label of its version. */
export interface LabelledStanding extends Standing {
  readonly version: string;
  /** Why it is kept from the versions in `held`: it was rolled back from them, or some of its components are beyond them. */
  readonly holds: readonly HoldRow[];
  readonly pendingVersion: string | null;
}

export async function standingOf(loaders: Loaders, installation: InstallationRow): Promise<LabelledStanding> {
  const { id, templateId, sortKey, version, pendingVersion } = installation;
  const [holds, passedBy] = await Promise.all([loaders.holds.load(id), keysPassed(loaders, installation)]);
  const held = [...new Set([...holds.map((hold) => hold.sortKey), ...passedBy])];
  return { templateId, sortKey, version, held, holds, pendingVersion };
}

/** The versions that a partial upgrade has passed: components that were moved beyond them do not go back. */
async function keysPassed(loaders: Loaders, { templateId, sortKey, pendingVersion }: InstallationRow): Promise<readonly string[]> {
  if (pendingVersion === null) return [];
  return loaders.keysBetween.load({ templateId, after: sortKey, before: versionSortKey(requireVersion(pendingVersion)) });
}

/** The versions that an installation can move to in one hop, largest first. */
export async function upgradable(loaders: Loaders, standing: Standing, first: number): Promise<VersionRow[]> {
  const [free, open] = await Promise.all([
    loaders.largerFree.load({ ...standing, first }),
    loaders.boundedVersions.load(standing.templateId).then((bounded) => rowsOf(loaders, standing, judge(standing, bounded).open, first)),
  ]);
  return largestOf([...free, ...open], (row) => row, first);
}

export async function countUpgradable(loaders: Loaders, standing: Standing): Promise<number> {
  const [free, bounded] = await Promise.all([loaders.largerFreeCount.load(standing), loaders.boundedVersions.load(standing.templateId)]);
  return free + judge(standing, bounded).open.length;
}

/** Every larger version that is not offered, largest first. */
export async function blocked(loaders: Loaders, standing: LabelledStanding, first: number): Promise<BlockedRow[]> {
  const [gone, heldBack, closed] = await Promise.all([
    loaders.largerWithdrawn.load({ ...standing, first }),
    heldVersions(loaders, standing),
    behindStops(loaders, standing, first),
  ]);
  const blocks = [
    ...gone.map((row): BlockedRow => ({ ...withdrawn(row.version, row.stateReason), row })),
    ...heldBack.map((row): BlockedRow => ({ ...heldOrPassed(standing, row), row })),
    ...closed,
  ];
  return largestOf(blocks, ({ row }) => row, first);
}

function heldOrPassed({ holds, pendingVersion }: LabelledStanding, { sortKey, version }: VersionRow): Block {
  const hold = holds.find((each) => each.sortKey === sortKey);
  return hold || pendingVersion === null ? held(version, hold?.reason) : passed(version, pendingVersion);
}

async function heldVersions(loaders: Loaders, standing: Standing): Promise<VersionRow[]> {
  const { templateId, held: keys } = standing;
  const rows = await Promise.all(keys.map((sortKey) => loaders.versionAt.load({ templateId, sortKey })));
  return rows.filter((row) => row !== undefined).filter(({ sortKey, state }) => sortKey > standing.sortKey && state !== 'WITHDRAWN');
}

async function behindStops(loaders: Loaders, standing: LabelledStanding, first: number): Promise<BlockedRow[]> {
  const { closed } = judge(standing, await loaders.boundedVersions.load(standing.templateId));
  if (closed.length === 0) return [];
  const [paths, rows] = await Promise.all([loaders.upgradePaths.load(standing), rowsOf(loaders, standing, closed, first)]);
  const stops = new Map(closed.map((stop) => [stop.sortKey, stop]));
  return rows.flatMap((row) => {
    const stop = stops.get(row.sortKey);
    return stop ? [{ ...stopRequired(standing.version, stop, paths.to(row.sortKey)), row }] : [];
  });
}

/** The rows of the largest of some versions. @param stops smallest first. */
async function rowsOf(loaders: Loaders, { templateId }: Standing, stops: readonly Stop[], first: number): Promise<VersionRow[]> {
  const rows = await Promise.all(stops.slice(-first).map(({ sortKey }) => loaders.versionAt.load({ templateId, sortKey })));
  return rows.filter((row) => row !== undefined);
}

function largestOf<Item>(items: readonly Item[], rowOf: (item: Item) => VersionRow, first: number): Item[] {
  return items.toSorted((left, right) => (rowOf(left).sortKey < rowOf(right).sortKey ? 1 : -1)).slice(0, first);
}
