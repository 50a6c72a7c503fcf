import { upgradeApp } from '../domain/app/decide-upgrade.js';
import type { Installation } from '../domain/app/state.js';
import type { ValueToBind } from '../domain/app/values-to-bind.js';
import { Refusal } from '../domain/errors.js';
import type { AppId, InstallationId, UpgradeId } from '../domain/ids.js';
import type { Release } from '../domain/template/state.js';
import { requireOffered } from '../domain/template/offered.js';
import { manifestDigest } from '../domain/template/manifest.js';
import { refuseValuesOfSecrets, valuesOfPlan } from '../domain/upgrade/values-of-plan.js';
import { digestsToPlan, planUpgrade, type PlanRequest } from '../domain/upgrade/plan-upgrade.js';
import type { ConflictPolicy, Resolution, UpgradePlan } from '../domain/upgrade/plan.js';
import { compareVersions, requireVersion } from '../domain/version.js';
import type { LoadedApp } from './aggregates.js';
import { withValues } from './bind-values.js';
import type { CommandContext } from './context.js';
import { execute, type CommandServices, type Executed } from './execute.js';
import { appTarget, theEvent } from './target.js';

export interface PlanUpgrade {
  readonly appId: AppId;
  /** May be left out where the app has one installation. */
  readonly installationId: InstallationId | undefined;
  readonly toVersion: string;
  readonly resolutions: readonly Resolution[];
  readonly policy: ConflictPolicy;
}

export interface Upgrade extends PlanUpgrade {
  readonly expectedRevision?: number | null | undefined;
  readonly planFingerprint?: string | undefined;
  readonly acceptDataLoss: boolean;
  readonly reason?: string | undefined;
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
      const { plan, toBind, installation, target, templateRevision } = await makePlan(services, command, app);
      const manifest = await aggregates.manifest(installation.templateId, target.version.label);
      const decision = upgradeApp(
        {
          upgradeId,
          templateId: installation.templateId,
          templateRevision,
          manifestDigest: target.manifest ?? manifestDigest(manifest),
          plan,
          policy: command.policy,
          resolutions: command.resolutions,
          planFingerprint: command.planFingerprint,
          acceptDataLoss: command.acceptDataLoss,
          reason: command.reason,
        },
        app.view,
      );
      return withValues(services.vault, app.state, decision, toBind);
    },
    answer: (events) => {
      const started = theEvent(events, 'UpgradeStarted');
      return { appId, installationId: started.installationId, upgradeId: started.upgradeId };
    },
  });
}

async function makePlan({ aggregates, contents }: CommandServices, command: PlanUpgrade, app: LoadedApp): Promise<Planned> {
  const installation = chooseInstallation(app, command.installationId);
  const { templateId } = installation;
  const { revision: templateRevision } = await aggregates.template(templateId);
  const target = await aggregates.version(templateId, command.toVersion);
  requireLarger(installation, target);
  requireOffered(target);
  const request: PlanRequest = {
    view: app.view,
    installation,
    target: { version: target.version.label, manifest: await aggregates.manifest(templateId, target.version.label) },
    resolutions: command.resolutions,
    policy: command.policy,
  };
  const lookup = await contents.load(digestsToPlan(request));
  const plan = planUpgrade(request, lookup);
  refuseValuesOfSecrets(plan, command.resolutions);
  return { plan, toBind: valuesOfPlan(plan, lookup), installation, target, templateRevision };
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

function requireLarger(installation: Installation, target: Release): void {
  if (compareVersions(target.version, requireVersion(installation.version)) > 0) return;
  const { version: from } = installation;
  const { label: to } = target.version;
  throw new Refusal('NOT_UPGRADABLE', `the installation stands at ${from}: ${to} is not larger`, { from, to });
}
