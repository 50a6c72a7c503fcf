import { setTimeout as delay } from 'node:timers/promises';
import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root, Subscription } from 'type-graphql';
import { Allow } from '../allow.js';
import type { AppId, ComponentId, TemplateComponentId, TemplateId } from '../../domain/ids.js';
import type { RehearsalOutcome as Outcome } from '../../domain/rehearsal/outcome.js';
import type { Rehearsal as Rehearsed } from '../../queries/rehearsal/rehearsal.js';
import { App, Installation } from '../app/app.types.js';
import { decodeCursor, firstOf, PageArgs, toConnection } from '../connection.js';
import type { RequestContext } from '../context.js';
import { RehearsalOutcome } from '../enums.js';
import { loadTemplate } from '../nodes.js';
import { COST_OF_REHEARSING } from '../query-cost.js';
import { Template } from '../template/template.types.js';
import { requireRehearsal } from './may-read.js';
import { followProgress } from './progress.js';
import { Rehearsal, RehearsalInstall, RehearsalInstallConnection, RehearsalProgress, RehearseArgs } from './rehearsal.types.js';
import { toRehearsalInstall, toRehearsalNode, type RehearsalNode } from './to-rehearsal.js';

@Resolver(() => Rehearsal)
export class RehearsalResolver {
  @Allow('DEVELOP')
  @Query(() => Rehearsal, {
    description:
      'What publishing the app as it is now would mean for every install of the template. Writes nothing, and is refused where publishing would be. The same in the same state is rehearsed once.',
    complexity: COST_OF_REHEARSING,
  })
  async rehearsePublish(
    @Args() { appId, templateId, version, basedOn, upgradeFrom, components, identities, waitSeconds }: RehearseArgs,
    @Ctx() { backend, principal }: RequestContext,
  ): Promise<RehearsalNode> {
    const asked = {
      appId: appId as AppId,
      templateId: templateId as TemplateId,
      version: version ?? undefined,
      basedOn: basedOn ?? undefined,
      upgradeFrom: upgradeFrom ?? undefined,
      components: components ? new Set(components as ComponentId[]) : undefined,
      identities: (identities ?? []).map((identity) => ({
        componentId: identity.componentId as ComponentId,
        templateComponentId: identity.templateComponentId as TemplateComponentId,
      })),
    };
    const rehearsal = await backend.rehearsals.start(asked, { principal, permission: 'DEVELOP' });
    await endOf(rehearsal, waitSeconds * 1000);
    return toRehearsalNode(backend.store.logId, rehearsal);
  }

  @Allow('READ')
  @Query(() => Rehearsal, { description: 'A rehearsal of this node, while it runs and for a while afterwards.' })
  async rehearsal(@Arg('id', () => ID) id: string, @Ctx() context: RequestContext): Promise<RehearsalNode> {
    return toRehearsalNode(context.backend.store.logId, await requireRehearsal(context, id));
  }

  @Allow('READ')
  @Subscription(() => RehearsalProgress, {
    description: 'How far a rehearsal is: now, some times a second while it runs, and at its end.',
    subscribe: async ({ args, context }: { args: { id: string }; context: RequestContext }) =>
      followProgress(await requireRehearsal(context, args.id)),
  })
  rehearsalProgress(@Root() progress: RehearsalProgress, @Arg('id', () => ID) _id: string): RehearsalProgress {
    return progress;
  }

  @FieldResolver(() => App, { nullable: true, description: 'Null where it is deleted since.' })
  app(@Root() { rehearsed }: RehearsalNode, @Ctx() { loaders }: RequestContext): Promise<object | undefined> {
    return loaders.app.load(rehearsed.subject.appId);
  }

  @FieldResolver(() => Template)
  template(@Root() { rehearsed }: RehearsalNode, @Ctx() context: RequestContext): Promise<object> {
    return loadTemplate(context, rehearsed.subject.templateId);
  }

  @FieldResolver(() => RehearsalInstallConnection, {
    description:
      'In the order of installing; those whose outcome is known, all once it is done, of apps that one may read. totalCount counts the others, too.',
  })
  installs(
    @Root() { rehearsed, processed }: RehearsalNode,
    @Args() page: PageArgs,
    @Ctx() { teams }: RequestContext,
    @Arg('outcome', () => RehearsalOutcome, { nullable: true }) outcome?: Outcome | null,
  ): object {
    const after = decodeCursor(page.after, { place: 0 });
    return toConnection(
      rehearsed.page({ outcome: outcome ?? undefined, teams }, firstOf(page), after?.place),
      after,
      ({ place }) => ({ place }),
      () => (outcome ? rehearsed.tally.of(outcome) : processed),
      toRehearsalInstall,
    );
  }
}

@Resolver(() => RehearsalInstall)
export class RehearsalInstallResolver {
  @FieldResolver(() => App, { nullable: true, description: 'As it is now; one that is deleted since has deletedAt.' })
  app(@Root() { appId }: RehearsalInstall, @Ctx() { loaders }: RequestContext): Promise<object | undefined> {
    return loaders.app.load(appId);
  }

  @FieldResolver(() => Installation, { nullable: true, description: 'As it is now; one that is gone since has removedAt.' })
  installation(@Root() { installationId }: RehearsalInstall, @Ctx() { loaders }: RequestContext): Promise<object | undefined> {
    return loaders.installation.load(installationId);
  }
}

async function endOf(rehearsal: Rehearsed, withinMs: number): Promise<void> {
  const waiting = new AbortController();
  await Promise.race([rehearsal.ended, delay(withinMs, undefined, { signal: waiting.signal })]).finally(() => waiting.abort());
}
