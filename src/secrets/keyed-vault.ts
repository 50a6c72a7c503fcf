import { randomBytes, randomInt, type KeyObject } from 'node:crypto';
import type { BindingPlace, SealedValue } from '../domain/app/bindings.js';
import type { AppId, Digest, WebhookId } from '../domain/ids.js';
import type { SealedSecret } from '../domain/webhook/state.js';
import { CorruptLogError } from '../store/errors.js';
import { deriveKey, hmac, KEY_BYTES, seal, unseal } from './ciphers.js';
import type { DataKey, DataKeys } from './data-keys.js';
import type { Safe, Vault, WebhookSafe } from './vault.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 32;

/** The vault over the data keys of the log. */
export class KeyedVault implements Vault {
  constructor(private readonly keys: DataKeys) {}

  async safeOf(appId: AppId): Promise<Safe> {
    return new AppSafe(appId, await this.keys.ofApp(appId));
  }

  async webhookSafeOf(webhookId: WebhookId): Promise<WebhookSafe> {
    return new SafeOfWebhook(webhookId, await this.keys.ofWebhooks());
  }

  async fingerprintOf(text: string): Promise<Digest> {
    const { key } = await this.keys.ofLog();
    return hmac(deriveKey(key, 'commands'), text, 'hex') as Digest;
  }

  generate(): string {
    return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  }

  generateWebhookSecret(): string {
    return `whsec_${randomBytes(KEY_BYTES).toString('base64')}`;
  }

  check(): Promise<void> {
    return this.keys.check();
  }
}

class AppSafe implements Safe {
  readonly #keyId: string;
  readonly #sealing: KeyObject;
  readonly #equality: KeyObject;

  constructor(
    private readonly appId: AppId,
    { id, key }: DataKey,
  ) {
    this.#keyId = id;
    this.#sealing = deriveKey(key, 'sealing');
    this.#equality = deriveKey(key, 'equality');
  }

  seal(place: BindingPlace, value: string): SealedValue {
    const about = this.#about(place);
    const mac = hmac(this.#equality, JSON.stringify([...about, value]), 'base64');
    return { keyId: this.#keyId, ...seal(this.#sealing, Buffer.from(value, 'utf8'), about), mac };
  }

  open(place: BindingPlace, sealed: SealedValue): string {
    const bytes = sealed.keyId === this.#keyId ? unseal(this.#sealing, sealed, this.#about(place)) : undefined;
    if (bytes) return bytes.toString('utf8');
    throw new CorruptLogError(`app ${this.appId}: what is bound at ${place.path} of ${place.componentId} is not what was sealed there`);
  }

  #about({ componentId, path }: BindingPlace): string[] {
    return [this.appId, componentId, path];
  }
}

class SafeOfWebhook implements WebhookSafe {
  readonly #keyId: string;
  readonly #sealing: KeyObject;

  constructor(
    private readonly webhookId: WebhookId,
    { id, key }: DataKey,
  ) {
    this.#keyId = id;
    this.#sealing = deriveKey(key, 'sealing');
  }

  seal(secretId: string, value: string): SealedSecret {
    return { secretId, keyId: this.#keyId, ...seal(this.#sealing, Buffer.from(value, 'utf8'), [this.webhookId, secretId]) };
  }

  open(sealed: SealedSecret): string {
    const bytes = sealed.keyId === this.#keyId ? unseal(this.#sealing, sealed, [this.webhookId, sealed.secretId]) : undefined;
    if (bytes) return bytes.toString('utf8');
    throw new CorruptLogError(`webhook ${this.webhookId}: secret ${sealed.secretId} is not what was sealed as it`);
  }
}
