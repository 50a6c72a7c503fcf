import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from 'type-graphql';
import { summarize } from '../../domain/compare/compare-manifests.js';
import { Refusal } from '../../domain/errors.js';
import type { AppId } from '../../domain/ids.js';
import { changesOf } from '../../queries/past/app-changes.js';
import type { Position } from '../../store/event-store.js';
import { encodePosition } from '../../store/position.js';
import { Allow } from '../allow.js';
import { App } from '../app/app.types.js';
import { toComponentDifference, toFieldDifferences } from '../comparison/to-comparison.js';
import type { RequestContext } from '../context.js';
import { noApp, presentApp } from '../nodes.js';
import { COST_OF_COMPARING, COST_OF_MOMENT } from '../query-cost.js';
import { AsOfInput, positionOf } from './as-of.js';
import { AppChanges } from './changes.types.js';
import { goBack, pastOf } from './go-back.js';

interface ChangesNode extends AppChanges {
  readonly since: Position;
  readonly until: Position;
}

@Resolver(() => AppChanges)
export class AppChangesResolver {
  @Allow('READ')
  @Query(() => AppChanges, {
    description: 'The differences of an app between two moments, field by field; to is now where it is not given.',
    complexity: COST_OF_COMPARING + 2 * COST_OF_MOMENT,
  })
  async changesBetween(
    @Arg('appId', () => ID) appId: string,
    @Arg('from', () => AsOfInput) from: AsOfInput,
    @Ctx() context: RequestContext,
    @Arg('to', () => AsOfInput, { nullable: true }) to?: AsOfInput | null,
  ): Promise<ChangesNode> {
    const since = await positionOf(context, from, 'from');
    const until = to ? await positionOf(context, to, 'to') : context.backend.readModels.position;
    if (since > until) throw new Refusal('BAD_USER_INPUT', 'from: it is later than to: give them the other way round', { path: 'from' });
    const later = pastOf(context, until);
    const [before, after] = await Promise.all(
      [pastOf(context, since), later].map(async ({ loaders }) => {
        const app = await presentApp(loaders, appId);
        return app && (await loaders.appView.load(appId));
      }),
    );
    if (!before && !after) noApp(appId);
    const { aggregates } = later.backend.services;
    const comparison = await changesOf(aggregates, context.contents, { appId: appId as AppId, before, after, since });
    const { logId } = context.backend.store;
    return {
      appId,
      since,
      until,
      from: encodePosition(logId, since),
      to: encodePosition(logId, until),
      components: comparison.components.map(toComponentDifference),
      appFields: toFieldDifferences(comparison.appFields),
      summary: summarize(comparison),
    };
  }

  @FieldResolver(() => App, { nullable: true, description: 'It, and everything beneath it, as it was at from.' })
  before(
    @Root() { appId, since }: ChangesNode,
    @Ctx() context: RequestContext,
    @Info() { path }: GraphQLResolveInfo,
  ): Promise<object | undefined> {
    return presentApp(goBack(context, path, since).loaders, appId);
  }

  @FieldResolver(() => App, { nullable: true, description: 'It, and everything beneath it, as it was at to.' })
  after(
    @Root() { appId, until }: ChangesNode,
    @Ctx() context: RequestContext,
    @Info() { path }: GraphQLResolveInfo,
  ): Promise<object | undefined> {
    return presentApp(goBack(context, path, until).loaders, appId);
  }
}
