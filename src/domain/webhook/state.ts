import type { AppId, TemplateId, WebhookId } from '../ids.js';
import type { DISABLED_REASONS, WebhookEvent } from './events.js';

export type DisabledReason = (typeof DISABLED_REASONS)[number];

/** Where a webhook goes, and what it is about. */
export interface WebhookSettings {
  readonly url: string;
  readonly description?: string | undefined;
  /** All that the team may read where it is not given. */
  readonly types?: readonly string[] | undefined;
  readonly appId?: AppId | undefined;
  readonly templateId?: TemplateId | undefined;
}

/** A secret as the log has it. Nothing here tells it without the key. */
export interface SealedSecret {
  readonly secretId: string;
  readonly keyId: string;
  /** Base64. */
  readonly ciphertext: string;
  /** Base64. */
  readonly nonce: string;
}

export interface WebhookSecret extends SealedSecret {
  /** ISO 8601, UTC: it signs nothing from then on; not there on the newest. */
  readonly until?: string;
}

export interface WebhookState {
  readonly webhookId: WebhookId;
  readonly team: string;
  readonly settings: WebhookSettings;
  readonly disabled: { readonly reason: DisabledReason; readonly message: string | undefined } | undefined;
  /** Newest first. */
  readonly secrets: readonly WebhookSecret[];
  /** From where it was last told to go on, and the revision that told it. */
  readonly start: { readonly after: string; readonly revision: number };
  /** The revision that enabled it last: what waits is tried at once then. */
  readonly enabledAt: number;
}

/** As many as sign a message at the most: rotating again and again within the grace drops the oldest. */
const MAX_SECRETS = 3;

/** @returns undefined where it was not registered yet, and where it is removed. */
export function evolveWebhook(state: WebhookState | undefined, { type, data }: WebhookEvent, revision: number): WebhookState | undefined {
  if (type === 'WebhookRegistered') {
    return {
      webhookId: data.webhookId,
      team: data.team,
      settings: settingsOf(data),
      disabled: undefined,
      secrets: [sealedOf(data)],
      start: { after: data.after, revision },
      enabledAt: revision,
    };
  }
  if (!state) return undefined;
  switch (type) {
    case 'WebhookChanged':
      return { ...state, settings: settingsOf(data) };
    case 'WebhookSecretRotated':
      return { ...state, secrets: [sealedOf(data), ...ending(state.secrets, data.previousUntil)].slice(0, MAX_SECRETS) };
    case 'WebhookEnabled':
      return { ...state, disabled: undefined, enabledAt: revision };
    case 'WebhookDisabled':
      return { ...state, disabled: { reason: data.reason, message: data.message } };
    case 'WebhookReplayed':
      return { ...state, start: { after: data.after, revision } };
    case 'WebhookRemoved':
      return undefined;
    case 'WebhookTested':
    case 'WebhookRedelivered':
    case 'WebhookUnchanged':
      return state;
  }
}

/** What signs a message at an instant. */
export function validSecrets<Secret extends { readonly until?: string }>(secrets: readonly Secret[], now: string): readonly Secret[] {
  return secrets.filter(({ until }) => until === undefined || now < until);
}

/** One that ends before goes on to do so. */
function ending(secrets: readonly WebhookSecret[], until: string): WebhookSecret[] {
  return secrets.map((secret) => ({ ...secret, until: secret.until !== undefined && secret.until < until ? secret.until : until }));
}

function settingsOf({ url, description, types, appId, templateId }: WebhookSettings): WebhookSettings {
  return { url, description, types, appId, templateId };
}

function sealedOf({ secretId, keyId, ciphertext, nonce }: SealedSecret): SealedSecret {
  return { secretId, keyId, ciphertext, nonce };
}
