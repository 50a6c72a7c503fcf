import type { ReadModel } from '../../src/projector/projection.js';
import { newestFirst } from '../children.js';
import { list } from '../page.js';

export interface UpgradeRow {
  readonly id: string;
  readonly kind: 'UPGRADE' | 'ROLLBACK';
  readonly appId: string;
  readonly installationId: string;
  readonly templateId: string;
  readonly fromVersion: string;
  readonly toVersion: string;
  readonly state: 'RUNNING' | 'COMPLETED' | 'PARTLY_COMPLETED' | 'FAILED' | 'UNKNOWN' | 'ROLLED_BACK';
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** Of one that an integration carries out, until it is over. */
  readonly leaseUntil: string | null;
  readonly actorId: string;
  readonly actorKind: string;
  readonly reason: string | null;
  readonly policy: 'ASK' | 'PREFER_LOCAL' | 'PREFER_TEMPLATE';
  /** JSON: the places that were settled, without values. */
  readonly resolutions: string;
  readonly place: number;
}

export interface UpgradeComponentRow {
  readonly upgradeId: string;
  /** Null for the app-level content. */
  readonly componentId: string | null;
  readonly templateComponentId: string | null;
  readonly key: string;
  readonly previousKey: string | null;
  readonly action: 'ADD' | 'UPDATE' | 'REMOVE' | 'KEEP';
  readonly base: string | null;
  readonly basePatch: string | null;
  readonly target: string | null;
  readonly targetPatch: string | null;
  /** Whether the base was the app's own content, with nothing in common with the target. */
  readonly unrelated: 1 | null;
  readonly state: 'RUNNING' | 'COMPLETED' | 'FAILED';
  /** What the integration that carries it out said last, and when. */
  readonly message: string | null;
  readonly reportedAt: string | null;
}

const UPGRADE = `id, kind, app_id AS appId, installation_id AS installationId, template_id AS templateId, from_version AS fromVersion, to_version AS toVersion, state,
  started_at AS startedAt, finished_at AS finishedAt, lease_until AS leaseUntil, actor_id AS actorId, actor_kind AS actorKind, reason, policy, resolutions, place`;

export const upgradesOfApps = newestFirst<UpgradeRow>('upgrades', UPGRADE, 'app_id');
export const upgradesOfInstallations = newestFirst<UpgradeRow>('upgrades', UPGRADE, 'installation_id');

export function upgradesByIds(db: ReadModel, ids: readonly string[]): UpgradeRow[] {
  return db.all<UpgradeRow>(`SELECT ${UPGRADE} FROM upgrades WHERE id IN (SELECT value FROM json_each(?))`, list(ids));
}

export function upgradeComponentsByUpgrades(db: ReadModel, upgradeIds: readonly string[]): UpgradeComponentRow[] {
  return db.all<UpgradeComponentRow>(
    `SELECT upgrade_id AS upgradeId, component_id AS componentId, template_component_id AS templateComponentId, key, previous_key AS previousKey,
       action, base, base_patch AS basePatch, target, target_patch AS targetPatch, unrelated, state, message, reported_at AS reportedAt
     FROM upgrade_components WHERE upgrade_id IN (SELECT value FROM json_each(?)) ORDER BY upgrade_id, place`,
    list(upgradeIds),
  );
}

/** Those whose lease is over at an instant (ISO 8601, UTC) and that are said to be running still. */
export function upgradesPastLease(
  db: ReadModel,
  now: string,
  except: readonly string[],
): { readonly appId: string; readonly upgradeId: string }[] {
  return db.all(
    `SELECT app_id AS appId, id AS upgradeId FROM upgrades WHERE state = 'RUNNING' AND lease_until IS NOT NULL AND lease_until <= ?
       AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY lease_until LIMIT 100`,
    now,
    list(except),
  );
}
