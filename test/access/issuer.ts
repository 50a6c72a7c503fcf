import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type GenerateKeyPairResult, type JWTPayload } from 'jose';

/** An OpenID Connect issuer at the loopback: discovery, and keys that can be changed. */
export class Issuer {
  #keys = new Map<string, GenerateKeyPairResult>();
  readonly #server = createServer((request, response) => {
    void this.#answer(request.url ?? '').then((body) => response.writeHead(body ? 200 : 404).end(JSON.stringify(body)));
  });
  url = '';

  static async start(): Promise<Issuer> {
    const issuer = new Issuer();
    await new Promise<void>((resolve) => issuer.#server.listen(0, '127.0.0.1', resolve));
    issuer.url = `http://127.0.0.1:${(issuer.#server.address() as AddressInfo).port}`;
    await issuer.rotate('k1');
    return issuer;
  }

  /** One new key, in the place of all before. */
  async rotate(kid: string): Promise<void> {
    this.#keys = new Map([[kid, await generateKeyPair('RS256', { extractable: true })]]);
  }

  async sign(claims: JWTPayload, kid = 'k1'): Promise<string> {
    const pair = this.#keys.get(kid) ?? (await generateKeyPair('RS256'));
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(pair.privateKey);
  }

  /** What a confused server would take as a shared secret. */
  async publicKey(kid = 'k1'): Promise<Uint8Array> {
    return new TextEncoder().encode(JSON.stringify((await this.#jwks()).find((key) => key.kid === kid)));
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(path: string): Promise<object | undefined> {
    if (path === '/.well-known/openid-configuration') return { issuer: this.url, jwks_uri: `${this.url}/keys` };
    return path === '/keys' ? { keys: await this.#jwks() } : undefined;
  }

  #jwks() {
    return Promise.all([...this.#keys].map(async ([kid, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid, alg: 'RS256' })));
  }
}
