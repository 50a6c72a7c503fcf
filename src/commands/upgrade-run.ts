import type { ReportComponentUpgrade, RetryUpgrade, SettleUpgrade } from '../domain/app/commands.js';
import { digestsToReport, reportComponentUpgrade } from '../domain/app/decide-report.js';
import { retryUpgrade } from '../domain/app/decide-retry.js';
import { digestsToSettle, expireUpgrade, settleUpgrade } from '../domain/app/decide-settle.js';
import type { AppId, UpgradeId } from '../domain/ids.js';
import { commandApp, type ToApp } from './apps.js';
import type { CommandContext } from './context.js';
import type { CommandServices, Executed } from './execute.js';

/** An upgrade of an app that an integration carries out. */
export interface ToRun extends ToApp {
  readonly upgradeId: UpgradeId;
}

export function handleReport(
  services: CommandServices,
  context: CommandContext,
  to: ToRun,
  report: Pick<ReportComponentUpgrade, 'componentId' | 'state' | 'message'>,
): Promise<Executed<AppId>> {
  const command = { upgradeId: to.upgradeId, ...report, now: services.runtime.now() };
  return commandApp(
    services,
    context,
    to,
    (view) => digestsToReport(command, view),
    (view, lookup) => reportComponentUpgrade(command, view, lookup),
  );
}

export function handleRetryUpgrade(
  services: CommandServices,
  context: CommandContext,
  to: ToRun,
  { leaseSeconds, reason }: { readonly leaseSeconds: number | undefined; readonly reason: RetryUpgrade['reason'] },
): Promise<Executed<AppId>> {
  const lease = { now: services.runtime.now(), seconds: leaseSeconds };
  return commandApp(
    services,
    context,
    to,
    () => [],
    (view) => retryUpgrade({ upgradeId: to.upgradeId, lease, reason }, view),
  );
}

export function handleSettleUpgrade(
  services: CommandServices,
  context: CommandContext,
  to: ToRun,
  settlement: Omit<SettleUpgrade, 'upgradeId'>,
): Promise<Executed<AppId>> {
  const command = { upgradeId: to.upgradeId, ...settlement };
  return commandApp(
    services,
    context,
    to,
    (view) => digestsToSettle(command, view),
    (view, lookup) => settleUpgrade(command, view, lookup),
  );
}

/** Records that nobody knows the outcome, where the lease has run out by the clock of this node. */
export function handleExpiry(services: CommandServices, context: CommandContext, to: ToRun): Promise<Executed<AppId>> {
  return commandApp(
    services,
    context,
    to,
    () => [],
    (view) => expireUpgrade(to.upgradeId, services.runtime.now(), view),
  );
}
