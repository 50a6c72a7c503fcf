import { upgradeApp } from '../domain/app/decide-upgrade.js';
import type { Installation } from '../domain/app/state.js';
import { upgradeRunning } from '../domain/app/under-way.js';
import { Refusal } from '../domain/errors.js';
import type { AppId, InstallationId, TemplateComponentId, UpgradeId } from '../domain/ids.js';
import type { Release } from '../domain/template/state.js';
import { requireOffered } from '../domain/template/offered.js';
import { manifestDigest } from '../domain/template/manifest.js';
import { chosenComponents } from '../domain/upgrade/chosen.js';
import type { PlanRequest } from '../domain/upgrade/plan-request.js';
import { digestsToPlan, planUpgrade } from '../domain/upgrade/plan-upgrade.js';
import { versionTarget } from '../domain/upgrade/target.js';
import type { ConflictPolicy, Resolution, UpgradePlan } from '../domain/upgrade/plan.js';
import { compareVersions, requireVersion } from '../domain/version.js';
import type { LoadedApp } from './aggregates.js';
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
  readonly installation: Installation;
  readonly target: Release;
  readonly templateRevision: number;
  readonly chosen: ReadonlySet<TemplateComponentId> | undefined;
}

/** Plans a move of an installation to a larger version. Reads the log only, so that it shows what an upgrade would decide on. */
export async function planUpgradeOf(services: CommandServices, command: PlanUpgrade): Promise<UpgradePlan> {
  return (await makePlan(services, command, await services.aggregates.app(command.appId))).plan;
}

export function handleUpgrade(services: CommandServices, context: CommandContext, command: Upgrade): Promise<Executed<Upgraded>> {
  const { aggregates } = services;
  const { appId, expectedRevision } = command;
  const upgradeId = services.runtime.newId() as UpgradeId;
  return execute(services, context, appTarget(aggregates, appId), {
    expectedRevision,
    decide: async (loaded) => {
      const app = await aggregates.viewOf(appId, loaded);
      const { plan, installation, target, templateRevision, chosen } = await makePlan(services, command, app);
      const manifest = await aggregates.manifest(installation.templateId, target.version.label);
      return upgradeApp(
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
    },
    answer: (events) => {
      const started = theEvent(events, 'UpgradeStarted');
      return { appId, installationId: started.installationId, upgradeId: started.upgradeId };
    },
  });
}

async function makePlan({ aggregates, contents }: CommandServices, command: PlanUpgrade, app: LoadedApp): Promise<Planned> {
  const installation = chooseInstallation(app, command.installationId);
  requireNotRunning(installation, app);
  const { templateId } = installation;
  const { revision: templateRevision } = await aggregates.template(templateId);
  const target = await aggregates.version(templateId, command.toVersion);
  requireLarger(installation, target);
  requireOffered(target);
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
  const plan = planUpgrade(request, await contents.load(digestsToPlan(request)));
  return { plan, installation, target, templateRevision, chosen };
}

function chooseInstallation({ state }: LoadedApp, installationId: InstallationId | undefined): Installation {
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
function requireNotRunning({ installationId }: Installation, { view }: LoadedApp): void {
  const run = view.underWay.of(installationId);
  if (run) throw upgradeRunning('the installation cannot be upgraded', run);
}

/** Larger than what the installation stands at, and no smaller than where a partial upgrade has brought some of its components. */
function requireLarger({ version, overrides }: Installation, target: Release): void {
  const { label: to } = target.version;
  if (compareVersions(target.version, requireVersion(version)) <= 0) {
    throw new Refusal('NOT_UPGRADABLE', `the installation stands at ${version}: ${to} is not larger`, { from: version, to });
  }
  for (const override of overrides.values()) {
    if (override.kind !== 'ahead' || compareVersions(target.version, requireVersion(override.version)) >= 0) continue;
    const message = `component "${override.key}" stands at ${override.version} already: upgrade to that version or a larger one`;
    throw new Refusal('NOT_UPGRADABLE', message, { from: override.version, to });
  }
}
