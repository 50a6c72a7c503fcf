import type { Grant, Role } from '../../domain/access/principal.js';
import type { Token, TokenRequest } from '../../domain/access/token.js';
import { report } from '../command.js';
import { FAILED, OK, type ExitCode } from '../exit-code.js';
import { madeText, revokedText, tokensText } from '../token-text.js';
import type { Remote } from './remote.js';

interface ListedToken {
  readonly id: string;
  readonly name: string;
  readonly grants: readonly { readonly role: Role; readonly teams: readonly string[]; readonly allTeams: boolean }[];
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
}

interface Page {
  readonly edges: readonly { readonly node: ListedToken }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export const TOKENS = `query ($after: String) { tokens(first: 100, after: $after) {
  edges { node { id name grants { role teams allTeams } createdAt expiresAt revokedAt lastUsedAt } } pageInfo { hasNextPage endCursor } } }`;
export const CREATE_PAYLOAD = 'secret token { id name expiresAt }';
export const REVOKE_PAYLOAD = 'revokedNow token { id }';

interface CreatePayload {
  readonly position: string;
  /** Null where an answer to the same command was lost on the way, and the secret with it. */
  readonly secret: string | null;
  readonly token: Pick<ListedToken, 'id' | 'name' | 'expiresAt'>;
}

interface RevokePayload {
  readonly position: string;
  readonly revokedNow: boolean;
  readonly token: Pick<ListedToken, 'id'>;
}

export async function createTokenRemotely({ caller, terminal, json }: Remote, request: TokenRequest): Promise<ExitCode> {
  const { name, grants, expiresAt } = request;
  const input = { name, grants: grants.map(toInput), expiresAt };
  const { secret, token } = await caller.command<CreatePayload>('createToken', 'CreateTokenInput', CREATE_PAYLOAD, input);
  const made = { tokenId: token.id, name: token.name, secret, expiresAt: token.expiresAt };
  if (secret !== null) {
    await report(terminal, json, made, madeText({ ...made, secret }));
    return OK;
  }
  const text = `Token ${token.id} (${token.name}) was made before by this command, and its secret was told then alone: revoke it, and make another.`;
  await report(terminal, json, made, text);
  return FAILED;
}

export async function revokeTokenRemotely({ caller, terminal, json }: Remote, tokenId: string): Promise<ExitCode> {
  const { revokedNow } = await caller.command<RevokePayload>('revokeToken', 'RevokeTokenInput', REVOKE_PAYLOAD, { tokenId });
  await report(terminal, json, { tokenId, revokedNow }, revokedText(tokenId, revokedNow));
  return OK;
}

export async function listTokensRemotely({ caller, terminal, json }: Remote): Promise<ExitCode> {
  const tokens: Token[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { tokens: page }: { tokens: Page } = await caller.ask<{ tokens: Page }>(TOKENS, { after });
    tokens.push(...page.edges.map(({ node }) => fromListed(node)));
    ({ hasNextPage: more, endCursor: after } = page.pageInfo);
  }
  await report(terminal, json, { tokens }, tokensText(tokens, new Date().toISOString()));
  return OK;
}

function toInput({ role, teams }: Grant): object {
  return teams === 'ALL' ? { role, allTeams: true } : { role, teams };
}

function fromListed({ id, name, grants, createdAt, expiresAt, revokedAt, lastUsedAt }: ListedToken): Token {
  return {
    tokenId: id,
    name,
    grants: grants.map(({ role, teams, allTeams }) => ({ role, teams: allTeams ? 'ALL' : teams })),
    createdAt,
    expiresAt: expiresAt ?? undefined,
    revokedAt: revokedAt ?? undefined,
    lastUsedAt: lastUsedAt ?? undefined,
  };
}
