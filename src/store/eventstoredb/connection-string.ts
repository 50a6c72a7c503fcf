import { StoreUnavailableError } from '../errors.js';

export interface ConnectionString {
  readonly text: string;
  /** The hosts with their ports, for people; without credentials. */
  readonly address: string;
  readonly tls: boolean;
  readonly credentials?: { readonly username: string; readonly password: string };
}

/**
 * What the adapter itself needs to know of a connection string; all else is the client's to read.
 * @throws StoreUnavailableError that does not show the string, as there may be a password in it.
 */
export function readConnectionString(text: string): ConnectionString {
  const match = /^esdb(?:\+discover)?:\/\/(?:([^:/?@]+):([^@]*)@)?([^/?@]+)\/?(?:\?(.*))?$/.exec(text.trim());
  if (!match) throw new StoreUnavailableError('EVENTSTORE_URL is not of the form esdb://user:password@host:2113?tls=true');
  const [, username, password, address = '', query = ''] = match;
  const tls = !/(?:^|&)tls=false(?:&|$)/i.test(query);
  if (username !== undefined && password !== undefined) {
    return { text, address, tls, credentials: { username: decoded(username), password: decoded(password) } };
  }
  if (tls) {
    throw new StoreUnavailableError(`EVENTSTORE_URL names no user, and a server with TLS asks for one: esdb://user:password@${address}`);
  }
  return { text, address, tls };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // The error is not passed on: what it is about may be the password.
    throw new StoreUnavailableError('EVENTSTORE_URL has a % in its user or password that encodes nothing: write it %25');
  }
}
