import type { BindingPlace, SealedValue } from '../domain/app/bindings.js';
import type { AppId, Digest, WebhookId } from '../domain/ids.js';
import type { SealedSecret } from '../domain/webhook/state.js';

/** Keeps secrets: what commands need of keys and ciphers. */
export interface Vault {
  /**
   * What seals and opens the values of an app; its data key is made where it has none.
   * @throws Refusal SECRET_KEY_WRONG where the key of this node does not open what is in the log.
   */
  safeOf(appId: AppId): Promise<Safe>;
  /**
   * What seals and opens the secrets of a webhook.
   * @throws Refusal as `safeOf`.
   */
  webhookSafeOf(webhookId: WebhookId): Promise<WebhookSafe>;
  /**
   * Tells texts apart, the same on every node and after every rotation, without telling anything of them to those who do not have the key.
   * @throws Refusal as `safeOf`.
   */
  fingerprintOf(text: string): Promise<Digest>;
  /** A value that nobody can guess: 32 letters and digits (190 bits). */
  generate(): string;
  /** A secret as Standard Webhooks has them: `whsec_` and 32 random bytes in base64. */
  generateWebhookSecret(): string;
  /** @throws Refusal as `safeOf`, where the log has keys already. */
  check(): Promise<void>;
}

export interface Safe {
  /** Another text each time for the same value; its `mac` is the same. */
  seal(place: BindingPlace, value: string): SealedValue;
  /** @throws CorruptLogError where this is not what was sealed at this place. */
  open(place: BindingPlace, sealed: SealedValue): string;
}

export interface WebhookSafe {
  seal(secretId: string, value: string): SealedSecret;
  /** @throws CorruptLogError where this is not what was sealed as that secret of the webhook. */
  open(sealed: SealedSecret): string;
}
