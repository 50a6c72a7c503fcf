import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { KeyFileError, makePrivateFile, readPrivateFile, type PrivateFile } from '../../secrets/private-file.js';

export const CHECKPOINT_KEY_FILE = 'checkpoint.key';
export const CHECKPOINT_KEY_VARIABLE = 'REGRAFT_CHECKPOINT_KEY';

/** Of an Ed25519 key, in the text of a verifier's key and in what its id is made of (c2sp.org/signed-note). */
const ED25519 = Buffer.of(1);
const PUBLIC_BYTES = 32;
const ID_BYTES = 4;

/** Checks signatures. */
export class PublicKey {
  constructor(private readonly key: KeyObject) {}

  /** The first bytes of SHA-256 over the name, a line feed, the algorithm and the key: a hint to which key a signature is by. */
  id(name: string): Buffer {
    return createHash('sha256').update(`${name}\n`).update(ED25519).update(this.bytes).digest().subarray(0, ID_BYTES);
  }

  /** The verifier's key of c2sp.org/signed-note: `<name>+<id in hexadecimal>+<algorithm and key in base64>`. */
  text(name: string): string {
    return `${name}+${this.id(name).toString('hex')}+${Buffer.concat([ED25519, this.bytes]).toString('base64')}`;
  }

  verify(text: string, signature: Buffer): boolean {
    return verify(null, Buffer.from(text), this.key, signature);
  }

  private get bytes(): Buffer {
    return Buffer.from(this.key.export({ format: 'jwk' }).x ?? '', 'base64url');
  }
}

/** @returns the key of a verifier's key as `PublicKey.text` gives it; undefined for anything else, also where the id is not its own. */
export function parsePublicKey(text: string): PublicKey | undefined {
  const [, name, id, base64] = /^([^\s+]+)\+([0-9a-f]{8})\+([\w+/]+=*)$/.exec(text) ?? [];
  if (name === undefined || base64 === undefined) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== PUBLIC_BYTES + 1 || bytes[0] !== ED25519[0]) return undefined;
  const key = new PublicKey(
    createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: bytes.subarray(1).toString('base64url') } }),
  );
  return key.id(name).toString('hex') === id ? key : undefined;
}

/** Signs checkpoints. */
export class SigningKey {
  readonly publicKey: PublicKey;

  constructor(private readonly key: KeyObject) {
    this.publicKey = new PublicKey(createPublicKey(key));
  }

  sign(text: string): Buffer {
    return sign(null, Buffer.from(text), this.key);
  }
}

/** @param text an Ed25519 key in PKCS #8, as PEM or the base64 in it. @returns undefined for anything else. */
export function parseSigningKey(text: string): SigningKey | undefined {
  const der = Buffer.from(text.replaceAll(/^-----.*-----$|\s/gm, ''), 'base64');
  try {
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    return key.asymmetricKeyType === 'ed25519' ? new SigningKey(key) : undefined;
  } catch {
    // Node and OpenSSL have many errors for what is no key, some without a code.
    return undefined;
  }
}

function keyFile(dataDir: string): PrivateFile {
  return {
    path: join(dataDir, CHECKPOINT_KEY_FILE),
    variable: CHECKPOINT_KEY_VARIABLE,
    danger: 'sign checkpoints in the name of this server',
  };
}

/**
 * The key in the data folder, which is made where it is not there.
 * @throws KeyFileError where others may read it, it holds something else, or it cannot be read or made.
 */
export function openSigningKeyFile(dataDir: string): SigningKey {
  const file = keyFile(dataDir);
  if (!existsSync(file.path)) {
    makePrivateFile(file, generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
  }
  const key = parseSigningKey(readPrivateFile(file));
  if (key) return key;
  throw new KeyFileError(
    `${file.path} holds no Ed25519 key (PKCS #8, PEM): put back a copy of it, or remove it, and another one is made, which signs from then on`,
  );
}

/** The key that checkpoints of the data folder are checked by, where there is one. @throws KeyFileError as above. */
export function signingKeyFileIfAny(dataDir: string): SigningKey | undefined {
  return existsSync(join(dataDir, CHECKPOINT_KEY_FILE)) ? openSigningKeyFile(dataDir) : undefined;
}
