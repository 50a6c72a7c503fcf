import type { Stop } from './upgrade-path.js';

/** Why a larger version is not offered to an installation. */
export interface Block {
  readonly code: 'WITHDRAWN' | 'STOP_REQUIRED' | 'HELD_AFTER_ROLLBACK' | 'OTHER';
  readonly reason: string;
  /** The version to upgrade to first. */
  readonly viaVersion: string | undefined;
}

const SHOWN_STOPS = 8;

export function withdrawn(version: string, because: string | null | undefined): Block {
  return { code: 'WITHDRAWN', reason: `version ${version} is withdrawn${because ? `: ${because}` : ''}`, viaVersion: undefined };
}

export function held(version: string, because?: string | null): Block {
  return { code: 'HELD_AFTER_ROLLBACK', reason: heldBecause(version, because), viaVersion: undefined };
}

/** @param pending label of the version to which a partial upgrade has moved some components. */
export function passed(version: string, pending: string): Block {
  const reason = `some components stand at ${pending} already, which is larger than ${version}: upgrade to ${pending} or a larger version`;
  return { code: 'OTHER', reason, viaVersion: undefined };
}

export function heldBecause(version: string, because: string | null | undefined): string {
  return `the installation was rolled back from version ${version}${because ? ` (${because})` : ''}`;
}

/**
 * Of a version that is not reached in one hop.
 * @param from label of where the installation stands.
 * @param path labels of the hops there; undefined where no way leads there.
 */
export function stopRequired(from: string, { label, upgradeFrom }: Stop, path: readonly string[] | undefined): Block {
  const bounds = `version ${label} can be upgraded to from ${upgradeFrom?.label ?? ''} only, and the installation stands at ${from}`;
  const [via] = path ?? [];
  if (path === undefined || via === undefined)
    return { code: 'OTHER', reason: `${bounds}: no version that is offered leads there`, viaVersion: undefined };
  const way = shown([from, ...path]).join(' -> ');
  return { code: 'STOP_REQUIRED', reason: `${bounds}: upgrade to ${via} first (${way})`, viaVersion: via };
}

function shown(labels: readonly string[]): readonly string[] {
  return labels.length <= SHOWN_STOPS ? labels : [...labels.slice(0, SHOWN_STOPS / 2), '...', ...labels.slice(-SHOWN_STOPS / 2)];
}
