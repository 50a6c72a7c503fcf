import { Aggregates } from '../../commands/aggregates.js';
import { ContentStore } from '../../commands/content-store.js';
import type { CommandContext } from '../../commands/context.js';
import { EventWriter } from '../../commands/event-writer.js';
import { handleCreateToken, handleRevokeToken, type TokenServices } from '../../commands/tokens.js';
import { Turns } from '../../commands/turns.js';
import type { TokenEvent } from '../../domain/access/token-events.js';
import type { Token, TokenRequest } from '../../domain/access/token.js';
import { eventSchemas } from '../../domain/event-catalogue.js';
import { pagesOf } from '../../audit/pages.js';
import { EventCodec } from '../../store/codec.js';
import { decodingStore } from '../../store/decoding-store.js';
import { BEFORE_FIRST, type EventStore, type RecordedEvent } from '../../store/event-store.js';
import { systemRuntime } from '../../system-runtime.js';
import { report, type Terminal } from '../command.js';
import { OK, type ExitCode } from '../exit-code.js';
import { madeText, revokedText, tokensText } from '../token-text.js';

/** Makes a token in the log itself: whoever may write there needs none for it. @throws Refusal BAD_USER_INPUT. */
export async function createTokenCommand(store: EventStore, terminal: Terminal, request: TokenRequest, json: boolean): Promise<ExitCode> {
  const { tokenId, secret } = await handleCreateToken(servicesOver(store), atTheCommandLine(), request);
  if (secret === null) throw new Error('a command without an id is carried out once');
  const { name, expiresAt = null } = request;
  await report(terminal, json, { tokenId, name, secret, expiresAt }, madeText({ tokenId, name, secret }));
  return OK;
}

/** @throws Refusal NOT_FOUND. */
export async function revokeTokenCommand(store: EventStore, terminal: Terminal, tokenId: string, json: boolean): Promise<ExitCode> {
  const { result: revokedNow } = await handleRevokeToken(servicesOver(store), atTheCommandLine(), tokenId);
  await report(terminal, json, { tokenId, revokedNow }, revokedText(tokenId, revokedNow));
  return OK;
}

export async function listTokensCommand(store: EventStore, terminal: Terminal, json: boolean): Promise<ExitCode> {
  const tokens = await tokensIn(decodingStore(store, new EventCodec(eventSchemas)));
  await report(terminal, json, { tokens }, tokensText(tokens, systemRuntime.now()));
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
  } else if (type === 'TokenUsed') {
    const { tokenId, at } = data as DataOf<'TokenUsed'>;
    const token = tokens.get(tokenId);
    if (token) tokens.set(tokenId, { ...token, lastUsedAt: at });
  }
}

function servicesOver(store: EventStore): TokenServices {
  const codec = new EventCodec(eventSchemas);
  const decoded = decodingStore(store, codec);
  const writer = new EventWriter(store, codec, systemRuntime);
  return {
    aggregates: new Aggregates(decoded, systemRuntime),
    contents: new ContentStore(decoded, writer),
    writer,
    runtime: systemRuntime,
    turns: new Turns(),
  };
}

function atTheCommandLine(): CommandContext {
  return { actor: { id: 'command-line', kind: 'ANONYMOUS' }, correlationId: systemRuntime.newId() };
}
