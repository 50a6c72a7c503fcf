import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { Allow } from '../allow.js';
import { appContentDigests, appContentOf } from '../../domain/app/components.js';
import type { AppView } from '../../domain/app/state.js';
import { digestOf } from '../../domain/canonical.js';
import { exportComposeOffThread } from '../../exporters/compose/off-thread.js';
import { desiredDigest, desiredOf, snapshotOf } from '../../queries/desired-state.js';
import type { RequestContext } from '../context.js';
import { componentsOf, loadApp, noApp } from '../nodes.js';
import { AsOf, type AsOfInput } from '../past/as-of.js';
import { COST_OF_COMPARING, COST_OF_EXPORTING } from '../query-cost.js';
import { DesiredState } from './desired-state.types.js';

interface DesiredStateNode extends DesiredState {
  readonly view: AppView;
}

@Resolver(() => DesiredState)
export class DesiredStateResolver {
  @Allow('READ')
  @Query(() => DesiredState, {
    description: 'What an app is to be: its components as they are defined now, with the local changes of installs.',
    complexity: COST_OF_COMPARING,
  })
  async desiredState(
    @Arg('appId', () => ID) appId: string,
    @Ctx() context: RequestContext,
    @AsOf() _asOf?: AsOfInput | null,
  ): Promise<DesiredStateNode> {
    const { position, readModel, contents, loaders } = context;
    await loadApp(context, appId);
    const { app, view } = snapshotOf(readModel, appId) ?? noApp(appId);
    const components = await componentsOf(loaders, view);
    const content = appContentOf(view, await contents.load(appContentDigests(view)));
    return {
      app,
      revision: app.revision,
      position,
      digest: desiredDigest(components, content),
      components,
      extra: content.extra ?? null,
      contentDigest: digestOf(content),
      view,
    };
  }

  @FieldResolver(() => String, {
    description: 'The same as a Compose file, which importCompose reads back to the same digests: what Compose cannot say is in x-regraft.',
    complexity: COST_OF_EXPORTING,
  })
  async compose(@Root() { view }: DesiredStateNode, @Ctx() { contents }: RequestContext): Promise<string> {
    return exportComposeOffThread(await desiredOf(view, contents));
  }
}
