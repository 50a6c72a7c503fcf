import { upgradeApp } from '../domain/app/decide-upgrade.js';
import type { AppEvent } from '../domain/app/events.js';
import { requireNotHeld } from '../domain/app/holds.js';
import type { Installation } from '../domain/app/state.js';
import { upgradeRunning } from '../domain/app/under-way.js';
import type { Decision } from '../domain/decision.js';
import type { ValueToBind } from '../domain/app/values-to-bind.js';
import { Refusal } from '../domain/errors.js';
import type { AppId, InstallationId, TemplateComponentId, UpgradeId } from '../domain/ids.js';
import type { Release } from '../domain/template/state.js';
import { requireOneHop, type Standing } from '../domain/template/reach.js';
import { manifestDigest } from '../domain/template/manifest.js';
import { chosenComponents } from '../domain/upgrade/chosen.js';
import type { PlanRequest } from '../domain/upgrade/plan-request.js';
import { digestsToPlan, planUpgrade } from '../domain/upgrade/plan-upgrade.js';
import { versionTarget } from '../domain/upgrade/target.js';
import { refuseValuesOfSecrets, valuesOfPlan } from '../domain/upgrade/values-of-plan.js';
import type { ConflictPolicy, Resolution, UpgradePlan } from '../domain/upgrade/plan.js';
import { requireVersion, versionSortKey } from '../domain/version.js';
import type { LoadedApp } from './aggregates.js';
import { withValues } from './bind-values.js';
import type { Access } from './access.js';
import type { CommandContext } from './context.js';
import { execute, type CommandServices, type Executed } from './execute.js';
import { appTarget, theEvent } from './target.js';

export interface PlanUpgrade {
  readonly appId: AppId;
  /** May be left out where the app has one installation. */
  readonly installationId: InstallationId | undefined;
  readonly toVersion: string;
  /** Only these: ids of installed components, or for what is to be added of template components. All of them where it is not given. */
  readonly components?: readonly string[] | undefined;
  readonly resolutions: readonly Resolution[];
  readonly policy: ConflictPolicy;
}

export interface Upgrade extends PlanUpgrade {
  readonly expectedRevision?: number | null | undefined;
  readonly planFingerprint?: string | undefined;
  readonly acceptDataLoss: boolean;
  readonly reason?: string | undefined;
  /** Of an upgrade that an integration carries out. */
  readonly leaseSeconds?: number | undefined;
}

export interface Upgraded {
  readonly appId: AppId;
  readonly installationId: InstallationId;
  readonly upgradeId: UpgradeId;
}

interface Planned {
  readonly plan: UpgradePlan;
  /** What the upgrade is to bind. */
  readonly toBind: readonly ValueToBind[];
  readonly installation: Installation;
  readonly target: Release;
  readonly templateRevision: number;
  readonly chosen: ReadonlySet<TemplateComponentId> | undefined;
}

/** Plans a move of an installation to a larger version. Reads the log only, so that it shows what an upgrade would decide on. */
export async function planUpgradeOf(services: CommandServices, command: PlanUpgrade, access?: Access): Promise<UpgradePlan> {
  return (await makePlan(services, command, await services.aggregates.app(command.appId, access))).plan;
}

export function handleUpgrade(services: CommandServices, context: CommandContext, command: Upgrade): Promise<Executed<Upgraded>> {
  const { aggregates } = services;
  const { appId, expectedRevision } = command;
  const upgradeId = services.runtime.newId() as UpgradeId;
  return execute(services, context, appTarget(aggregates, appId), {
    expectedRevision,
    decide: async (loaded) => decideUpgrade(services, command, await aggregates.viewOf(appId, loaded), upgradeId),
    answer: (events) => {
      const started = theEvent(events, 'UpgradeStarted');
      return { appId, installationId: started.installationId, upgradeId: started.upgradeId };
    },
  });
}

/** Plans and decides an upgrade of an app as it was loaded. */
export async function decideUpgrade(
  services: CommandServices,
  command: Upgrade,
  app: LoadedApp,
  upgradeId: UpgradeId,
): Promise<Decision<AppEvent>> {
  const { plan, toBind, installation, target, templateRevision, chosen } = await makePlan(services, command, app);
  requireNotHeld(installation, target.version);
  const manifest = await services.aggregates.manifest(installation.templateId, target.version.label);
  const decision = upgradeApp(
    {
      upgradeId,
      templateId: installation.templateId,
      templateRevision,
      manifestDigest: target.manifest ?? manifestDigest(manifest),
      plan,
      chosen,
      policy: command.policy,
      resolutions: command.resolutions,
      planFingerprint: command.planFingerprint,
      acceptDataLoss: command.acceptDataLoss,
      reason: command.reason,
      lease: { now: services.runtime.now(), seconds: command.leaseSeconds },
    },
    app.view,
  );
  return withValues(services.vault, app.state, decision, toBind);
}

async function makePlan({ aggregates, contents }: CommandServices, command: PlanUpgrade, app: LoadedApp): Promise<Planned> {
  const installation = chooseInstallation(app, command.installationId);
  requireNotRunning(installation, app, 'upgraded');
  const { templateId } = installation;
  const { revision: templateRevision, state } = await aggregates.template(templateId);
  const target = await aggregates.version(templateId, command.toVersion);
  requireOneHop(standingOf(installation, target), target, state);
  const { label: version } = target.version;
  const manifest = await aggregates.manifest(templateId, version);
  const chosen = command.components && chosenComponents(command.components, { view: app.view, installation, manifest });
  const request: PlanRequest = {
    view: app.view,
    installation,
    target: versionTarget(version, manifest),
    chosen,
    resolutions: command.resolutions,
    policy: command.policy,
  };
  const lookup = await contents.load(digestsToPlan(request));
  const plan = planUpgrade(request, lookup);
  refuseValuesOfSecrets(plan, command.resolutions);
  return { plan, toBind: valuesOfPlan(plan, lookup), installation, target, templateRevision, chosen };
}

/** The installation that a command names, or the only one of the app. @throws Refusal NOT_FOUND, INSTALLATION_AMBIGUOUS. */
export function chooseInstallation({ state }: Pick<LoadedApp, 'state'>, installationId: InstallationId | undefined): Installation {
  const installations = [...state.installations.values()];
  if (installationId) {
    const found = state.installations.get(installationId);
    if (found) return found;
    throw new Refusal('NOT_FOUND', `the app has no installation ${installationId}`, { installationId });
  }
  const [only, ...others] = installations;
  if (!only) throw new Refusal('NOT_FOUND', `the app "${state.name}" is not installed from a template`, { appId: state.appId });
  if (others.length === 0) return only;
  throw new Refusal('INSTALLATION_AMBIGUOUS', `the app has ${installations.length} installations: say which one by installationId`, {
    installationIds: installations.map((installation) => installation.installationId),
  });
}

/** @throws Refusal UPGRADE_RUNNING while an upgrade of the installation is under way, or nobody knows how one came out. */
export function requireNotRunning({ installationId }: Installation, { view }: Pick<LoadedApp, 'view'>, what: string): void {
  const run = view.underWay.of(installationId);
  if (run) throw upgradeRunning(`the installation cannot be ${what}`, run);
}

/** Where an installation stands, and what it is kept from. @param shown is planned though it is held. */
export function standingOf({ version, pendingVersion, holds }: Installation, shown?: Release): Standing {
  const held = new Set([...holds.keys()].map((label) => versionSortKey(requireVersion(label))));
  if (shown) held.delete(versionSortKey(shown.version));
  return { version: requireVersion(version), held, pending: pendingVersion === undefined ? undefined : requireVersion(pendingVersion) };
}
