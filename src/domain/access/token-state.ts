import { accept, type Decision } from '../decision.js';
import type { Digest } from '../ids.js';
import type { Grant } from './principal.js';
import type { TokenEvent } from './token-events.js';
import { checkTokenRequest, type TokenRequest } from './token.js';

/** A token as its stream tells it. It stays there once it is revoked. */
export interface TokenState {
  readonly tokenId: string;
  /** That it is over, by all of its grants. */
  readonly teams: Grant['teams'];
  readonly revoked: boolean;
  /** ISO 8601, UTC, as it was recorded last. */
  readonly lastUsedAt: string | undefined;
}

/** Milliseconds between two records of the use of a token. */
const USE_RECORDED_EVERY = 60 * 60 * 1000;

/** @returns undefined where it was not made yet. */
export function evolveToken(state: TokenState | undefined, { type, data }: TokenEvent): TokenState | undefined {
  if (type === 'TokenCreated') return { tokenId: data.tokenId, teams: teamsOfGrants(data.grants), revoked: false, lastUsedAt: undefined };
  if (!state) return undefined;
  switch (type) {
    case 'TokenRevoked':
      return { ...state, revoked: true };
    case 'TokenUsed':
      return { ...state, lastUsedAt: data.at };
    case 'TokenUnchanged':
      return state;
  }
}

export interface CreateToken extends TokenRequest {
  readonly tokenId: string;
  readonly secretHash: Digest;
}

/** @throws Refusal BAD_USER_INPUT. */
export function createToken({ tokenId, name, grants, expiresAt, secretHash }: CreateToken, now: string): Decision<TokenEvent> {
  checkTokenRequest({ name, grants, expiresAt }, now);
  const given = grants.map(({ role, teams }) => ({ role, teams: teams === 'ALL' ? teams : [...teams] }));
  const data = { tokenId, name, grants: given, ...(expiresAt !== undefined && { expiresAt }), secretHash };
  return accept([{ type: 'TokenCreated', data }]);
}

/** Revoking a token again changes nothing. */
export function revokeToken({ tokenId, revoked }: TokenState): Decision<TokenEvent> {
  return accept(revoked ? [] : [{ type: 'TokenRevoked', data: { tokenId } }]);
}

/** A token leaves 24 events a day at the most, however often and on however many nodes it is used. */
export function useToken(at: string, { tokenId, lastUsedAt }: TokenState): Decision<TokenEvent> {
  return accept(isUseDue(lastUsedAt, at) ? [{ type: 'TokenUsed', data: { tokenId, at } }] : []);
}

/** Whether a use at an instant is to be recorded: none was within the hour before it, nor after it. */
export function isUseDue(lastUsedAt: string | undefined, at: string): boolean {
  return lastUsedAt === undefined || Date.parse(at) - Date.parse(lastUsedAt) >= USE_RECORDED_EVERY;
}

/** The teams that grants are over, together. */
export function teamsOfGrants(grants: readonly Grant[]): Grant['teams'] {
  const named = new Set<string>();
  for (const { teams } of grants) {
    if (teams === 'ALL') return teams;
    for (const team of teams) named.add(team);
  }
  return [...named];
}
