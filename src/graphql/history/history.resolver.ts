import { Arg, Args, Ctx, ID, Query, Resolver, Root, Subscription } from 'type-graphql';
import { Allow } from '../allow.js';
import { countHistory, historyPage } from '../../../projections/history/queries.js';
import { decodeCursor, firstOf, PageArgs, toConnection } from '../connection.js';
import type { RequestContext } from '../context.js';
import { EventStart } from '../enums.js';
import { Node } from '../node.js';
import { loadNode } from '../nodes.js';
import { PositionScalar } from '../scalars.js';
import { encodePosition } from '../../store/position.js';
import { EventMessage, HistoryConnection, HistoryFilter } from './history.types.js';
import { readerOf, toFilter } from './history-filter.js';
import { subscribeToEvents, UPGRADE_EVENTS, type WantedEvents } from './subscribe.js';
import { toEvent } from './to-event.js';

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
    @Ctx() { backend, readModel, principal }: RequestContext,
    @Arg('filter', () => HistoryFilter, { nullable: true }) filter?: HistoryFilter | null,
  ): Promise<object> {
    const given = toFilter(readerOf(principal, 'READ'), filter ?? {});
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
    subscribe: ({ args, context }: { args: WantedEvents; context: RequestContext }) => subscribeToEvents(context, args),
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
    subscribe: ({ args, context }: { args: WantedEvents; context: RequestContext }) =>
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
