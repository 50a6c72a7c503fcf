import type { Variables } from './variables.js';

/** Where the command line finds a server, and what lets it in there. */
export interface ClientSettings {
  readonly url: string;
  /** An access token, or a JWT. */
  readonly token?: string;
}

export const DEFAULT_URL = 'http://127.0.0.1:4000';

/** The server asks for these, too, so that they may be set for both: they are for its clients. */
export function readClient(variables: Variables): ClientSettings {
  const url = variables.text('REGRAFT_URL') ?? DEFAULT_URL;
  const token = variables.text('REGRAFT_TOKEN');
  return { url, ...(token && { token }) };
}
