import { canonicalText } from '../canonical.js';
import { accept, refuse, type Decision } from '../decision.js';
import { Refusal } from '../errors.js';
import { eventSchemas } from '../event-catalogue.js';
import type { WebhookId } from '../ids.js';
import { endpointProblem } from './endpoint.js';
import type { WebhookEvent } from './events.js';
import type { DisabledReason, SealedSecret, WebhookSettings, WebhookState } from './state.js';

export interface RegisterWebhook {
  readonly webhookId: WebhookId;
  readonly team: string;
  readonly settings: WebhookSettings;
  /** As clients see positions. */
  readonly after: string;
  readonly secret: SealedSecret;
}

/** Settings that may be without. */
export type Unsettable = Exclude<keyof WebhookSettings, 'url'>;

export interface ChangeWebhook {
  readonly set: Partial<WebhookSettings>;
  readonly unset: readonly Unsettable[];
}

/** How long the secret before is valid beside a new one, in seconds. */
export const DEFAULT_GRACE_SECONDS = 24 * 60 * 60;
export const MAX_GRACE_SECONDS = 7 * 24 * 60 * 60;

export interface EndpointRules {
  /** Whether http is taken: only where the operator allows networks. */
  readonly plainHttp: boolean;
}

export function registerWebhook(
  { webhookId, team, settings, after, secret }: RegisterWebhook,
  rules: EndpointRules,
): Decision<WebhookEvent> {
  requireSettings(settings, rules);
  return accept([{ type: 'WebhookRegistered', data: { webhookId, team, ...given(settings), after, ...secret } }]);
}

/** What is set and unset at the same time is set. */
export function changeWebhook(
  { set, unset }: ChangeWebhook,
  { webhookId, settings: before }: WebhookState,
  rules: EndpointRules,
): Decision<WebhookEvent> {
  const kept = (name: Unsettable): boolean => !unset.includes(name);
  const settings: WebhookSettings = {
    url: set.url ?? before.url,
    description: set.description ?? (kept('description') ? before.description : undefined),
    types: set.types ?? (kept('types') ? before.types : undefined),
    appId: set.appId ?? (kept('appId') ? before.appId : undefined),
    templateId: set.templateId ?? (kept('templateId') ? before.templateId : undefined),
  };
  requireSettings(settings, rules);
  const [now, then] = [given(settings), given(before)];
  return accept(canonicalText(now) === canonicalText(then) ? [] : [{ type: 'WebhookChanged', data: { webhookId, ...now } }]);
}

/** @param now ISO 8601, UTC. */
export function rotateSecret(secret: SealedSecret, graceSeconds: number, now: string, { webhookId }: WebhookState): Decision<WebhookEvent> {
  if (graceSeconds < 0 || graceSeconds > MAX_GRACE_SECONDS) {
    return refuse('BAD_USER_INPUT', `graceSeconds: 0 to ${MAX_GRACE_SECONDS} are expected`, { path: 'graceSeconds' });
  }
  const previousUntil = new Date(Date.parse(now) + graceSeconds * 1000).toISOString();
  return accept([{ type: 'WebhookSecretRotated', data: { webhookId, ...secret, previousUntil } }]);
}

export function enableWebhook({ webhookId, disabled }: WebhookState): Decision<WebhookEvent> {
  return accept(disabled ? [{ type: 'WebhookEnabled', data: { webhookId } }] : []);
}

/** One that is disabled stays so, for the reason that it was first. */
export function disableWebhook(
  { reason, message }: { readonly reason: DisabledReason; readonly message?: string | undefined },
  { webhookId, disabled }: WebhookState,
): Decision<WebhookEvent> {
  if (disabled) return accept([]);
  return accept([{ type: 'WebhookDisabled', data: { webhookId, reason, ...(message !== undefined && { message }) } }]);
}

export function replayWebhook(after: string, { webhookId }: WebhookState): Decision<WebhookEvent> {
  return accept([{ type: 'WebhookReplayed', data: { webhookId, after } }]);
}

export function removeWebhook({ webhookId }: WebhookState): Decision<WebhookEvent> {
  return accept([{ type: 'WebhookRemoved', data: { webhookId } }]);
}

/** @throws Refusal BAD_USER_INPUT. */
function requireSettings({ url, types }: WebhookSettings, rules: EndpointRules): void {
  const problem = endpointProblem(url, rules);
  if (problem !== undefined) throw new Refusal('BAD_USER_INPUT', `url ${problem}`, { path: 'url' });
  if (types?.length === 0) throw new Refusal('BAD_USER_INPUT', 'types: name one at least, or leave them out for all', { path: 'types' });
  const unknown = types?.find((type) => !Object.hasOwn(eventSchemas, type));
  if (unknown === undefined) return;
  throw new Refusal('BAD_USER_INPUT', `types: there are no events "${unknown}": schema/events has their names`, { path: 'types' });
}

function given({ url, description, types, appId, templateId }: WebhookSettings) {
  return {
    url,
    ...(description !== undefined && { description }),
    ...(types && { types: [...types] }),
    ...(appId !== undefined && { appId }),
    ...(templateId !== undefined && { templateId }),
  };
}
