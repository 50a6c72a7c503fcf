import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Allow } from '../allow.js';
import type { CommandContext } from '../../commands/context.js';
import { handleReport, handleRetryUpgrade, handleSettleUpgrade, type ToRun } from '../../commands/upgrade-run.js';
import { Refusal } from '../../domain/errors.js';
import type { AppId, ComponentId, UpgradeId } from '../../domain/ids.js';
import { Command } from '../command.js';
import type { RequestContext } from '../context.js';
import { upgradePayload } from './payload.js';
import { ReportComponentUpgradeInput, RetryUpgradeInput, SettleUpgradeInput, type ComponentOutcomeInput } from './run.types.js';
import { UpgradePayload } from './upgrade.types.js';

/** Upgrades of apps whose target is EXTERNAL, as an integration carries them out. */
@Resolver()
export class UpgradeRunResolver {
  @Allow('OPERATE')
  @Mutation(() => UpgradePayload, {
    description:
      'An integration says what became of a component of an upgrade that it carries out: in any order; again is harmless. The last one ends the upgrade.',
  })
  async reportComponentUpgrade(
    @Arg('input') input: ReportComponentUpgradeInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const report = { componentId: input.componentId as ComponentId, state: input.state, message: input.message ?? undefined };
    const { position } = await handleReport(context.backend.services, command, toRun(input), report);
    return upgradePayload(context, [input.upgradeId], position);
  }

  @Allow('OPERATE')
  @Mutation(() => UpgradePayload, {
    description: 'Lets the components that failed, or were never reported, be done again, by the same upgrade with a new lease.',
  })
  async retryUpgrade(
    @Arg('input') input: RetryUpgradeInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const { leaseSeconds, reason } = input;
    const retry = { leaseSeconds: leaseSeconds ?? undefined, reason: reason ?? undefined };
    const { position } = await handleRetryUpgrade(context.backend.services, command, toRun(input), retry);
    return upgradePayload(context, [input.upgradeId], position);
  }

  @Allow('OPERATE')
  @Mutation(() => UpgradePayload, {
    description: 'Says what became of the components that were not reported, and ends the upgrade: for when the integration will not.',
  })
  async settleUpgrade(
    @Arg('input') input: SettleUpgradeInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const settlement = {
      outcome: input.outcome ?? undefined,
      components: toOutcomes(input.components ?? []),
      reason: input.reason ?? undefined,
    };
    const { position } = await handleSettleUpgrade(context.backend.services, command, toRun(input), settlement);
    return upgradePayload(context, [input.upgradeId], position);
  }
}

interface RunInput {
  readonly appId: string;
  readonly upgradeId: string;
  readonly expectedRevision?: number | null;
}

function toRun({ appId, upgradeId, expectedRevision }: RunInput): ToRun {
  return { appId: appId as AppId, upgradeId: upgradeId as UpgradeId, expectedRevision };
}

function toOutcomes(given: readonly ComponentOutcomeInput[]): ReadonlyMap<ComponentId, 'COMPLETED' | 'FAILED'> {
  const outcomes = new Map<ComponentId, 'COMPLETED' | 'FAILED'>();
  for (const { componentId, outcome } of given) {
    if (outcomes.has(componentId as ComponentId)) {
      throw new Refusal('BAD_USER_INPUT', `components: ${componentId} is given twice`, { path: 'components', componentId });
    }
    outcomes.set(componentId as ComponentId, outcome);
  }
  return outcomes;
}
