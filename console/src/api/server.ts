import { createClient } from '@regraft/client';
import { session } from './token.ts';

/** The server that this page came from: who asks is read anew for each request. */
export const API = new URL('/graphql', window.location.href);

/** An empty token is none: `Bearer ` alone would be refused by an open server, too. */
export const server = () => createClient({ url: API, ...(session.token !== undefined && { token: session.token }) });
