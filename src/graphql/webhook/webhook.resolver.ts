import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { countWebhooks, pageOfWebhooks, webhookById, type WebhookRow } from '../../../projections/webhooks/queries.js';
import { teamsOf } from '../../domain/access/principal.js';
import { Allow } from '../allow.js';
import { connectionOf, decodeCursor, firstOf, PageArgs, toConnection, type ConnectionOf } from '../connection.js';
import type { RequestContext } from '../context.js';
import { administeredTeams, toDelivery, toWebhook, type WebhookNode } from './to-webhook.js';
import { Webhook, WebhookConnection, WebhookDelivery, WebhookDeliveryConnection } from './webhook.types.js';

@Resolver(() => Webhook)
export class WebhookResolver {
  @Allow('ADMINISTER')
  @Query(() => WebhookConnection, { description: 'Webhooks of the teams that one may ADMINISTER, in the order of their ids.' })
  webhooks(@Args(() => PageArgs) page: PageArgs, @Ctx() { principal, readModel }: RequestContext): ConnectionOf<WebhookNode> {
    const teams = administeredTeams(principal);
    const after = decodeCursor(page.after, { id: '' });
    return toConnection(
      pageOfWebhooks(readModel, teams, firstOf(page), after?.id),
      after,
      ({ id }) => ({ id }),
      () => countWebhooks(readModel, teams),
      toWebhook,
    );
  }

  @Allow('ADMINISTER')
  @Query(() => Webhook, { nullable: true })
  webhook(@Arg('id', () => ID) id: string, @Ctx() { principal, readModel }: RequestContext): WebhookNode | null {
    const row = webhookById(readModel, id);
    const teams = teamsOf(principal, 'ADMINISTER');
    return row && (teams === 'ALL' || teams.includes(row.team)) ? toWebhook(row) : null;
  }

  @FieldResolver(() => WebhookDeliveryConnection, { description: 'The last attempts, newest first.' })
  deliveries(
    @Root() { id }: WebhookRow,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { loaders }: RequestContext,
  ): Promise<ConnectionOf<WebhookDelivery>> {
    return connectionOf(loaders.deliveriesOfWebhook, id, page, {}, toDelivery);
  }
}
