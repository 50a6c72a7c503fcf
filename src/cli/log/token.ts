import { EventWriter } from '../../commands/event-writer.js';
import { createToken, revokeToken, type TokenServices } from '../../commands/tokens.js';
import type { TokenEvent } from '../../domain/access/token-events.js';
import { isGood, type Token, type TokenRequest } from '../../domain/access/token.js';
import { eventSchemas } from '../../domain/event-catalogue.js';
import { pagesOf } from '../../audit/pages.js';
import { EventCodec } from '../../store/codec.js';
import { decodingStore } from '../../store/decoding-store.js';
import { BEFORE_FIRST, type EventStore, type RecordedEvent } from '../../store/event-store.js';
import { systemRuntime } from '../../system-runtime.js';
import { report, type Terminal } from '../command.js';
import { OK, type ExitCode } from '../exit-code.js';

/** Makes a token in the log itself: whoever may write there needs none for it. @throws Refusal BAD_USER_INPUT. */
export async function createTokenCommand(store: EventStore, terminal: Terminal, request: TokenRequest, json: boolean): Promise<ExitCode> {
  const { tokenId, secret } = await createToken(servicesOver(store), request, atTheCommandLine());
  const text = `Token ${tokenId} (${request.name}) is made. Its secret is shown this once; send it as "Authorization: Bearer <secret>":\n${secret}`;
  await report(terminal, json, { tokenId, name: request.name, secret, expiresAt: request.expiresAt ?? null }, text);
  return OK;
}

/** @throws Refusal NOT_FOUND. */
export async function revokeTokenCommand(store: EventStore, terminal: Terminal, tokenId: string, json: boolean): Promise<ExitCode> {
  const position = await revokeToken(servicesOver(store), tokenId, atTheCommandLine());
  const text = position === undefined ? `Token ${tokenId} was revoked before.` : `Token ${tokenId} is revoked.`;
  await report(terminal, json, { tokenId, revokedNow: position !== undefined }, text);
  return OK;
}

export async function listTokensCommand(store: EventStore, terminal: Terminal, json: boolean): Promise<ExitCode> {
  const tokens = await tokensIn(decodingStore(store, new EventCodec(eventSchemas)));
  const now = systemRuntime.now();
  const text = tokens.map((token) => lineOf(token, now)).join('\n');
  await report(terminal, json, { tokens }, text || 'There are no tokens.');
  return OK;
}

async function tokensIn(store: EventStore): Promise<Token[]> {
  const tokens = new Map<string, Token>();
  for await (const page of pagesOf(store, BEFORE_FIRST)) for (const event of page) take(tokens, event);
  return [...tokens.values()];
}

type DataOf<Type extends TokenEvent['type']> = Extract<TokenEvent, { type: Type }>['data'];

function take(tokens: Map<string, Token>, { type, data, metadata, unread }: RecordedEvent): void {
  if (unread) return;
  if (type === 'TokenCreated') {
    const { tokenId, name, grants, expiresAt } = data as DataOf<'TokenCreated'>;
    tokens.set(tokenId, { tokenId, name, grants, createdAt: metadata.occurredAt, expiresAt });
  } else if (type === 'TokenRevoked') {
    const token = tokens.get((data as DataOf<'TokenRevoked'>).tokenId);
    if (token) tokens.set(token.tokenId, { ...token, revokedAt: metadata.occurredAt });
  }
}

function lineOf(token: Token, now: string): string {
  const { tokenId, name, grants, expiresAt, revokedAt } = token;
  const what = grants.map(({ role, teams }) => `${role} in ${teams === 'ALL' ? 'all teams' : teams.join(', ')}`).join('; ');
  const until = isGood(token, now) ? (expiresAt ? `until ${expiresAt}` : 'until revoked') : revokedAt ? `revoked ${revokedAt}` : 'expired';
  return `${tokenId}  ${name}  ${what}  ${until}`;
}

function servicesOver(store: EventStore): TokenServices {
  const codec = new EventCodec(eventSchemas);
  return { store: decodingStore(store, codec), writer: new EventWriter(store, codec, systemRuntime), runtime: systemRuntime };
}

function atTheCommandLine(): Parameters<typeof createToken>[2] {
  return { actor: { id: 'command-line', kind: 'ANONYMOUS' }, correlationId: systemRuntime.newId() };
}
