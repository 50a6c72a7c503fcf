import type { Runtime } from '../commands/context.js';
import type { DeliveryResult } from '../domain/webhook/outcome.js';
import type { RecordedAttempt } from '../domain/webhook/progress.js';
import { validSecrets, type WebhookState } from '../domain/webhook/state.js';
import type { Vault } from '../secrets/vault.js';
import { signatureHeaders, type WebhookMessage } from './message.js';
import type { Sender } from './sender.js';

export interface CourierOptions {
  readonly sender: Sender;
  readonly vault: Pick<Vault, 'webhookSafeOf'>;
  readonly runtime: Pick<Runtime, 'now'>;
}

export interface Attempted {
  readonly result: DeliveryResult;
  /** ISO 8601, UTC: when it ended. */
  readonly at: string;
}

/** Characters of an answer that are recorded, of one that is no success. */
const RECORDED_ANSWER = 300;

/** Takes messages to receivers, signed by every secret that is valid then. */
export class Courier {
  constructor(private readonly options: CourierOptions) {}

  /**
   * Attempts it once.
   * @throws Refusal SECRET_KEY_WRONG where the secret cannot be opened; the reason of the signal.
   */
  async attempt(webhook: WebhookState, message: WebhookMessage, signal?: AbortSignal): Promise<Attempted> {
    const { sender, vault, runtime } = this.options;
    const safe = await vault.webhookSafeOf(webhook.webhookId);
    const now = runtime.now();
    const secrets = validSecrets(webhook.secrets, now).map((secret) => safe.open(secret));
    const headers = signatureHeaders(message, secrets, new Date(now));
    const result = await sender.send({ url: webhook.settings.url, headers, body: message.body }, signal);
    return { result, at: runtime.now() };
  }
}

/** An attempt as the log tells it. What a receiver answers to a success is nobody's business. */
export function outcomeOf({ result, at }: Attempted): Pick<RecordedAttempt, 'at' | 'status' | 'problem' | 'message'> {
  if (result.kind === 'unanswered') return { at, problem: result.why, message: result.message };
  const { status, body } = result;
  const succeeded = status >= 200 && status < 300;
  return { at, status, ...(!succeeded && body !== '' && { message: wellFormed(body) }) };
}

/** Without what JSON and SQLite would not give back as it is. */
function wellFormed(text: string): string {
  return text.slice(0, RECORDED_ANSWER).replaceAll('\u0000', '').toWellFormed();
}
