/** The keys of the issuer of JWTs cannot be had just now: whether one is good is not known. */
export class IssuerUnavailableError extends Error {
  override readonly name = 'IssuerUnavailableError';

  constructor(options?: ErrorOptions) {
    super('the issuer of JWTs cannot be reached just now: try again in 5 seconds; access tokens (rgt_…) go on', options);
  }
}

/**
 * Asks an issuer where its keys are (OpenID Connect Discovery 1.0), until it has said so once.
 * @throws IssuerUnavailableError where it does not answer in time, or not as itself.
 */
export function discoverJwks(issuer: string, timeoutMs: number): () => Promise<URL> {
  let asked: Promise<URL> | undefined;
  return () => {
    asked ??= ask(issuer, timeoutMs).catch((error: unknown) => {
      asked = undefined;
      throw new IssuerUnavailableError({ cause: error });
    });
    return asked;
  };
}

async function ask(issuer: string, timeoutMs: number): Promise<URL> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  const found: unknown = await response.json();
  if (typeof found !== 'object' || found === null || !('issuer' in found) || found.issuer !== issuer) {
    throw new Error(`${url} is not of ${issuer}`);
  }
  if (!('jwks_uri' in found) || typeof found.jwks_uri !== 'string') throw new Error(`${url} has no jwks_uri`);
  return new URL(found.jwks_uri);
}
