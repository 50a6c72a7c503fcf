import type { Grant } from '../../src/domain/access/principal.js';
import type { Token } from '../../src/domain/access/token.js';
import type { Digest } from '../../src/domain/ids.js';
import type { ReadModel } from '../../src/projector/projection.js';
import { list, toPage, where, type Condition, type Page } from '../page.js';

interface TokenRow {
  readonly tokenId: string;
  readonly name: string;
  readonly grants: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
}

const COLUMNS = `token_id AS tokenId, name, grants, created_at AS createdAt, expires_at AS expiresAt, revoked_at AS revokedAt,
  last_used_at AS lastUsedAt`;

export function tokenByHash(db: ReadModel, secretHash: Digest): Token | undefined {
  const row = db.get<TokenRow>(`SELECT ${COLUMNS} FROM tokens WHERE secret_hash = ?`, secretHash);
  return row && tokenOf(row);
}

export function tokenById(db: ReadModel, tokenId: string): Token | undefined {
  const row = db.get<TokenRow>(`SELECT ${COLUMNS} FROM tokens WHERE token_id = ?`, tokenId);
  return row && tokenOf(row);
}

/**
 * Tokens in the order of their ids.
 * @param teams those that all teams of a token are to be among.
 * @param after the id of a token: those after it.
 */
export function pageOfTokens(db: ReadModel, teams: Teams, first: number, after: string | undefined): Page<Token> {
  const { sql, parameters } = where(within(teams), after !== undefined && ['token_id > ?', after]);
  const rows = db.all<TokenRow>(`SELECT ${COLUMNS} FROM tokens ${sql} ORDER BY token_id LIMIT ?`, ...parameters, first + 1);
  return toPage(rows.map(tokenOf), first);
}

export function countTokens(db: ReadModel, teams: Teams): number {
  const { sql, parameters } = where(within(teams));
  return db.get<{ total: number }>(`SELECT count(*) AS total FROM tokens ${sql}`, ...parameters)?.total ?? 0;
}

type Teams = Grant['teams'];

/** Matches tokens whose grants are all over named teams, and those among the teams. A team may be called ALL: by its type it is told from all teams. */
function within(teams: Teams): Condition | undefined {
  if (teams === 'ALL') return undefined;
  const sql = `NOT EXISTS (
    SELECT 1 FROM json_each(tokens.grants) AS given, json_each(given.value, '$.teams') AS team
    WHERE json_type(given.value, '$.teams') <> 'array' OR team.value NOT IN (SELECT value FROM json_each(?)))`;
  return [sql, list(teams)];
}

function tokenOf({ grants, expiresAt, revokedAt, lastUsedAt, ...row }: TokenRow): Token {
  return {
    ...row,
    grants: JSON.parse(grants) as Grant[],
    expiresAt: expiresAt ?? undefined,
    revokedAt: revokedAt ?? undefined,
    lastUsedAt: lastUsedAt ?? undefined,
  };
}
