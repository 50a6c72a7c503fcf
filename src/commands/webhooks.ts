import {
  changeWebhook,
  disableWebhook,
  enableWebhook,
  registerWebhook,
  removeWebhook,
  replayWebhook,
  rotateSecret,
  type ChangeWebhook,
  type EndpointRules,
} from '../domain/webhook/decide.js';
import type { Decision } from '../domain/decision.js';
import type { WebhookId } from '../domain/ids.js';
import type { WebhookEvent } from '../domain/webhook/events.js';
import type { DisabledReason, SealedSecret, WebhookSettings, WebhookState } from '../domain/webhook/state.js';
import type { Position } from '../store/event-store.js';
import { requireWebhook } from './aggregates.js';
import type { CommandContext } from './context.js';
import { execute, type CommandServices, type Executed } from './execute.js';
import { idOfNew } from './named-command.js';
import { theEvent, webhookTarget } from './target.js';

/** A command to a webhook that is there. */
export interface ToWebhook {
  readonly webhookId: WebhookId;
  readonly expectedRevision?: number | null | undefined;
}

/** A webhook whose secret is told: here, and never again but to who sends the same command again. */
export interface ToldSecret {
  readonly webhookId: WebhookId;
  readonly secret: string;
  readonly position: Position;
}

/** Loads the webhook, decides, appends. @throws Refusal NOT_FOUND. */
export function commandWebhook<Result>(
  services: CommandServices,
  context: CommandContext,
  { webhookId, expectedRevision }: ToWebhook,
  decide: (state: WebhookState) => Decision<WebhookEvent> | Promise<Decision<WebhookEvent>>,
  answer: (events: readonly WebhookEvent[]) => Result,
): Promise<Executed<Result>> {
  return execute(services, context, webhookTarget(services.aggregates, webhookId), {
    expectedRevision,
    decide: (loaded) => decide(requireWebhook(webhookId, loaded)),
    answer,
  });
}

/**
 * @param after of the events that are to be delivered, as clients see positions.
 * @throws Refusal BAD_USER_INPUT; SECRET_KEY_WRONG.
 */
export async function handleRegisterWebhook(
  services: CommandServices,
  context: CommandContext,
  { team, settings, after }: { readonly team: string; readonly settings: WebhookSettings; readonly after: string },
  rules: EndpointRules,
): Promise<ToldSecret> {
  const webhookId = idOfNew(context, services.runtime) as WebhookId;
  const { result, position } = await execute(services, context, webhookTarget(services.aggregates, webhookId), {
    decide: async () => registerWebhook({ webhookId, team, settings, after, secret: await newSecret(services, webhookId) }, rules),
    answer: (events) => theEvent(events, 'WebhookRegistered'),
  });
  return { webhookId, secret: await openSecret(services, webhookId, result), position };
}

/** @throws Refusal NOT_FOUND, BAD_USER_INPUT. */
export function handleChangeWebhook(
  services: CommandServices,
  context: CommandContext,
  to: ToWebhook,
  change: ChangeWebhook,
  rules: EndpointRules,
): Promise<Executed<WebhookId>> {
  return commandWebhook(
    services,
    context,
    to,
    (state) => changeWebhook(change, state, rules),
    () => to.webhookId,
  );
}

/** @throws Refusal NOT_FOUND, BAD_USER_INPUT, SECRET_KEY_WRONG. */
export async function handleRotateSecret(
  services: CommandServices,
  context: CommandContext,
  to: ToWebhook,
  graceSeconds: number,
): Promise<ToldSecret> {
  const { webhookId } = to;
  const { result, position } = await commandWebhook(
    services,
    context,
    to,
    async (state) => rotateSecret(await newSecret(services, webhookId), graceSeconds, services.runtime.now(), state),
    (events) => theEvent(events, 'WebhookSecretRotated'),
  );
  return { webhookId, secret: await openSecret(services, webhookId, result), position };
}

export function handleEnableWebhook(services: CommandServices, context: CommandContext, to: ToWebhook): Promise<Executed<WebhookId>> {
  return commandWebhook(services, context, to, enableWebhook, () => to.webhookId);
}

export function handleDisableWebhook(
  services: CommandServices,
  context: CommandContext,
  to: ToWebhook,
  why: { readonly reason: DisabledReason; readonly message?: string | undefined },
): Promise<Executed<WebhookId>> {
  return commandWebhook(
    services,
    context,
    to,
    (state) => disableWebhook(why, state),
    () => to.webhookId,
  );
}

/** @param after as clients see positions. */
export function handleReplayWebhook(
  services: CommandServices,
  context: CommandContext,
  to: ToWebhook,
  after: string,
): Promise<Executed<WebhookId>> {
  return commandWebhook(
    services,
    context,
    to,
    (state) => replayWebhook(after, state),
    () => to.webhookId,
  );
}

export function handleRemoveWebhook(services: CommandServices, context: CommandContext, to: ToWebhook): Promise<Executed<WebhookId>> {
  return commandWebhook(services, context, to, removeWebhook, () => to.webhookId);
}

async function newSecret({ vault, runtime }: CommandServices, webhookId: WebhookId): Promise<SealedSecret> {
  const safe = await vault.webhookSafeOf(webhookId);
  return safe.seal(runtime.newId(), vault.generateWebhookSecret());
}

async function openSecret({ vault }: CommandServices, webhookId: WebhookId, sealed: SealedSecret): Promise<string> {
  return (await vault.webhookSafeOf(webhookId)).open(sealed);
}
