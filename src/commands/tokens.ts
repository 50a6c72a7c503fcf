import { hashOfSecret, newTokenSecret } from '../access/token-secret.js';
import { Refusal } from '../domain/errors.js';
import { checkTokenRequest, type TokenRequest } from '../domain/access/token.js';
import { TOKEN_STREAM } from '../domain/access/token-events.js';
import type { EventStore, Position } from '../store/event-store.js';
import type { CommandContext, Runtime } from './context.js';
import type { EventWriter } from './event-writer.js';
import { readable } from './readable.js';

export interface TokenServices {
  /** Decoded. */
  readonly store: Pick<EventStore, 'readStream'>;
  readonly writer: EventWriter;
  readonly runtime: Runtime;
}

export interface NewToken {
  readonly tokenId: string;
  /** Told here, and never again. */
  readonly secret: string;
  readonly position: Position;
}

/** @throws Refusal BAD_USER_INPUT. */
export async function createToken(services: TokenServices, request: TokenRequest, context: CommandContext): Promise<NewToken> {
  const { writer, runtime } = services;
  checkTokenRequest(request, runtime.now());
  const { name, grants, expiresAt } = request;
  const [tokenId, secret] = [runtime.newId(), newTokenSecret()];
  const data = { tokenId, name, grants, ...(expiresAt !== undefined && { expiresAt }), secretHash: hashOfSecret(secret) };
  const { position } = await writer.append(TOKEN_STREAM + tokenId, 'no_stream', [{ type: 'TokenCreated', data }], context);
  return { tokenId, secret, position };
}

/**
 * Revoking a token again changes nothing.
 * @returns the position of the revocation; undefined where the token was revoked before.
 * @throws Refusal NOT_FOUND.
 */
export async function revokeToken(
  { store, writer }: TokenServices,
  tokenId: string,
  context: CommandContext,
): Promise<Position | undefined> {
  const stream = TOKEN_STREAM + tokenId;
  const [last] = readable(await store.readStream(stream, { direction: 'backwards', limit: 1 }));
  if (!last) throw new Refusal('NOT_FOUND', `there is no token ${tokenId}: list them by "regraft token list"`, { tokenId });
  if (last.type === 'TokenRevoked') return undefined;
  return (await writer.append(stream, last.revision, [{ type: 'TokenRevoked', data: { tokenId } }], context)).position;
}
