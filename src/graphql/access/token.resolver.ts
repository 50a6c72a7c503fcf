import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { countTokens, pageOfTokens } from '../../../projections/tokens/queries.js';
import { teamsOf } from '../../domain/access/principal.js';
import { Allow } from '../allow.js';
import { decodeCursor, firstOf, PageArgs, toConnection, type ConnectionOf } from '../connection.js';
import type { RequestContext } from '../context.js';
import { toAccessToken } from './to-access-token.js';
import { AccessTokenConnection, type AccessToken } from './token.types.js';

@Resolver()
export class TokenResolver {
  @Allow('ADMINISTER')
  @Query(() => AccessTokenConnection, {
    description:
      'Access tokens in the order of their ids, also those that open nothing any more: those all of whose teams one may ADMINISTER. One that is over all teams is shown to who may ADMINISTER all.',
  })
  tokens(@Args(() => PageArgs) page: PageArgs, @Ctx() { backend, principal, readModel }: RequestContext): ConnectionOf<AccessToken> {
    const teams = teamsOf(principal, 'ADMINISTER');
    const after = decodeCursor(page.after, { tokenId: '' });
    return toConnection(
      pageOfTokens(readModel, teams, firstOf(page), after?.tokenId),
      after,
      ({ tokenId }) => ({ tokenId }),
      () => countTokens(readModel, teams),
      (token) => toAccessToken(backend, token),
    );
  }
}
