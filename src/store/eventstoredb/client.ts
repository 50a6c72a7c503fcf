import type { EventStoreDBClient } from '@eventstore/db-client';
import { StoreUnavailableError } from '../errors.js';
import type { ConnectionString } from './connection-string.js';
import { Gate } from './gate.js';

/** A connection, and what is given with each call. */
export interface Connection {
  readonly client: EventStoreDBClient;
  /** Milliseconds that a call may be without an answer. */
  readonly timeoutMs: number;
  /** Given with each append: see `openConnection`. */
  readonly credentials: { readonly username: string; readonly password: string };
  /** Appends and reads take turns, and so do subscriptions that catch up: a connection takes about a hundred calls at once, and refuses more. */
  readonly calls: Gate;
  readonly catchUps: Gate;
}

const CALLS = 48;
const CATCH_UPS = 16;

/**
 * Loads the client and makes a connection; nothing is sent before the first call.
 *
 * The client appends through one long-lived `BatchAppend` call where it can. That call has no time limit of its own, and where it breaks the
 * client leaves promises behind that reject unhandled or never settle. It uses a call per append where credentials are given with it, so they always
 * are; without TLS it sends none, whatever they are.
 * @throws StoreUnavailableError where the client does not take the connection string.
 */
export async function openConnection(connection: ConnectionString, timeoutMs: number): Promise<Connection> {
  const { EventStoreDBClient } = await import('@eventstore/db-client');
  const credentials = connection.credentials ?? { username: 'anonymous', password: 'anonymous' };
  try {
    const client = EventStoreDBClient.connectionString(connection.text);
    return { client, timeoutMs, credentials, calls: new Gate(CALLS), catchUps: new Gate(CATCH_UPS) };
  } catch (error) {
    // The client's message quotes the string, in which a password may be.
    throw new StoreUnavailableError('EVENTSTORE_URL cannot be used: look at its options and at the certificate files that it names', {
      cause: error,
    });
  }
}
