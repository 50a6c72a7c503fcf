import { digestOf } from '../canonical.js';
import { accept, refuse, type Decision } from '../decision.js';
import { placesNaming } from '../compare/stale-references.js';
import type { Content, ContentLookup } from '../definition/content.js';
import type { ManifestEntry } from '../template/manifest.js';
import { freeKey } from '../upgrade/problems.js';
import type { InstallTemplate } from './commands.js';
import type { AppEvent } from './events.js';
import type { AppView } from './state.js';
import { isKey } from '../definition/normalize.js';

interface Clash {
  readonly entry: ManifestEntry;
  /** The key that it would have in the app. */
  readonly key: string;
}

/**
 * Installs a version of a template into an app, with the values that were given. Keys that are taken are refused unless others are given;
 * references among the components of the install follow.
 * @param lookup holds the definitions of the version.
 */
export function installTemplate(command: InstallTemplate, view: AppView, lookup: ContentLookup): Decision<AppEvent> {
  const entries = [...command.manifest.components.values()];
  const unknown = [...command.keys.keys()].find((key) => !entries.some((entry) => entry.key === key));
  if (unknown !== undefined) {
    return refuse('BAD_USER_INPUT', `keys: version ${command.version} has no component "${unknown}"`, { from: unknown });
  }
  const bad = [...command.keys.values()].find((key) => !isKey(key));
  if (bad !== undefined) {
    return refuse('BAD_USER_INPUT', `keys: "${bad}" is not a component key: use 1 to 128 letters, digits, ".", "_" or "-"`, { to: bad });
  }
  const clashes = keyClashes(command, view);
  if (clashes.length > 0) return refuseClashes(clashes, command, view, lookup);
  const changed = entries.flatMap(({ templateComponentId, key: templateKey }) => {
    const key = command.keys.get(templateKey) ?? templateKey;
    const { set, unset } = command.patches?.get(templateComponentId) ?? { set: {}, unset: [] };
    const patch = { set: { ...set, ...(key !== templateKey && { '/key': key }) }, unset };
    return Object.keys(patch.set).length + unset.length > 0 ? [{ templateComponentId, key, patch }] : [];
  });
  const { installationId, templateId, version, templateRevision } = command;
  return accept<AppEvent>(
    [
      {
        type: 'TemplateInstalled',
        data: {
          appId: view.state.appId,
          installationId,
          templateId,
          version,
          manifest: command.manifestDigest,
          templateRevision,
          keys: changed.map(({ templateComponentId, key, patch }) => ({ templateComponentId, key, patch: digestOf(patch) })),
        },
      },
    ],
    changed.map(({ patch }): Content => ({ kind: 'patch', body: patch })),
  );
}

/** The components of the install whose key another component has. */
function keyClashes({ manifest, keys }: InstallTemplate, view: AppView): Clash[] {
  const taken = new Set(view.components.map(({ key }) => key));
  const clashes: Clash[] = [];
  for (const entry of manifest.components.values()) {
    const key = keys.get(entry.key) ?? entry.key;
    if (taken.has(key) || view.underWay.holdingKey(key)) clashes.push({ entry, key });
    taken.add(key);
  }
  return clashes;
}

/** Proposes free keys, and tells what names the components by their keys: dependencies follow to other ones, texts do not. */
function refuseClashes(
  clashes: readonly Clash[],
  { manifest, keys }: InstallTemplate,
  view: AppView,
  lookup: ContentLookup,
): ReturnType<typeof refuse> {
  const entries = [...manifest.components.values()];
  const taken = new Set([...view.components.map(({ key }) => key), ...entries.map(({ key }) => keys.get(key) ?? key)]);
  const speakers = entries.map(({ key, digest }) => ({ key, definition: lookup.definition(digest) }));
  const proposals = clashes.map(({ entry, key }) => {
    const proposal = freeKey(key, taken);
    taken.add(proposal);
    const dependants = entries.filter(({ needs }) => needs.includes(entry.key)).map((dependant) => dependant.key);
    const namedBy = placesNaming(entry.key, speakers).map(({ componentKey, path }) => ({ componentKey, path }));
    return { key, proposal, dependants, namedBy };
  });
  const told = proposals.map(({ key, proposal }) => `"${key}" (free: "${proposal}")`).join(', ');
  return refuse('KEY_TAKEN', `keys are taken in the app: ${told}: give other ones in keys`, {
    keys: clashes.map(({ key }) => key),
    proposals,
  });
}
