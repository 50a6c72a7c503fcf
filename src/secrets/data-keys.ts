import { createSecretKey, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Refusal } from '../domain/errors.js';
import type { AppId } from '../domain/ids.js';
import { KEY_STREAM, type KeyEvent } from '../domain/key/events.js';
import type { CommandContext, Runtime } from '../commands/context.js';
import type { EventWriter } from '../commands/event-writer.js';
import { readable } from '../commands/readable.js';
import { CorruptLogError, RevisionConflictError } from '../store/errors.js';
import type { EventStore, StreamName } from '../store/event-store.js';
import { newKey, seal, unseal } from './ciphers.js';
import { masterKeyById, type MasterKey, type MasterKeys } from './master-keys.js';

export interface DataKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** A data key as its stream has it now. */
interface Wrapped {
  readonly data: KeyEvent['data'];
  readonly revision: number;
}

const KEPT = 10_000;
const LOG_STREAM = `${KEY_STREAM}log`;
const WEBHOOKS_STREAM = `${KEY_STREAM}webhooks`;

/** Data keys by their streams: made when first needed, stored wrapped, kept opened. */
export class DataKeys {
  readonly #opened = new LRUCache<StreamName, DataKey>({ max: KEPT });

  /** @param store decoded. */
  constructor(
    private readonly store: Pick<EventStore, 'readStream'>,
    private readonly writer: EventWriter,
    private readonly runtime: Runtime,
    private readonly masterKeys: MasterKeys,
  ) {}

  /** The key of the log: the first one that is made, so that nothing is sealed in a log by keys that do not belong to it. */
  ofLog(): Promise<DataKey> {
    return this.#keyIn(LOG_STREAM, {});
  }

  async ofApp(appId: AppId): Promise<DataKey> {
    await this.ofLog();
    return this.#keyIn(KEY_STREAM + appId, { appId });
  }

  /** One for all webhooks: their secrets are few. */
  async ofWebhooks(): Promise<DataKey> {
    await this.ofLog();
    return this.#keyIn(WEBHOOKS_STREAM, {});
  }

  /** @throws Refusal SECRET_KEY_WRONG where there is a key of the log, and it does not open. */
  async check(): Promise<void> {
    const wrapped = await this.#read(LOG_STREAM);
    if (wrapped) this.#open(LOG_STREAM, wrapped);
  }

  /**
   * Wraps the key of a stream by the current master key.
   * @returns false where it is wrapped by that one already.
   */
  async rewrap(stream: StreamName): Promise<boolean> {
    const wrapped = await this.#read(stream);
    const { current } = this.masterKeys;
    if (!wrapped || wrapped.data.masterKeyId === current.id) return false;
    const { appId, keyId } = wrapped.data;
    const data = wrap(stream, this.#open(stream, wrapped), current, { keyId, ...(appId !== undefined && { appId }) });
    await this.writer.append(stream, wrapped.revision, [{ type: 'DataKeyRewrapped', data }], this.#context());
    return true;
  }

  async #keyIn(stream: StreamName, about: { readonly appId?: AppId }): Promise<DataKey> {
    const kept = this.#opened.get(stream);
    if (kept) return kept;
    const wrapped = (await this.#read(stream)) ?? (await this.#make(stream, about));
    const opened = this.#open(stream, wrapped);
    this.#opened.set(stream, opened);
    return opened;
  }

  async #make(stream: StreamName, about: { readonly appId?: AppId }): Promise<Wrapped> {
    const keyId = this.runtime.newId();
    const data = wrap(stream, { id: keyId, key: newKey() }, this.masterKeys.current, { keyId, ...about });
    try {
      const { revision } = await this.writer.append(stream, 'no_stream', [{ type: 'DataKeyCreated', data }], this.#context());
      return { data, revision };
    } catch (error) {
      if (!(error instanceof RevisionConflictError)) throw error;
      // Somebody else made it just now: theirs counts.
      const wrapped = await this.#read(stream);
      if (!wrapped) throw error;
      return wrapped;
    }
  }

  async #read(stream: StreamName): Promise<Wrapped | undefined> {
    const [event] = readable(await this.store.readStream(stream, { direction: 'backwards', limit: 1 }));
    return event && { data: event.data as KeyEvent['data'], revision: event.revision };
  }

  #open(stream: StreamName, { data: { keyId, masterKeyId, wrapped, nonce } }: Wrapped): DataKey {
    const master = masterKeyById(this.masterKeys, masterKeyId);
    if (!master) throw wrongKey(masterKeyId, this.masterKeys);
    const bytes = unseal(master.key, { ciphertext: wrapped, nonce }, [stream, keyId]);
    if (!bytes) throw new CorruptLogError(`${stream}: the data key was changed: master key ${masterKeyId} does not open it`);
    return { id: keyId, key: createSecretKey(bytes) };
  }

  #context(): CommandContext {
    return { actor: { id: 'regraft', kind: 'SERVICE' }, correlationId: this.runtime.newId() };
  }
}

function wrap(stream: StreamName, { id, key }: DataKey, master: MasterKey, about: { keyId: string; appId?: AppId }): KeyEvent['data'] {
  const { ciphertext, nonce } = seal(master.key, key.export(), [stream, id]);
  return { ...about, masterKeyId: master.id, wrapped: ciphertext, nonce };
}

function wrongKey(masterKeyId: string, { current, previous }: MasterKeys): Refusal {
  const known = [current, previous].flatMap((key) => (key ? [key.id] : []));
  return new Refusal(
    'SECRET_KEY_WRONG',
    `the secret key of this server (${known.join(', ')}) is not the one that secrets in the log are kept with (${masterKeyId}): give it that one, by REGRAFT_SECRET_KEY or as the file secret.key of its data folder; meanwhile all that needs no secret works`,
    { needed: masterKeyId, known },
  );
}
