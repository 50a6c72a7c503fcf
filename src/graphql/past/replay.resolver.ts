import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from 'type-graphql';
import type { AppId } from '../../domain/ids.js';
import { planBefore, replayOf, type Replay, type ReplayStep as Step } from '../../queries/past/replay.js';
import type { Position } from '../../store/event-store.js';
import { Allow } from '../allow.js';
import { App } from '../app/app.types.js';
import type { RequestContext } from '../context.js';
import { toEvent } from '../history/to-event.js';
import { loadApp, loadUpgrade, type UpgradeNode } from '../nodes.js';
import { UpgradePlan } from '../plan/plan.types.js';
import { showPlan } from '../plan/show-plan.js';
import { COST_OF_COMPARING, COST_OF_MOMENT } from '../query-cost.js';
import { UpgradeRecord } from '../upgrade/upgrade.types.js';
import { goBack, pastOf } from './go-back.js';
import { UpgradeReplay, type ReplayStep, type UpgradeDecisions } from './replay.types.js';

interface ReplayNode extends UpgradeReplay {
  readonly upgrade: UpgradeNode;
  readonly replay: Replay;
}

@Resolver(() => UpgradeReplay)
export class UpgradeReplayResolver {
  @Allow('READ')
  @Query(() => UpgradeReplay, {
    description: 'An upgrade or a rollback, step by step, as the log tells it.',
    complexity: COST_OF_MOMENT,
  })
  async replayUpgrade(@Arg('upgradeId', () => ID) upgradeId: string, @Ctx() context: RequestContext): Promise<ReplayNode> {
    const upgrade = await loadUpgrade(context, upgradeId);
    const { services, store, readModels } = context.backend;
    // As far as moments can be read.
    const replay = await replayOf(services.aggregates, upgrade.appId as AppId, upgradeId, readModels.position);
    return { upgrade, replay, decisions: decisionsOf(replay), steps: replay.steps.map((step) => toStep(store.logId, step)) };
  }

  @FieldResolver(() => UpgradeRecord, { description: 'As it is now.' })
  upgrade(@Root() { upgrade }: ReplayNode): UpgradeNode {
    return upgrade;
  }

  @FieldResolver(() => App, { description: 'It, and everything beneath it, as it was just before.', complexity: COST_OF_MOMENT })
  before(@Root() { upgrade, replay }: ReplayNode, @Ctx() context: RequestContext, @Info() info: GraphQLResolveInfo): Promise<object> {
    return loadApp(goBack(context, info.path, justBefore(replay)), upgrade.appId);
  }

  @FieldResolver(() => UpgradePlan, {
    nullable: true,
    description: 'What there was to decide: as the plan was just before it, without any decision.',
    complexity: COST_OF_COMPARING,
  })
  async plan(@Root() { upgrade, replay }: ReplayNode, @Ctx() context: RequestContext): Promise<UpgradePlan> {
    const then = pastOf(context, justBefore(replay));
    return showPlan(then, upgrade.appId, await planBefore(then.backend.services, replay.started));
  }

  @FieldResolver(() => App, { description: 'It, and everything beneath it, as its last event so far left it.', complexity: COST_OF_MOMENT })
  after(@Root() { upgrade, replay }: ReplayNode, @Ctx() context: RequestContext, @Info() info: GraphQLResolveInfo): Promise<object> {
    const [first] = replay.steps;
    const { recorded } = replay.steps.at(-1) ?? first;
    return loadApp(goBack(context, info.path, recorded.position), upgrade.appId);
  }
}

function justBefore({ steps: [{ recorded }] }: Replay): Position {
  return recorded.position - 1;
}

function decisionsOf({ started: { data, type }, steps: [{ recorded }] }: Replay): UpgradeDecisions {
  return {
    actor: recorded.metadata.actor,
    decidedAt: recorded.metadata.occurredAt,
    reason: data.reason ?? null,
    policy: data.policy,
    resolutions: data.resolutions,
    components: (type === 'UpgradeStarted' ? data.components : undefined) ?? null,
    acceptDataLoss: data.acceptDataLoss,
    planFingerprint: data.fingerprint,
  };
}

function toStep(logId: string, { event: { data }, recorded }: Step): ReplayStep {
  const isOfComponent = 'key' in data && 'upgradeId' in data;
  return {
    event: toEvent(logId, recorded),
    componentId: (isOfComponent ? data.componentId : undefined) ?? null,
    componentKey: isOfComponent ? data.key : null,
  };
}
