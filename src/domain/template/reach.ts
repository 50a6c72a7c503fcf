import { Refusal } from '../errors.js';
import { compareVersions, versionSortKey, type Version } from '../version.js';
import { requireOffered } from './offered.js';
import type { Release, TemplateState } from './state.js';
import { isOpenFrom, UpgradePaths, type Stop } from './upgrade-path.js';
import { held, passed, stopRequired } from './why-not.js';

/** Where an installation stands, as its upgrades see it. */
export interface Standing {
  readonly version: Version;
  /** Sort keys of the versions that are held back from it. */
  readonly held: ReadonlySet<string>;
  /** The version to which a partial upgrade has moved some of its components: they do not go back. */
  readonly pending: Version | undefined;
}

/**
 * The shortest legal way of an installation to a version: the labels of its hops, the version itself the last.
 * @throws Refusal NOT_UPGRADABLE, saying why: it is not larger, it is held back, or no way leads there; VERSION_WITHDRAWN.
 */
export function requirePath(standing: Standing, target: Release, state: TemplateState): readonly string[] {
  const { label: from } = standing.version;
  const { label: to } = target.version;
  if (compareVersions(target.version, standing.version) <= 0) {
    throw new Refusal('NOT_UPGRADABLE', `the installation stands at ${from}: ${to} is not larger`, { from, to });
  }
  requireOffered(target);
  if (standing.held.has(versionSortKey(target.version))) {
    throw new Refusal('NOT_UPGRADABLE', `${held(to).reason}: lift that by releaseHold, then upgrade`, { from, to, version: to });
  }
  const { pending } = standing;
  if (pending && compareVersions(target.version, pending) < 0) {
    throw new Refusal('NOT_UPGRADABLE', passed(to, pending.label).reason, { from: pending.label, to });
  }
  const stop = toStop(target);
  if (isOpenFrom(stop, versionSortKey(standing.version))) return [to];
  const path = pathsFrom(standing, state).to(stop.sortKey);
  if (path) return path;
  throw new Refusal('NOT_UPGRADABLE', stopRequired(from, stop, undefined).reason, { from, to, path: null });
}

/** @throws Refusal as `requirePath`, and NOT_UPGRADABLE naming the way where the version is behind a stop. */
export function requireOneHop(standing: Standing, target: Release, state: TemplateState): void {
  const path = requirePath(standing, target, state);
  if (path.length === 1) return;
  const { label: from } = standing.version;
  const { label: to } = target.version;
  const { reason, viaVersion = null } = stopRequired(from, toStop(target), path);
  throw new Refusal('NOT_UPGRADABLE', `${reason}, or go there alongPath`, { from, to, path: [...path], viaVersion });
}

function pathsFrom({ version, pending, held: heldBack }: Standing, { versions }: TemplateState): UpgradePaths {
  const from = versionSortKey(version);
  const first = pending && versionSortKey(pending);
  const stops = [...versions]
    .filter(([sortKey]) => sortKey > from && (first === undefined || sortKey >= first))
    .filter(([sortKey, { mark }]) => mark?.state !== 'withdrawn' && !heldBack.has(sortKey))
    .map(([sortKey, release]): Stop => ({ label: release.version.label, sortKey, upgradeFrom: release.upgradeFrom }));
  return new UpgradePaths(
    from,
    stops.sort((left, right) => (left.sortKey < right.sortKey ? -1 : 1)),
  );
}

function toStop({ version, upgradeFrom }: Release): Stop {
  return { label: version.label, sortKey: versionSortKey(version), upgradeFrom };
}
