import { rollBackUpgrade } from '../domain/app/decide-rollback.js';
import type { Installation } from '../domain/app/state.js';
import type { AppId, UpgradeId } from '../domain/ids.js';
import { manifestDigest } from '../domain/template/manifest.js';
import type { ConflictPolicy, Resolution, UpgradePlan } from '../domain/upgrade/plan.js';
import { digestsToPlan, planUpgrade } from '../domain/upgrade/plan-upgrade.js';
import { digestsToUndo, revisionsOf, rollbackCase, rollbackRequest } from '../domain/upgrade/rollback-request.js';
import { undoing, type Undoing } from '../domain/upgrade/undoing.js';
import { refuseValuesOfSecrets } from '../domain/upgrade/values-of-plan.js';
import type { LoadedApp } from './aggregates.js';
import type { Access } from './access.js';
import type { CommandContext } from './context.js';
import { execute, type CommandServices, type Executed } from './execute.js';
import { appTarget, theEvent } from './target.js';
import type { Upgraded } from './upgrade.js';

export interface PlanRollback {
  readonly appId: AppId;
  /** The upgrade, or rollback, to undo: it and what came after it. */
  readonly upgradeId: UpgradeId;
  readonly resolutions: readonly Resolution[];
  readonly policy: ConflictPolicy;
}

export interface RollBack extends PlanRollback {
  readonly expectedRevision?: number | null | undefined;
  readonly planFingerprint?: string | undefined;
  readonly acceptDataLoss: boolean;
  readonly reason?: string | undefined;
}

interface Planned {
  readonly plan: UpgradePlan;
  readonly undoing: Undoing;
  /** As it was before what is undone. */
  readonly before: Installation;
}

/** Plans the undoing of an upgrade. Reads the log only, so that it shows what a rollback would decide on. */
export async function planRollbackOf(services: CommandServices, command: PlanRollback, access?: Access): Promise<UpgradePlan> {
  return (await makePlan(services, command, await services.aggregates.app(command.appId, access))).plan;
}

export function handleRollback(services: CommandServices, context: CommandContext, command: RollBack): Promise<Executed<Upgraded>> {
  const { aggregates } = services;
  const { appId, expectedRevision } = command;
  const upgradeId = services.runtime.newId() as UpgradeId;
  return execute(services, context, appTarget(aggregates, appId), {
    expectedRevision,
    decide: async (loaded) => {
      const app = await aggregates.viewOf(appId, loaded);
      const { plan, before, undoing } = await makePlan(services, command, app);
      const { templateId, version, pendingVersion } = before;
      const { revision: templateRevision } = await aggregates.template(templateId);
      return rollBackUpgrade(
        {
          upgradeId,
          rollsBack: command.upgradeId,
          undoing,
          templateId,
          templateRevision,
          manifestDigest: manifestDigest(await aggregates.manifest(templateId, version)),
          plan,
          pendingVersion,
          policy: command.policy,
          resolutions: command.resolutions,
          planFingerprint: command.planFingerprint,
          acceptDataLoss: command.acceptDataLoss,
          reason: command.reason,
        },
        app.view,
      );
    },
    answer: (events) => {
      const started = theEvent(events, 'RollbackStarted');
      return { appId, installationId: started.installationId, upgradeId: started.upgradeId };
    },
  });
}

async function makePlan({ aggregates, contents }: CommandServices, command: PlanRollback, app: LoadedApp): Promise<Planned> {
  const { appId, upgradeId, resolutions, policy } = command;
  const undone = undoing(upgradeId, await aggregates.upgradeRuns(appId, app.revision));
  const found = rollbackCase(undone, await aggregates.appsAt(appId, revisionsOf(undone)), app.view);
  const request = rollbackRequest(found, { upgradeId, resolutions, policy }, await contents.load(digestsToUndo(found)));
  const plan = planUpgrade(request, await contents.load(digestsToPlan(request)));
  refuseValuesOfSecrets(plan, resolutions);
  return { plan, undoing: undone, before: found.before };
}
