import Type from 'typebox';
import { event, maskedDigestSchema, type EventOf } from '../event-schema.js';
import { ROLES } from './principal.js';

const grant = Type.Object({
  role: Type.Enum(ROLES),
  teams: Type.Union([Type.Literal('ALL'), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })]),
});

/** The streams `token-<token id>`: each is one access token. */
export const tokenEventSchemas = {
  TokenCreated: event({
    tokenId: Type.String({ minLength: 1 }),
    name: Type.String({ minLength: 1 }),
    grants: Type.Array(grant, { minItems: 1 }),
    /** ISO 8601, UTC; without it, the token is good until it is revoked. */
    expiresAt: Type.Optional(Type.String()),
    /** SHA-256 of the secret, which has 256 bits of randomness: what stands here opens nothing, and cannot be guessed from. */
    secretHash: maskedDigestSchema,
  }),
  TokenRevoked: event({ tokenId: Type.String({ minLength: 1 }) }),
  /** Somebody was let in by it: recorded now and then, not at each request. */
  TokenUsed: event({
    tokenId: Type.String({ minLength: 1 }),
    /** ISO 8601, UTC. */
    at: Type.String(),
  }),
  /** Remembers a command that had nothing to change. */
  TokenUnchanged: event({ tokenId: Type.String({ minLength: 1 }) }),
};

export const TOKEN_STREAM = 'token-';

export type TokenEvent = EventOf<typeof tokenEventSchemas>;
