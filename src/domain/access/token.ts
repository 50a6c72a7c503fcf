import { Refusal } from '../errors.js';
import type { Grant, Principal } from './principal.js';

/** What somebody asks a token for. */
export interface TokenRequest {
  readonly name: string;
  readonly grants: readonly Grant[];
  /** ISO 8601, UTC. */
  readonly expiresAt?: string | undefined;
}

/** A token as those see it who look after tokens: without its secret, which nobody has but its bearer. */
export interface Token extends TokenRequest {
  readonly tokenId: string;
  readonly createdAt: string;
  readonly revokedAt?: string | undefined;
  /** As the log has it: at the most an hour before it was used last. */
  readonly lastUsedAt?: string | undefined;
}

const NAME = /^[\w.@-]{1,60}$/;

/** @throws Refusal BAD_USER_INPUT for a name that is none, grants over nothing, and a time that is past. */
export function checkTokenRequest({ name, grants, expiresAt }: TokenRequest, now: string): void {
  if (!NAME.test(name)) throw bad('the name of a token has up to 60 letters, digits, dots, hyphens, underscores and @: it names who acts');
  if (grants.length === 0) throw bad('a token needs a role, and teams to have it in');
  if (grants.some(({ teams }) => teams.length === 0 || (teams !== 'ALL' && teams.includes('')))) {
    throw bad('a role is given in named teams, or in all: name one at least');
  }
  if (expiresAt !== undefined && expiresAt <= now) throw bad(`a token cannot expire at ${expiresAt}: that is past`);
}

/** Whether a token opens anything: it was not revoked, and has not expired. */
export function isGood({ expiresAt, revokedAt }: Pick<Token, 'expiresAt' | 'revokedAt'>, now: string): boolean {
  return revokedAt === undefined && (expiresAt === undefined || now < expiresAt);
}

/** Who acts by a token. Names are not unique, ids are: an event tells both. */
export function bearerOf({ tokenId, name, grants }: Pick<Token, 'tokenId' | 'name' | 'grants'>): Principal {
  return { actor: { id: `${name}/${tokenId}`, kind: 'SERVICE' }, grants };
}

function bad(message: string): Refusal {
  return new Refusal('BAD_USER_INPUT', message);
}
