import Type from 'typebox';
import { event, idSchema, masked, type EventOf } from '../event-schema.js';
import type { AppId } from '../ids.js';

/** A data key, wrapped by a master key: what stands here opens nothing without that one. */
const WrappedKey = {
  keyId: Type.String({ minLength: 1 }),
  /** The app whose values it seals; not there for the server's own: that of the log, by which commands are told apart, and that of webhooks. */
  appId: Type.Optional(idSchema<AppId>()),
  /** Names the master key that wraps it. */
  masterKeyId: Type.String({ minLength: 1 }),
  /** Base64. */
  wrapped: masked(),
  /** Base64. */
  nonce: masked(),
};

/** The streams `key-<app id>`, `key-log` and `key-webhooks`: each holds one data key, as it was wrapped last. */
export const keyEventSchemas = {
  DataKeyCreated: event(WrappedKey),
  /** The same key, wrapped by another master key. */
  DataKeyRewrapped: event(WrappedKey),
};

export const KEY_STREAM = 'key-';

export type KeyEvent = EventOf<typeof keyEventSchemas>;
