import { countReleases, releasesPage, type ReleaseFilter } from '../../projections/templates/releases.js';
import { countUpgrades, upgradesPage, type UpgradeFilter } from '../../projections/upgrades/queries.js';
import { decodeCursor, firstOf, toConnection, type ConnectionOf, type PageArgs } from './connection.js';
import type { RequestContext } from './context.js';
import { toReleaseNode, toUpgradeNode, type ReleaseNode, type UpgradeNode } from './nodes.js';

/** The release records of an app or a template, newest first. */
export function releaseRecordsOf(filter: ReleaseFilter, page: PageArgs, { readModel }: RequestContext): ConnectionOf<ReleaseNode> {
  const after = decodeCursor(page.after, { place: 0 });
  const rows = releasesPage(readModel, filter, firstOf(page), after);
  return toConnection(
    rows,
    after,
    ({ place }) => ({ place }),
    () => countReleases(readModel, filter),
    toReleaseNode,
  );
}

/** The upgrade records of an app or an installation, newest first. */
export function upgradeRecordsOf(filter: UpgradeFilter, page: PageArgs, { readModel }: RequestContext): ConnectionOf<UpgradeNode> {
  const after = decodeCursor(page.after, { place: 0 });
  const rows = upgradesPage(readModel, filter, firstOf(page), after);
  return toConnection(
    rows,
    after,
    ({ place }) => ({ place }),
    () => countUpgrades(readModel, filter),
    toUpgradeNode,
  );
}
