import { accept, refuse, type Decision } from '../decision.js';
import { Refusal } from '../errors.js';
import { heldBecause } from '../template/why-not.js';
import { compareVersions, requireVersion, type Version } from '../version.js';
import type { ReleaseHold } from './commands.js';
import type { AppEvent } from './events.js';
import type { AppView, Installation } from './state.js';

/** Lifts what keeps an installation from a version since it was rolled back from it. */
export function releaseHold({ installationId, version, reason }: ReleaseHold, { state }: AppView): Decision<AppEvent> {
  const installation = state.installations.get(installationId);
  if (!installation) return refuse('NOT_FOUND', `the app has no installation ${installationId}`, { installationId });
  const held = heldAs(installation, version);
  if (held === undefined) {
    return refuse('NOT_FOUND', `the installation is not kept from version ${version.label}`, { installationId, version: version.label });
  }
  const { appId } = state;
  const { templateId } = installation;
  const data = { appId, installationId, templateId, version: held, ...(reason !== undefined && { reason }) };
  return accept([{ type: 'HoldReleased', data }]);
}

/** @throws Refusal NOT_UPGRADABLE where an installation is kept from a version that it was rolled back from. */
export function requireNotHeld(installation: Installation, version: Version): void {
  const held = heldAs(installation, version);
  if (held === undefined) return;
  const message = `${heldBecause(held, installation.holds.get(held)?.reason)}: lift that by releaseHold, then upgrade`;
  throw new Refusal('NOT_UPGRADABLE', message, { version: held, installationId: installation.installationId });
}

/** The label by which a version is held; undefined where it is not. */
function heldAs({ holds }: Installation, version: Version): string | undefined {
  return [...holds.keys()].find((label) => compareVersions(requireVersion(label), version) === 0);
}
