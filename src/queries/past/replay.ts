import type { Aggregates } from '../../commands/aggregates.js';
import { planRollbackOf } from '../../commands/rollback.js';
import { planUpgradeOf } from '../../commands/upgrade.js';
import type { CommandServices } from '../../commands/execute.js';
import type { AppEvent } from '../../domain/app/events.js';
import type { AppId } from '../../domain/ids.js';
import type { UpgradePlan } from '../../domain/upgrade/plan.js';
import { CorruptLogError } from '../../store/errors.js';
import type { Position, RecordedEvent } from '../../store/event-store.js';

/** The event that an upgrade or a rollback starts with. */
export type Started = Extract<AppEvent, { type: 'UpgradeStarted' | 'RollbackStarted' }>;

/** An event of an upgrade, as it was recorded. */
export interface ReplayStep {
  readonly event: AppEvent;
  readonly recorded: RecordedEvent;
}

export interface Replay {
  readonly started: Started;
  /** Every event that names the upgrade, oldest first, the one that it starts with among them. */
  readonly steps: readonly [ReplayStep, ...ReplayStep[]];
}

/** What happened in the course of an upgrade or a rollback up to a position. @throws CorruptLogError where its app does not tell of it. */
export async function replayOf(aggregates: Aggregates, appId: AppId, upgradeId: string, upTo: Position): Promise<Replay> {
  const steps: ReplayStep[] = [];
  for await (const page of aggregates.recordedEvents(appId)) {
    steps.push(...page.filter(({ event, recorded }) => isOf(event, upgradeId) && recorded.position <= upTo));
  }
  const [first, ...others] = steps;
  if (first?.event.type === 'UpgradeStarted' || first?.event.type === 'RollbackStarted') {
    return { started: first.event, steps: [first, ...others] };
  }
  throw new CorruptLogError(`app ${appId} has no upgrade ${upgradeId}`);
}

function isOf({ data }: AppEvent, upgradeId: string): boolean {
  return 'upgradeId' in data && data.upgradeId === upgradeId;
}

/** What there was to decide: the plan without any choice, of the components that were asked for. @param services as of just before. */
export function planBefore(services: CommandServices, { type, data }: Started): Promise<UpgradePlan> {
  const { appId, installationId, toVersion } = data;
  const undecided = { appId, resolutions: [], policy: 'ASK' } as const;
  return type === 'UpgradeStarted'
    ? planUpgradeOf(services, { ...undecided, installationId, toVersion, components: data.components })
    : planRollbackOf(services, { ...undecided, upgradeId: data.rollsBack });
}
