import { digestOf } from '../canonical.js';
import { accept, refuse, type Decision } from '../decision.js';
import type { Content } from '../definition/content.js';
import { freeKey } from '../upgrade/problems.js';
import type { InstallTemplate } from './commands.js';
import type { AppEvent } from './events.js';
import type { AppView } from './state.js';
import { isKey } from '../definition/normalize.js';

/**
 * Installs a version of a template into an app. Keys that are taken are refused unless others are given; references among the components of
 * the install follow.
 */
export function installTemplate(command: InstallTemplate, view: AppView): Decision<AppEvent> {
  const entries = [...command.manifest.components.values()];
  const unknown = [...command.keys.keys()].find((key) => !entries.some((entry) => entry.key === key));
  if (unknown !== undefined) {
    return refuse('BAD_USER_INPUT', `keys: version ${command.version} has no component "${unknown}"`, { from: unknown });
  }
  const bad = [...command.keys.values()].find((key) => !isKey(key));
  if (bad !== undefined) {
    return refuse('BAD_USER_INPUT', `keys: "${bad}" is not a component key: use 1 to 128 letters, digits, ".", "_" or "-"`, { to: bad });
  }
  const taken = new Set(view.components.map(({ key }) => key));
  const clashes: { key: string; proposal: string }[] = [];
  for (const entry of entries) {
    const key = command.keys.get(entry.key) ?? entry.key;
    if (taken.has(key) || view.underWay.holdingKey(key)) clashes.push({ key, proposal: freeKey(key, taken) });
    taken.add(key);
  }
  if (clashes.length > 0) {
    const proposals = clashes.map(({ key, proposal }) => `"${key}" (free: "${proposal}")`).join(', ');
    return refuse('KEY_TAKEN', `keys are taken in the app: ${proposals}: give other ones in keys`, {
      keys: clashes.map(({ key }) => key),
      proposals: clashes,
    });
  }
  const renamed = entries.flatMap(({ templateComponentId, key }) => {
    const other = command.keys.get(key);
    if (other === undefined || other === key) return [];
    return [{ templateComponentId, key: other, patch: { set: { '/key': other }, unset: [] } }];
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
          keys: renamed.map(({ templateComponentId, key, patch }) => ({ templateComponentId, key, patch: digestOf(patch) })),
        },
      },
    ],
    renamed.map(({ patch }): Content => ({ kind: 'patch', body: patch })),
  );
}
