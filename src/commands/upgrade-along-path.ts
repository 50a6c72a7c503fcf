import type { AppEvent } from '../domain/app/events.js';
import type { Decision } from '../domain/decision.js';
import { Refusal } from '../domain/errors.js';
import type { AppId, InstallationId, UpgradeId } from '../domain/ids.js';
import { requirePath } from '../domain/template/reach.js';
import { UnusedResolutions } from '../domain/upgrade/choices.js';
import type { Resolution } from '../domain/upgrade/plan.js';
import { compareVersions, requireVersion } from '../domain/version.js';
import type { Access } from './access.js';
import type { LoadedApp } from './aggregates.js';
import type { CommandContext } from './context.js';
import { execute, type CommandServices, type Executed } from './execute.js';
import { appTarget, theEvent } from './target.js';
import { chooseInstallation, decideUpgrade, requireNotRunning, standingOf, type Upgrade, type Upgraded } from './upgrade.js';

export interface PathRequest {
  readonly appId: AppId;
  readonly installationId: InstallationId | undefined;
  readonly toVersion: string;
}

export interface PathOfInstallation {
  readonly installationId: InstallationId;
  readonly fromVersion: string;
  /** Labels of the hops, the version that was asked for the last. */
  readonly path: readonly string[];
}

/** The shortest legal way of an installation to a larger version, as an upgrade would go. @throws Refusal as `requirePath`. */
export async function upgradePathOf(services: CommandServices, request: PathRequest, access?: Access): Promise<PathOfInstallation> {
  return pathOf(services, request, await services.aggregates.app(request.appId, access));
}

/** One hop that was made: an upgrade of its own. */
export interface Hop extends Upgraded {
  readonly toVersion: string;
  /** The places that its resolutions settled. */
  readonly settled: readonly Place[];
}

type Place = Pick<Resolution, 'componentKey' | 'path'>;

/** A hop that was refused: why, and what was done before it. */
export class HopRefused extends Refusal {
  constructor(
    { code, message, details }: Refusal,
    { number, from, to }: { readonly number: number; readonly from: string; readonly to: string },
    readonly done: readonly Executed<Hop>[],
  ) {
    const upgradeIds = done.map(({ result }) => result.upgradeId);
    super(code, `hop ${number}, from ${from} to ${to}: ${message}`, { ...details, hop: { number, from, to }, upgradeIds });
  }
}

/**
 * Upgrades to a version hop by hop, each an upgrade of its own that is planned on what the one before it left. The policy, the reason and
 * `acceptDataLoss` hold for each hop; a resolution is used at the hops that show its place, and refused at the last one where none did. A hop that is
 * refused ends it: the hops before it stay. Where an integration carries a hop out, the next one waits for another call, once that is over.
 *
 * Where its client named the command, the first hop is that command and the further ones have ids that follow from it: the same command again finds
 * the hops that it made, whatever came between, and goes on from where the installation stands.
 * @throws HopRefused; Refusal where nothing was done, and it is not a matter of one of several hops.
 */
export async function handleUpgradeAlongPath(
  services: CommandServices,
  context: CommandContext,
  command: Upgrade,
): Promise<Executed<readonly Hop[]>> {
  const target = requireVersion(command.toVersion);
  const done: Executed<Hop>[] = [];
  for (;;) {
    const hop = await makeHop(services, context, command, done);
    if (hop) done.push(hop);
    const last = done.at(-1);
    if (last && (!hop || compareVersions(requireVersion(last.result.toVersion), target) === 0)) {
      return { result: done.map(({ result }) => result), position: last.position };
    }
  }
}

/** @returns undefined where the hop before is still under way. */
async function makeHop(
  services: CommandServices,
  context: CommandContext,
  command: Upgrade,
  done: readonly Executed<Hop>[],
): Promise<Executed<Hop> | undefined> {
  const { aggregates, runtime } = services;
  const { appId } = command;
  const number = done.length + 1;
  const upgradeId = runtime.newId() as UpgradeId;
  let at: { readonly from: string; readonly to: string } | undefined;
  try {
    return await execute(services, ofHop(context, number), appTarget(aggregates, appId), {
      expectedRevision: number === 1 ? command.expectedRevision : undefined,
      decide: async (loaded) => {
        const app = await aggregates.viewOf(appId, loaded);
        const installationId = done[0]?.result.installationId ?? command.installationId;
        const { path, ...standing } = await pathOf(services, { ...command, installationId }, app, done.at(-1)?.result);
        const [to = command.toVersion] = path;
        if (number > 1 || path.length > 1) at = { from: standing.fromVersion, to };
        refuseWhatIsOfOnePlan(command, at !== undefined);
        const settled = done.flatMap(({ result }) => result.settled);
        return decideHop(services, { ...command, installationId: standing.installationId, toVersion: to }, app, upgradeId, {
          isLast: path.length === 1,
          settled,
        });
      },
      answer: (events) => {
        const { installationId, upgradeId: id, toVersion, resolutions } = theEvent(events, 'UpgradeStarted');
        return { appId, installationId, upgradeId: id, toVersion, settled: resolutions };
      },
    });
  } catch (error) {
    if (!(error instanceof Refusal) || (!at && done.length === 0)) throw error;
    if (error.code === 'UPGRADE_RUNNING' && error.details['upgradeId'] === done.at(-1)?.result.upgradeId) return undefined;
    const from = done.at(-1)?.result.toVersion ?? '';
    throw new HopRefused(error, { number, ...(at ?? { from, to: command.toVersion }) }, done);
  }
}

/** @param last the hop before: whoever took the installation back since does not want it made again. */
async function pathOf(
  { aggregates }: CommandServices,
  { installationId, toVersion }: Pick<PathRequest, 'installationId' | 'toVersion'>,
  app: LoadedApp,
  last?: Hop,
): Promise<PathOfInstallation> {
  const installation = chooseInstallation(app, installationId);
  const { templateId, version } = installation;
  const standing = standingOf(installation);
  requireNotRunning(installation, app, 'upgraded');
  if (last && compareVersions(standing.version, requireVersion(last.toVersion)) < 0) {
    const message = `this command had an upgrade to ${last.toVersion}, and the installation stands at ${version}: that failed (retryUpgrade has it done again), or was taken back (give another command)`;
    throw new Refusal('NOT_UPGRADABLE', message, { from: version, to: toVersion });
  }
  const { state } = await aggregates.template(templateId);
  const path = requirePath(standing, await aggregates.version(templateId, toVersion), state);
  return { installationId: installation.installationId, fromVersion: version, path };
}

/** Decides with those resolutions that the hop shows. The last one is asked with all that none used before, and refuses what it does not show. */
async function decideHop(
  services: CommandServices,
  command: Upgrade,
  app: LoadedApp,
  upgradeId: UpgradeId,
  { isLast, settled }: { readonly isLast: boolean; readonly settled: readonly Place[] },
): Promise<Decision<AppEvent>> {
  try {
    return await decideUpgrade(services, command, app, upgradeId);
  } catch (error) {
    if (!(error instanceof UnusedResolutions)) throw error;
    const before = new Set(settled.map(nameOf));
    const unused = new Set(error.places.map(nameOf).filter((name) => !isLast || before.has(name)));
    const resolutions = command.resolutions.filter((resolution) => !unused.has(nameOf(resolution)));
    return decideUpgrade(services, { ...command, resolutions }, app, upgradeId);
  }
}

function nameOf({ componentKey, path }: Place): string {
  return JSON.stringify([componentKey, path]);
}

function ofHop(context: CommandContext, number: number): CommandContext {
  const { command } = context;
  return command && number > 1 ? { ...context, command: { ...command, id: `${command.id}/hop-${number}` } } : context;
}

function refuseWhatIsOfOnePlan({ planFingerprint, components }: Upgrade, severalHops: boolean): void {
  if (!severalHops) return;
  if (components) {
    const message = 'components: only a whole upgrade comes past a stop, and this way has several: leave it out, or go hop by hop';
    throw new Refusal('BAD_USER_INPUT', message, { path: 'components' });
  }
  if (planFingerprint === undefined) return;
  throw new Refusal('BAD_USER_INPUT', 'planFingerprint: it is of one plan, and this way has several hops: leave it out, or go hop by hop', {
    path: 'planFingerprint',
  });
}
