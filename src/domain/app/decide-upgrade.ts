import { refuse, type Decision } from '../decision.js';
import type { JsonObject } from '../json.js';
import type { FieldPlan, UpgradePlan } from '../upgrade/plan.js';
import { carryOut } from './carry-out.js';
import type { UpgradeApp } from './commands.js';
import type { AppEvent } from './events.js';
import type { AppView } from './state.js';

/** Applies a plan: refused where it is not the one that was asked for, where it is not settled, and where it would lose data unaccepted. */
export function upgradeApp(command: UpgradeApp, view: AppView): Decision<AppEvent> {
  const { plan } = command;
  const refusal = refuseOutdated(command) ?? refuseUnsettled(plan) ?? refuseDataLoss(command);
  if (refusal) return refusal;

  const { installationId, fromVersion, toVersion } = plan;
  const ids = { appId: view.state.appId, upgradeId: command.upgradeId, installationId, templateId: command.templateId };
  const versions = { fromVersion, toVersion };
  const manifest = command.manifestDigest;
  return carryOut(
    {
      ids,
      plan,
      manifest,
      lease: command.lease,
      started: (external) => ({
        type: 'UpgradeStarted',
        data: {
          ...ids,
          ...versions,
          templateRevision: command.templateRevision,
          fingerprint: plan.fingerprint,
          policy: command.policy,
          resolutions: command.resolutions.map(({ componentKey, path, choice }) => ({ componentKey, path, choice })),
          acceptDataLoss: command.acceptDataLoss,
          ...(command.chosen && { components: [...command.chosen] }),
          ...(command.reason !== undefined && { reason: command.reason }),
          ...(external && { external }),
        },
      }),
      ended: upgradeEnded(plan, { ...ids, ...versions, manifest }),
    },
    view,
  );
}

/** The installation stands at the version once nothing is left to do. */
function upgradeEnded({ pending }: Pick<UpgradePlan, 'pending'>, data: Extract<AppEvent, { type: 'AppUpgraded' }>['data']): AppEvent {
  if (pending.length === 0) return { type: 'AppUpgraded', data };
  const left = pending.map(({ templateComponentId, key, action }) => ({ templateComponentId, key, action }));
  return { type: 'AppPartlyUpgraded', data: { ...data, pending: left } };
}

function refuseOutdated({ plan, planFingerprint }: UpgradeApp): ReturnType<typeof refuse> | undefined {
  if (planFingerprint === undefined || planFingerprint === plan.fingerprint) return undefined;
  return refuse('PLAN_OUTDATED', 'the app, the template or the choices are not those of the plan any more: plan again', {
    expected: planFingerprint,
    actual: plan.fingerprint,
  });
}

function refuseUnsettled({ conflicts, problems }: UpgradePlan): ReturnType<typeof refuse> | undefined {
  if (conflicts.length > 0) {
    return refuse('CONFLICTS_UNRESOLVED', `${conflicts.length} conflicts are not settled: give resolutions or a policy`, {
      conflicts: conflicts.map(placeOf),
    });
  }
  if (problems.length === 0) return undefined;
  return refuse('PLAN_INAPPLICABLE', problems.map(({ message }) => message).join('; '), {
    problems: problems.map(({ code, message, componentKey, path }) => ({ code, message, componentKey, path })),
  });
}

function refuseDataLoss({ plan, acceptDataLoss }: UpgradeApp): ReturnType<typeof refuse> | undefined {
  const lost = plan.components.flatMap(({ fields }) => fields).filter(({ risk }) => risk?.code === 'DATA_LOSS');
  if (acceptDataLoss || lost.length === 0) return undefined;
  const messages = lost.map(({ risk }) => risk?.message ?? '');
  return refuse('DATA_LOSS_NOT_ACCEPTED', `${messages.join('; ')}: say acceptDataLoss to go on`, { volumes: lost.map(placeOf), messages });
}

function placeOf({ componentKey, path }: FieldPlan): JsonObject {
  return { componentKey, path };
}
