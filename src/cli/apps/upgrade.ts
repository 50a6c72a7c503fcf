import { report } from '../command.js';
import { RefusedError } from '../errors.js';
import { OK, type ExitCode } from '../exit-code.js';
import { plain } from '../paint.js';
import { carryOut, type PlanOptions } from './carry-out.js';
import { installationOf, installedApp, type Installation } from './installed.js';
import { askPlan } from './plan-query.js';
import type { Remote } from './remote.js';

export interface UpgradeOptions extends PlanOptions {
  readonly to?: string;
  readonly installation?: string;
  /** Keys of components; all where there are none. */
  readonly component: readonly string[];
}

/** Brings an installation to a version, the largest that it is offered where none is named; with `dryRun` only shows the plan. */
export async function upgradeCommand(remote: Remote, appText: string, options: UpgradeOptions): Promise<ExitCode> {
  const { caller, terminal, json } = remote;
  const app = await installedApp(caller, appText);
  const installation = installationOf(app, options.installation);
  const { currentVersion, template, pendingComponents } = installation;
  const toVersion = options.to ?? (pendingComponents.length > 0 ? undefined : installation.upgradableVersions[0]?.version);
  if (toVersion === undefined && pendingComponents.length > 0) {
    throw new RefusedError('BAD_USER_INPUT', `an upgrade of "${app.name}" is done in part: say by --to which version it is to come to`);
  }
  if (toVersion === undefined || (toVersion === currentVersion && pendingComponents.length === 0)) {
    const text = `"${plain(app.name)}" is at ${template.name} ${currentVersion}: nothing to do.${blockedText(installation)}`;
    await report(terminal, json, { upgrade: null, currentVersion }, text);
    return OK;
  }
  const upgrade = { kind: 'upgrade', appId: app.id, installationId: installation.id, toVersion } as const;
  const components = await idsOf(remote, upgrade, options.component);
  return carryOut(
    remote,
    {
      name: app.name,
      title: `${app.name}: ${template.name} ${currentVersion} → ${toVersion}`,
      names: { ours: 'changed here', theirs: `${template.name} ${toVersion}` },
      request: { ...upgrade, components },
    },
    options,
  );
}

/** Ids as the API names components: those that are to be added have none of their own yet. */
async function idsOf(
  { caller }: Remote,
  request: Parameters<typeof askPlan>[1],
  keys: readonly string[],
): Promise<readonly string[] | undefined> {
  if (keys.length === 0) return undefined;
  const { components } = await askPlan(caller, request, { policy: 'ASK', resolutions: [] });
  return keys.map((key) => {
    const found = components.find((component) => component.key === key);
    const id = found?.componentId ?? found?.templateComponentId;
    if (id) return id;
    const there = components.map((component) => component.key).join(', ');
    throw new RefusedError('NOT_FOUND', `the plan has no component "${key}"; it has ${there}`);
  });
}

function blockedText({ blockedVersions }: Installation): string {
  return blockedVersions
    .map(
      ({ version, reason, viaVersion }) =>
        `\n  ${version.version} is not offered: ${plain(reason)}${viaVersion === null ? '' : ` (go to ${viaVersion} first)`}`,
    )
    .join('');
}
