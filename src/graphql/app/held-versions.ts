import type { HoldRow, InstallationRow } from '../../../projections/apps/queries.js';
import type { VersionRow } from '../../../projections/templates/queries.js';
import { heldBecause } from '../../domain/app/holds.js';
import { BlockCode } from '../enums.js';
import type { Loaders } from '../loaders.js';
import { toVersionNode } from '../nodes.js';

/** A version that an installation would be offered, were it not kept from it since it was rolled back from it. */
export interface HeldVersion {
  readonly row: VersionRow;
  readonly hold: HoldRow;
}

/** Those that are larger than the one that the installation stands at. Withdrawn ones are left out: they are not offered for that. */
export async function heldVersions({ id, templateId, sortKey }: InstallationRow, { holds, versionAt }: Loaders): Promise<HeldVersion[]> {
  const larger = (await holds.load(id)).filter((hold) => hold.sortKey > sortKey);
  const rows = await Promise.all(larger.map((hold) => versionAt.load({ templateId, sortKey: hold.sortKey })));
  return larger.flatMap((hold, i): HeldVersion[] => {
    const row = rows[i];
    return row && row.state !== 'WITHDRAWN' ? [{ row, hold }] : [];
  });
}

/** As `blockedVersions` tells it. */
export function toHeld({ row, hold }: HeldVersion): object {
  return {
    version: toVersionNode(row),
    code: BlockCode.HELD_AFTER_ROLLBACK,
    reason: heldBecause(row.version, hold.reason),
    viaVersion: null,
  };
}
