import { hashOfSecret, newTokenSecret } from '../access/token-secret.js';
import { createToken, revokeToken, teamsOfGrants, useToken } from '../domain/access/token-state.js';
import type { TokenRequest } from '../domain/access/token.js';
import type { Position } from '../store/event-store.js';
import { requireTeams } from './access.js';
import { requireToken } from './aggregates.js';
import type { CommandContext } from './context.js';
import { execute, type CommandServices, type Executed, type ExecutionServices } from './execute.js';
import { idOfNew } from './named-command.js';
import { tokenTarget } from './target.js';

export type TokenServices = ExecutionServices & Pick<CommandServices, 'aggregates'>;

export interface NewToken {
  readonly tokenId: string;
  /** Told here, and never again: null where the command was carried out before, since nothing has it any more. */
  readonly secret: string | null;
  readonly position: Position;
}

/**
 * Nobody gives what they may not administer: it takes the permission in all teams of all grants, and over all for a grant that is.
 * @throws Refusal BAD_USER_INPUT, FORBIDDEN.
 */
export async function handleCreateToken(services: TokenServices, context: CommandContext, request: TokenRequest): Promise<NewToken> {
  const { aggregates, runtime } = services;
  requireTeams(context.access, teamsOfGrants(request.grants));
  const [tokenId, secret] = [idOfNew(context, runtime), newTokenSecret()];
  const { position, repeats } = await execute(services, context, tokenTarget(aggregates, tokenId), {
    decide: () => createToken({ ...request, tokenId, secretHash: hashOfSecret(secret) }, runtime.now()),
    answer: () => undefined,
  });
  return { tokenId, secret: repeats ? null : secret, position };
}

/** @returns whether it was good until then: false where it was revoked before. @throws Refusal NOT_FOUND, FORBIDDEN. */
export function handleRevokeToken(services: TokenServices, context: CommandContext, tokenId: string): Promise<Executed<boolean>> {
  return execute(services, context, tokenTarget(services.aggregates, tokenId), {
    decide: (loaded) => revokeToken(requireToken(tokenId, loaded)),
    answer: (events) => events.some(({ type }) => type === 'TokenRevoked'),
  });
}

/** Records, now and then, that a token was used. @throws Refusal NOT_FOUND. */
export async function handleUseToken(services: TokenServices, context: CommandContext, tokenId: string, at: string): Promise<void> {
  await execute(services, context, tokenTarget(services.aggregates, tokenId), {
    decide: (loaded) => useToken(at, requireToken(tokenId, loaded)),
    answer: () => undefined,
  });
}
