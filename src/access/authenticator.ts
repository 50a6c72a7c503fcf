import type { IncomingHttpHeaders } from 'node:http';
import { bearerOf, isGood, type Token } from '../domain/access/token.js';
import { LOCAL, type Principal } from '../domain/access/principal.js';
import { Refusal } from '../domain/errors.js';
import type { Digest } from '../domain/ids.js';
import { looksLikeJwt, type VerifyJwt } from './oidc.js';
import { hashOfSecret, isTokenSecret } from './token-secret.js';

/** Says who asks, by the headers of a request. @throws Refusal UNAUTHENTICATED, and errors where it cannot be known just now. */
export type Authenticate = (headers: IncomingHttpHeaders) => Promise<Principal>;

/** Everybody is let in, and may do everything. */
export const openToAll: Authenticate = () => Promise.resolve(LOCAL);

/** @throws ReadModelUnavailableError where it cannot be known which tokens there are: nobody is let in then. */
export type FindToken = (secretHash: Digest) => Token | undefined;

/** Is told of every use of a token that is good. */
export type UseOfToken = (token: Token, at: string) => void;

/** Lets in who bears a token that is good now, or a JWT that `verifyJwt` knows. */
export function byTokens(find: FindToken, used: UseOfToken, now: () => string, verifyJwt?: VerifyJwt): Authenticate {
  return async ({ authorization }) => {
    if (authorization === undefined) throw unauthenticated('send a token: Authorization: Bearer rgt_…');
    const secret = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (verifyJwt && secret !== undefined && looksLikeJwt(secret)) return verifyJwt(secret);
    if (secret === undefined || !isTokenSecret(secret)) {
      throw unauthenticated('the Authorization header has no token of this server: Bearer rgt_… is expected');
    }
    const token = find(hashOfSecret(secret));
    // Which of the three it is, whoever does not bear a good one is not told.
    const at = now();
    if (!token || !isGood(token, at)) throw unauthenticated('the token is not known, was revoked, or has expired: ask for another');
    used(token, at);
    return bearerOf(token);
  };
}

function unauthenticated(message: string): Refusal {
  return new Refusal('UNAUTHENTICATED', message);
}
