import { isGood, type Token } from '../domain/access/token.js';

/** What commands say of tokens, whether they work on the log or over the API. */
export function madeText({ tokenId, name, secret }: { readonly tokenId: string; readonly name: string; readonly secret: string }): string {
  return `Token ${tokenId} (${name}) is made. Its secret is shown this once; send it as "Authorization: Bearer <secret>":\n${secret}`;
}

export function revokedText(tokenId: string, revokedNow: boolean): string {
  return revokedNow ? `Token ${tokenId} is revoked.` : `Token ${tokenId} was revoked before.`;
}

/** A token a line. @param now ISO 8601, UTC. */
export function tokensText(tokens: readonly Token[], now: string): string {
  return tokens.map((token) => lineOf(token, now)).join('\n') || 'There are no tokens.';
}

function lineOf(token: Token, now: string): string {
  const { tokenId, name, grants, expiresAt, revokedAt, lastUsedAt } = token;
  const what = grants.map(({ role, teams }) => `${role} in ${teams === 'ALL' ? 'all teams' : teams.join(', ')}`).join('; ');
  const until = isGood(token, now) ? (expiresAt ? `until ${expiresAt}` : 'until revoked') : revokedAt ? `revoked ${revokedAt}` : 'expired';
  return `${tokenId}  ${name}  ${what}  ${until}  ${lastUsedAt === undefined ? 'never used' : `used ${lastUsedAt}`}`;
}
