import { Arg, Args, Ctx, ID, Query, Resolver, Root, Subscription } from 'type-graphql';
import { Allow } from '../allow.js';
import { countHistory, historyPage } from '../../../projections/history/queries.js';
import { decodeCursor, firstOf, PageArgs, toConnection } from '../connection.js';
import { teamsOf } from '../../domain/access/principal.js';
import type { RequestContext } from '../context.js';
import { EventStart } from '../enums.js';
import { Node } from '../node.js';
import { loadNode } from '../nodes.js';
import { PositionScalar } from '../scalars.js';
import { encodePosition } from '../../store/position.js';
import { EventMessage, HistoryConnection, HistoryFilter } from './history.types.js';
import { subscribeToEvents, UPGRADE_EVENTS } from './subscribe.js';
import { toEvent } from './to-event.js';

interface SubscribeArgs {
  readonly after?: string | null;
  readonly from?: 'BEGINNING' | 'NOW' | null;
  readonly types?: readonly string[] | null;
  readonly appId?: string | null;
  readonly templateId?: string | null;
}

@Resolver()
export class HistoryResolver {
  @Allow('READ')
  @Query(() => Node, { nullable: true })
  node(@Arg('id', () => ID) id: string, @Ctx() context: RequestContext): Promise<object | null> {
    return loadNode(context, id);
  }

  @Allow('READ')
  @Query(() => PositionScalar, { description: 'The end of the log now.' })
  async position(@Ctx() { backend }: RequestContext): Promise<string> {
    return encodePosition(backend.store.logId, await backend.store.head());
  }

  @Allow('READ')
  @Query(() => HistoryConnection, {
    description: 'The event log as an auditor reads it, newest last: what is about apps and templates that one may read.',
  })
  async history(
    @Args() page: PageArgs,
    @Ctx() { backend, readModel, teams, principal }: RequestContext,
    @Arg('filter', () => HistoryFilter, { nullable: true }) filter?: HistoryFilter | null,
  ): Promise<object> {
    const given = {
      readable: { teams, server: teamsOf(principal, 'ADMINISTER') === 'ALL' },
      appId: filter?.appId ?? undefined,
      templateId: filter?.templateId ?? undefined,
      types: filter?.types ?? undefined,
      actorId: filter?.actorId ?? undefined,
      from: filter?.from ?? undefined,
      to: filter?.to ?? undefined,
    };
    const after = decodeCursor(page.after, { position: 0 });
    const { rows, hasNextPage } = historyPage(readModel, given, firstOf(page), after);
    const events = await backend.store.readAt(rows.map(({ position }) => position));
    const { logId } = backend.store;
    return toConnection(
      { rows: [...events], hasNextPage },
      after,
      ({ position }) => ({ position }),
      () => countHistory(readModel, given),
      (event) => toEvent(logId, event),
    );
  }

  @Allow('READ')
  @Subscription(() => EventMessage, {
    description: 'Every event, in order, without a gap: after a position, or from the beginning, or from now; history first, then live.',
    subscribe: ({ args, context }: { args: SubscribeArgs; context: RequestContext }) =>
      subscribeToEvents(context, { ...args, types: args.types ?? undefined }),
  })
  events(
    @Root() message: EventMessage,
    @Arg('after', () => PositionScalar, { nullable: true }) _after?: string | null,
    @Arg('from', () => EventStart, { nullable: true }) _from?: string | null,
    @Arg('types', () => [String], { nullable: true }) _types?: string[] | null,
    @Arg('appId', () => ID, { nullable: true }) _appId?: string | null,
    @Arg('templateId', () => ID, { nullable: true }) _templateId?: string | null,
  ): EventMessage {
    return message;
  }

  @Allow('READ')
  @Subscription(() => EventMessage, {
    description: 'The events of upgrades and rollbacks only, likewise.',
    subscribe: ({ args, context }: { args: SubscribeArgs; context: RequestContext }) =>
      subscribeToEvents(context, { ...args, types: UPGRADE_EVENTS }),
  })
  upgradeEvents(
    @Root() message: EventMessage,
    @Arg('after', () => PositionScalar, { nullable: true }) _after?: string | null,
    @Arg('from', () => EventStart, { nullable: true }) _from?: string | null,
    @Arg('appId', () => ID, { nullable: true }) _appId?: string | null,
    @Arg('templateId', () => ID, { nullable: true }) _templateId?: string | null,
  ): EventMessage {
    return message;
  }
}
