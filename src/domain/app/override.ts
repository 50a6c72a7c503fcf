import type { Digest, TemplateComponentId } from '../ids.js';
import type { UpgradeStep } from './upgrade-events.js';

/** Where a component of an installation is not as its version has it. */
export type Override =
  /** Deleted at the install: later versions of it are listed, not installed. */
  | { readonly kind: 'excluded' }
  | { readonly kind: 'changed'; readonly key: string; readonly patch: Digest }
  /** Moved to `version` before the others, by a partial upgrade. */
  | { readonly kind: 'ahead'; readonly key: string; readonly patch: Digest | undefined; readonly version: string }
  /** Removed before the others were moved, since `version` does not have it. */
  | { readonly kind: 'removed'; readonly version: string }
  /**
   * Not of the version, and at the install: gone from the template and kept by choice, standing on what it was at `version`; or said to be what
   * another version has. Where `mapped`, it was the app's own, and nothing of it came from the template.
   */
  | {
      readonly kind: 'kept';
      readonly key: string;
      readonly patch: Digest | undefined;
      readonly base: Digest;
      readonly version: string;
      readonly mapped?: true;
    };

export type Overrides = ReadonlyMap<TemplateComponentId, Override>;

/**
 * What a component is after an upgrade of it, until the upgrade as a whole is over; undefined where it is as the version has it.
 * @param installedAt label of the version that the installation stands at.
 */
export function overrideAfter(
  { action, key, base, target, targetPatch: patch, version, excluded, mapped }: Omit<UpgradeStep, 'templateComponentId'>,
  installedAt: string,
  before: Override | undefined,
): Override | undefined {
  if (action === 'KEEP') {
    const standsOn = target ?? base;
    if (!standsOn) throw new Error('a component is kept without what it stands on');
    const standsAt = version ?? (before?.kind === 'kept' ? before.version : installedAt);
    return { kind: 'kept', key, patch, base: standsOn, version: standsAt, ...(mapped && { mapped }) };
  }
  if (action === 'REMOVE') return excluded ? { kind: 'excluded' } : version === undefined ? undefined : { kind: 'removed', version };
  if (version !== undefined) return { kind: 'ahead', key, patch, version };
  return patch && { kind: 'changed', key, patch };
}

/** Changes the override of one component. */
export function setOverride(overrides: Map<TemplateComponentId, Override>, id: TemplateComponentId, override: Override | undefined): void {
  if (override) overrides.set(id, override);
  else overrides.delete(id);
}
