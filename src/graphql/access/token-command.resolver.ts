import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { tokenById } from '../../../projections/tokens/queries.js';
import { noToken } from '../../commands/aggregates.js';
import type { CommandContext } from '../../commands/context.js';
import { handleCreateToken, handleRevokeToken } from '../../commands/tokens.js';
import type { Grant } from '../../domain/access/principal.js';
import { Refusal } from '../../domain/errors.js';
import type { Position } from '../../store/event-store.js';
import { Allow } from '../allow.js';
import { answered, Command } from '../command.js';
import type { RequestContext } from '../context.js';
import { toAccessToken } from './to-access-token.js';
import { CreateTokenInput, CreateTokenPayload, RevokeTokenInput, RevokeTokenPayload, type GrantInput } from './token.inputs.js';

@Resolver()
export class TokenCommandResolver {
  @Allow('ADMINISTER')
  @Mutation(() => CreateTokenPayload, {
    description:
      'Makes a token. It takes ADMINISTER in every team of every grant, and over all teams for a grant that is: nobody gives what they may not administer.',
  })
  async createToken(
    @Arg('input') { name, grants, expiresAt }: CreateTokenInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const request = { name, grants: grants.map(fromInput), expiresAt: expiresAt ?? undefined };
    const { tokenId, secret, position } = await handleCreateToken(context.backend.services, command, request);
    return payload(context, tokenId, position, { secret });
  }

  @Allow('ADMINISTER')
  @Mutation(() => RevokeTokenPayload, {
    description:
      'Ends a token for good: who bears it is refused, and their sockets are closed, on each node as soon as it knows. It takes what making it took.',
  })
  async revokeToken(
    @Arg('input') { tokenId }: RevokeTokenInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const { result, position } = await handleRevokeToken(context.backend.services, command, tokenId);
    return payload(context, tokenId, position, { revokedNow: result });
  }
}

function payload(context: RequestContext, tokenId: string, position: Position, more: object): Promise<object> {
  return answered(context, position, () => {
    const token = tokenById(context.readModel, tokenId);
    if (!token) return Promise.reject(noToken(tokenId));
    return Promise.resolve({ token: toAccessToken(context.backend, token), ...more });
  });
}

/** @throws Refusal BAD_USER_INPUT where it is not said over which teams, or twice. */
function fromInput({ role, teams, allTeams }: GrantInput): Grant {
  const named = teams ?? [];
  if ((allTeams === true) === named.length > 0) {
    throw new Refusal('BAD_USER_INPUT', 'grants: a role is given in teams that are named, or by allTeams in all: say one of the two');
  }
  return { role, teams: allTeams === true ? 'ALL' : named };
}
