import type { Token } from '../../domain/access/token.js';
import type { Backend } from '../context.js';
import { toGrant } from './to-grant.js';
import type { AccessToken } from './token.types.js';

export function toAccessToken({ tokenUses }: Pick<Backend, 'tokenUses'>, token: Token): AccessToken {
  const { tokenId, name, grants, createdAt, expiresAt, revokedAt } = token;
  return {
    id: tokenId,
    name,
    grants: grants.map(toGrant),
    createdAt,
    expiresAt: expiresAt ?? null,
    revokedAt: revokedAt ?? null,
    lastUsedAt: tokenUses.lastUseOf(token) ?? null,
  };
}
