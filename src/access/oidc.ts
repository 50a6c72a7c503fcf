import { createRemoteJWKSet, decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import type { Grant, Principal } from '../domain/access/principal.js';
import { Refusal } from '../domain/errors.js';
import { discoverJwks, IssuerUnavailableError } from './oidc-discovery.js';

/** Whose JWTs are let in, and what their bearers may do. */
export interface OidcSettings {
  /** Exactly as in `iss`. */
  readonly issuer: string;
  /** What `aud` has to name. */
  readonly audience: string;
  /** Where the keys of the issuer are; without it, the issuer is asked. */
  readonly jwksUrl?: string;
  readonly roles: OidcRoles;
  readonly limits?: OidcLimits;
}

/** What the values of a claim (a text, or a list of texts) give. */
export interface OidcRoles {
  readonly claim: string;
  readonly grants: ReadonlyMap<string, readonly Grant[]>;
}

export interface OidcLimits {
  /** How long the issuer has for an answer. */
  readonly timeoutMs?: number;
  /** How long after keys came they are not asked for again, whatever key a token names. */
  readonly cooldownMs?: number;
}

/** @throws Refusal UNAUTHENTICATED. @throws IssuerUnavailableError where its keys cannot be had just now. */
export type VerifyJwt = (jwt: string) => Promise<Principal>;

/** By key pairs only: who can check a signature cannot make one. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
/** How far the clock of the issuer may be off. */
const TOLERANCE_SECONDS = 5;
const MAX_LENGTH = 16 * 1024;

export function looksLikeJwt(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text);
}

/** Checks the JWTs of an issuer, with its keys, which are kept for ten minutes. */
export function byOidc(settings: OidcSettings, now: () => string): VerifyJwt {
  const { timeoutMs = 3_000, cooldownMs = 30_000 } = settings.limits ?? {};
  const { issuer, audience, roles } = settings;
  const jwksUrl = settings.jwksUrl === undefined ? discoverJwks(issuer, timeoutMs) : () => Promise.resolve(new URL(settings.jwksUrl ?? ''));
  let keys: JWTVerifyGetKey | undefined;
  const keyOf: JWTVerifyGetKey = async (header, token) => {
    keys ??= createRemoteJWKSet(await jwksUrl(), { timeoutDuration: timeoutMs, cooldownDuration: cooldownMs });
    try {
      return await keys(header, token);
    } catch (error) {
      throw isOfToken(error) ? error : new IssuerUnavailableError({ cause: error });
    }
  };
  return async (jwt) => {
    if (jwt.length > MAX_LENGTH) throw refused();
    try {
      const time = new Date(now());
      requireUnexpired(decodeJwt(jwt), time);
      const { payload } = await jwtVerify(jwt, keyOf, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: TOLERANCE_SECONDS,
        requiredClaims: ['exp', 'sub'],
        currentDate: time,
      });
      return principalOf(payload, issuer, roles);
    } catch (error) {
      throw error instanceof errors.JOSEError ? refused() : error;
    }
  };
}

/** Before the keys are asked for: what has expired is over, also while the issuer is away. */
function requireUnexpired({ exp }: JWTPayload, now: Date): void {
  if (typeof exp !== 'number' || exp + TOLERANCE_SECONDS <= now.getTime() / 1_000) throw refused();
}

/** Whether no key fits what the token says of itself. All else is wrong with the issuer, or on the way to it. */
function isOfToken(error: unknown): boolean {
  return [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported].some((kind) => error instanceof kind);
}

/** A subject is one only with its issuer, which has no fragment. Who is in no group that gives anything is known, and may do nothing. */
function principalOf({ sub, ...claims }: JWTPayload, issuer: string, roles: OidcRoles): Principal {
  if (sub === undefined || !/^[\x20-\x7e]{1,255}$/.test(sub)) throw refused();
  const claim = Object.hasOwn(claims, roles.claim) ? claims[roles.claim] : undefined;
  const values: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  const grants = values.flatMap((value) => (typeof value === 'string' ? (roles.grants.get(value) ?? []) : []));
  return { actor: { id: `${issuer}#${sub}`, kind: 'USER' }, grants };
}

/** What is wrong with it, whoever does not bear a good one is not told. */
function refused(): Refusal {
  return new Refusal(
    'UNAUTHENTICATED',
    'the JWT is not good here (its issuer, audience, signature or time), or has expired: ask its issuer for another',
  );
}
