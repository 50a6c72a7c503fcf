import { digestOf } from '../canonical.js';
import type { Content, ContentLookup } from '../definition/content.js';
import { diffTrees } from '../definition/patch.js';
import type { Digest } from '../ids.js';
import { installedOf } from '../upgrade/installed-of.js';
import { Keyspaces } from '../upgrade/keyspaces.js';
import { digestsOf, localDefinition } from './components.js';
import type { UpgradeStep } from './upgrade-events.js';
import { renameReferences } from './references.js';
import type { AppView, InstalledComponent } from './state.js';
import type { RunOf } from './upgrade-steps.js';

/**
 * What was edited while an integration carried out an upgrade: components that the upgrade leaves alone. Their edits are written in the keys of the
 * version that the installation stood at; they go with it, in those of the version that it moves to.
 * @returns those of which that is another local patch.
 */
export function editsToCarryOver(
  { ids, run }: RunOf,
  view: AppView,
  lookup: ContentLookup,
): { readonly steps: readonly UpgradeStep[]; readonly contents: readonly Content[] } {
  const installation = view.state.installations.get(ids.installationId);
  if (!installation) throw new Error(`no installation ${ids.installationId}`);
  const keyspaces = new Keyspaces(view, installation, { manifests: new Map() });
  const carried = leftAlone({ ids, run }, view).flatMap((component) => {
    const base = lookup.definition(component.base);
    const here = localDefinition(component, lookup);
    const ofInstall = keyspaces.ofInstall(base, component.keyspace, run.toVersion);
    const ofTemplate = keyspaces.ofTemplate(component.keyspace, run.toVersion);
    /** What its base says is the same in both versions. */
    const stays = (key: string): boolean => !component.kept && Object.hasOwn(base.dependsOn ?? {}, key);
    const rename = component.kept ? ofTemplate : ofInstall;
    const patch = diffTrees(
      base,
      renameReferences(here, (key) => (stays(key) ? key : rename(key))),
    );
    return (patch && digestOf(patch)) === component.patch
      ? []
      : [{ step: carriedStep(component, patch && digestOf(patch), run.toVersion), patch }];
  });
  return {
    steps: carried.map(({ step }) => step),
    contents: carried.flatMap(({ patch }): Content[] => (patch ? [{ kind: 'patch', body: patch }] : [])),
  };
}

export function digestsToCarryOver(here: RunOf, view: AppView): Digest[] {
  return leftAlone(here, view).flatMap(digestsOf);
}

/** Components of the installation that the upgrade does nothing to, and that differ from the template. */
function leftAlone({ ids, run }: RunOf, view: AppView): InstalledComponent[] {
  return [...installedOf(view, ids).values()].filter(
    ({ templateComponentId, patch, kept }) => !run.steps.has(templateComponentId) && (patch !== undefined || kept),
  );
}

function carriedStep(
  { templateComponentId, key, base, patch, version, kept }: InstalledComponent,
  targetPatch: Digest | undefined,
  toVersion: string,
): UpgradeStep {
  return {
    templateComponentId,
    key,
    action: kept ? 'KEEP' : 'UPDATE',
    base,
    ...(patch && { basePatch: patch }),
    ...(!kept && { target: base }),
    ...(targetPatch && { targetPatch }),
    version: kept ? version : toVersion,
  };
}
