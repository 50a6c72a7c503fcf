import type { Grant } from '../../src/domain/access/principal.js';
import type { Token } from '../../src/domain/access/token.js';
import type { Digest } from '../../src/domain/ids.js';
import type { ReadModel } from '../../src/projector/projection.js';

interface TokenRow {
  readonly tokenId: string;
  readonly name: string;
  readonly grants: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

const COLUMNS = 'token_id AS tokenId, name, grants, created_at AS createdAt, expires_at AS expiresAt, revoked_at AS revokedAt';

export function tokenByHash(db: ReadModel, secretHash: Digest): Token | undefined {
  const row = db.get<TokenRow>(`SELECT ${COLUMNS} FROM tokens WHERE secret_hash = ?`, secretHash);
  return row && tokenOf(row);
}

function tokenOf({ grants, expiresAt, revokedAt, ...row }: TokenRow): Token {
  return { ...row, grants: JSON.parse(grants) as Grant[], expiresAt: expiresAt ?? undefined, revokedAt: revokedAt ?? undefined };
}
