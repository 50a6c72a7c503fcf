import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '../domain/access/principal.js';
import { Refusal } from '../domain/errors.js';
import type { Allowance } from '../rates/allowance.js';
import type { Authenticate } from './authenticator.js';

/**
 * Says who asks as `authenticate` does, and slows down whoever tries tokens: an address that was refused as often as it may be within a minute is not
 * listened to until the minute is over, whatever it bears. Otherwise the good guess would be told from the others.
 * @throws RateLimitedError; what `authenticate` throws.
 */
export function slowingGuesses(
  authenticate: Authenticate,
  refusals: Allowance,
): (headers: IncomingHttpHeaders, address: string) => Promise<Principal> {
  return async (headers, address) => {
    await refusals.requireLeft(address);
    try {
      return await authenticate(headers);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'UNAUTHENTICATED') await refusals.count(address);
      throw error;
    }
  };
}
