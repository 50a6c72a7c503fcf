import { GraphQLError } from 'graphql';
import type { Authenticate } from './access/authenticator.js';
import { slowingGuesses } from './access/guesses.js';
import { IssuerUnavailableError } from './access/oidc-discovery.js';
import type { Access } from './config/access.js';
import type { RateLimits } from './config/rate-limits.js';
import type { Principal } from './domain/access/principal.js';
import { Refusal } from './domain/errors.js';
import type { Charge } from './graphql/context.js';
import { notRun } from './graphql/errors.js';
import type { Caller } from './http/caller.js';
import type { Greeting } from './http/operation.js';
import { Allowance, RateLimitedError } from './rates/allowance.js';

/** What each operation costs beside what it asks for: to be read, checked, and answered. About a millisecond, as an answer of this many fields. */
export const COST_OF_ASKING = 500;

/** Says who is let in, and how much they may ask for. */
export interface Entrance {
  /**
   * @param known is told who it is, also where they have asked for too much.
   * @throws GraphQLError with the HTTP status of a request that is not run.
   */
  readonly admit: (
    caller: Caller,
    known: (principal: Principal) => void,
  ) => Promise<{ readonly principal: Principal; readonly charge: Charge }>;
  readonly greet: (caller: Caller) => Promise<Greeting>;
  /** Whether somebody who was let in still is. */
  readonly isLetIn: (caller: Caller) => Promise<boolean>;
}

export function openEntrance(authenticate: Authenticate, access: Access, { cost, refusals }: RateLimits): Entrance {
  const slowed = refusals === undefined ? authenticate : slowingGuesses(authenticate, new Allowance(refusals));
  const allowance = cost === undefined ? undefined : new Allowance(cost);
  // The rest of an allowance is what an operation may cost at most, so that each can be asked for once a minute.
  const most = Math.max(1, (cost ?? 0) - COST_OF_ASKING);
  return {
    admit: async ({ headers, address }, known) => {
      const principal = await asRequest(() => slowed(headers, address));
      known(principal);
      const payer = access === 'open' ? address : principal.actor.id;
      const take = (points: number): Promise<void> => asRequest(async () => allowance?.take(payer, points));
      await take(COST_OF_ASKING);
      return { principal, charge: (points) => take(Math.min(points, most)) };
    },
    greet: ({ headers, address }) => greetingOf(() => slowed(headers, address)),
    isLetIn: async ({ headers }) => (await greetingOf(() => authenticate(headers))) === 'WELCOME',
  };
}

/** @throws GraphQLError with the HTTP status of a request that is not run. */
async function asRequest<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof IssuerUnavailableError) {
      const extensions = { code: 'ISSUER_UNAVAILABLE', retryAfterSeconds: 5, http: { status: 503 } };
      throw new GraphQLError(error.message, { extensions });
    }
    throw notRun(error);
  }
}

/** Who is not known just now is welcome: a socket is not closed for read models that come back, and each operation is looked at again. */
async function greetingOf(run: () => Promise<unknown>): Promise<Greeting> {
  try {
    await run();
    return 'WELCOME';
  } catch (error) {
    if (error instanceof RateLimitedError) return 'LATER';
    return error instanceof Refusal ? 'UNAUTHORIZED' : 'WELCOME';
  }
}
