import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { CommandContext } from '../../commands/context.js';
import type { Executed } from '../../commands/execute.js';
import { handleRedeliver, handleTestWebhook, type Sent } from '../../commands/webhook-attempts.js';
import { Allow } from '../allow.js';
import { Command } from '../command.js';
import { requirePosition, type RequestContext } from '../context.js';
import { toWebhookOf, webhookPayload } from './payload.js';
import { isDelivered } from './to-webhook.js';
import { RedeliverWebhookInput, WebhookAttemptPayload, WebhookCommandInput } from './webhook.inputs.js';

@Resolver()
export class WebhookAttemptResolver {
  @Allow('ADMINISTER')
  @Mutation(() => WebhookAttemptPayload, { description: 'Sends a message of the type regraft.webhook.test, also to one that is disabled.' })
  async testWebhook(
    @Arg('input') input: WebhookCommandInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const { services, webhooks } = context.backend;
    return attemptPayload(context, input.webhookId, await handleTestWebhook(services, command, toWebhookOf(input), webhooks));
  }

  @Allow('ADMINISTER')
  @Mutation(() => WebhookAttemptPayload, {
    description: 'Sends one event once more, at once and out of order. It changes nothing of what is delivered in order.',
  })
  async redeliverWebhook(
    @Arg('input') input: RedeliverWebhookInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const { services, webhooks } = context.backend;
    const position = await requirePosition(context.backend, input.position);
    return attemptPayload(context, input.webhookId, await handleRedeliver(services, command, toWebhookOf(input), position, webhooks));
  }
}

function attemptPayload(context: RequestContext, id: string, { result, position }: Executed<Sent>): Promise<object> {
  const { messageId, status, problem, message } = result;
  return webhookPayload(context, id, position, { messageId, status, problem, message, delivered: isDelivered(status) });
}
