import { digestOf } from '../canonical.js';
import type { Digest } from '../ids.js';
import { componentsBeside } from './installed-of.js';
import type { PlanRequest } from './plan-request.js';

/** Goes up when the same sides come to merge otherwise, so that no upgrade applies another plan than was shown. */
const MERGE_RULES = 4;

/** Everything that a plan rests on: how it is merged, where each side stands (the content of a version never changes), and what was chosen. */
export function fingerprintOf({ view, installation, target, chosen, resolutions, policy, rollsBack }: PlanRequest): Digest {
  const { overrides, contentPatch } = installation;
  return digestOf({
    rules: MERGE_RULES,
    app: view.state.appId,
    installation: installation.installationId,
    template: installation.templateId,
    base: installation.version,
    target: target.version,
    rollsBack: rollsBack?.upgradeId ?? null,
    chosen: chosen ? [...chosen].sort() : null,
    local: { overrides: Object.fromEntries([...overrides]), contentPatch: contentPatch ?? null },
    beside: Object.fromEntries(
      componentsBeside(view, installation.installationId).map((component) => [
        component.key,
        component.origin === 'own' ? component.digest : [component.base, component.patch ?? null],
      ]),
    ),
    policy,
    resolutions: Object.fromEntries(
      resolutions.map(({ componentKey, path, choice, value }) => [JSON.stringify([componentKey, path]), [choice, value ?? null]]),
    ),
  });
}
