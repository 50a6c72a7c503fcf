import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { DEFAULT_TEAM, teamOfNew } from '../../commands/access.js';
import type { CommandContext } from '../../commands/context.js';
import {
  handleChangeWebhook,
  handleDisableWebhook,
  handleEnableWebhook,
  handleRegisterWebhook,
  handleRemoveWebhook,
  handleReplayWebhook,
  handleRotateSecret,
  type ToldSecret,
} from '../../commands/webhooks.js';
import type { AppId, TemplateId } from '../../domain/ids.js';
import { DEFAULT_GRACE_SECONDS, type Unsettable } from '../../domain/webhook/decide.js';
import type { WebhookSettings } from '../../domain/webhook/state.js';
import { BEFORE_FIRST } from '../../store/event-store.js';
import { encodePosition } from '../../store/position.js';
import { Allow } from '../allow.js';
import { Command } from '../command.js';
import { requirePosition, type RequestContext } from '../context.js';
import { DeletePayload } from '../app/app.types.js';
import type { WebhookSettingName } from '../enums.js';
import {
  ChangeWebhookInput,
  RegisterWebhookInput,
  ReplayWebhookInput,
  RotateWebhookSecretInput,
  WebhookCommandInput,
  WebhookPayload,
  WebhookSecretPayload,
} from './webhook.inputs.js';
import { toWebhookOf, webhookPayload } from './payload.js';

@Resolver()
export class WebhookCommandResolver {
  @Allow('ADMINISTER')
  @Mutation(() => WebhookSecretPayload, { description: 'Has the events of a team delivered over HTTP, as docs/webhooks.md tells.' })
  async registerWebhook(
    @Arg('input') input: RegisterWebhookInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const { services, webhooks } = context.backend;
    const team = teamOfNew(command.access, input.team ?? undefined, DEFAULT_TEAM);
    const after = await startOf(context, input);
    const settings = { ...settingsOf(input), url: input.url };
    return secretPayload(context, await handleRegisterWebhook(services, command, { team, settings, after }, webhooks.rules));
  }

  @Allow('ADMINISTER')
  @Mutation(() => WebhookPayload, { description: 'Changes where it goes and what it gets, from where it is.' })
  async changeWebhook(
    @Arg('input') input: ChangeWebhookInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const { services, webhooks } = context.backend;
    const set = { ...settingsOf(input), ...(typeof input.url === 'string' && { url: input.url }) };
    const unset = (input.unset ?? []).map((name) => UNSETTABLE[name]);
    const { position } = await handleChangeWebhook(services, command, toWebhookOf(input), { set, unset }, webhooks.rules);
    return webhookPayload(context, input.webhookId, position);
  }

  @Allow('ADMINISTER')
  @Mutation(() => WebhookSecretPayload, {
    description: 'Gives it another secret. For a while, messages are signed by the one before, too.',
  })
  async rotateWebhookSecret(
    @Arg('input') input: RotateWebhookSecretInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const grace = input.graceSeconds ?? DEFAULT_GRACE_SECONDS;
    return secretPayload(context, await handleRotateSecret(context.backend.services, command, toWebhookOf(input), grace));
  }

  @Allow('ADMINISTER')
  @Mutation(() => WebhookPayload, { description: 'Delivers again, from where it stopped: what waits is tried at once.' })
  async enableWebhook(
    @Arg('input') input: WebhookCommandInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const { position } = await handleEnableWebhook(context.backend.services, command, toWebhookOf(input));
    return webhookPayload(context, input.webhookId, position);
  }

  @Allow('ADMINISTER')
  @Mutation(() => WebhookPayload, { description: 'Delivers nothing until it is enabled.' })
  async disableWebhook(
    @Arg('input') input: WebhookCommandInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const { position } = await handleDisableWebhook(context.backend.services, command, toWebhookOf(input), { reason: 'REQUESTED' });
    return webhookPayload(context, input.webhookId, position);
  }

  @Allow('ADMINISTER')
  @Mutation(() => WebhookPayload, { description: 'Goes on from another place of the log, earlier or later.' })
  async replayWebhook(
    @Arg('input') input: ReplayWebhookInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    await requirePosition(context.backend, input.after);
    const { position } = await handleReplayWebhook(context.backend.services, command, toWebhookOf(input), input.after);
    return webhookPayload(context, input.webhookId, position);
  }

  @Allow('ADMINISTER')
  @Mutation(() => DeletePayload)
  async removeWebhook(
    @Arg('input') input: WebhookCommandInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const { position } = await handleRemoveWebhook(context.backend.services, command, toWebhookOf(input));
    return { id: input.webhookId, position: await context.written(position) };
  }
}

const UNSETTABLE: Readonly<Record<WebhookSettingName, Unsettable>> = {
  DESCRIPTION: 'description',
  TYPES: 'types',
  APP_ID: 'appId',
  TEMPLATE_ID: 'templateId',
};

function secretPayload(context: RequestContext, { webhookId, secret, position }: ToldSecret): Promise<object> {
  return webhookPayload(context, webhookId, position, { secret });
}

/** @throws Refusal POSITION_UNKNOWN. */
async function startOf({ backend }: RequestContext, { after, from }: RegisterWebhookInput): Promise<string> {
  if (typeof after === 'string') {
    await requirePosition(backend, after);
    return after;
  }
  return encodePosition(backend.store.logId, from === 'BEGINNING' ? BEFORE_FIRST : await backend.store.head());
}

function settingsOf({ description, types, appId, templateId }: RegisterWebhookInput | ChangeWebhookInput): Omit<WebhookSettings, 'url'> {
  return {
    description: description ?? undefined,
    types: types ?? undefined,
    appId: (appId ?? undefined) as AppId | undefined,
    templateId: (templateId ?? undefined) as TemplateId | undefined,
  };
}
