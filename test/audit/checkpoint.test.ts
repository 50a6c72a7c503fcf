import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isSignedBy, NoCheckpointError, parseCheckpoints, signCheckpoint } from '../../src/audit/checkpoints/checkpoint.js';
import { openSigningKeyFile, parsePublicKey, parseSigningKey, SigningKey } from '../../src/audit/checkpoints/signing-key.js';
import { KeyFileError } from '../../src/secrets/private-file.js';

const newKey = (): SigningKey => new SigningKey(generateKeyPairSync('ed25519').privateKey);
const root = Buffer.alloc(32, 7).toString('base64');
const checkpoint = { origin: 'regraft/abc', size: 42, root };

describe('a signed checkpoint', () => {
  const key = newKey();
  const note = signCheckpoint(checkpoint, key);
  const [parsed] = parseCheckpoints(note);
  if (!parsed) throw new Error('it is parsed or refused');

  it('is a note of its origin, size and root, with a signature by a key of that name', () => {
    expect(note).toMatch(/^regraft\/abc\n42\n[\w+/]{43}=\n\n— regraft\/abc [\w+/]+=*\n$/);
    expect(parsed).toMatchObject({ ...checkpoint, note });
    expect(isSignedBy(parsed, key.publicKey)).toBe(true);
    expect(isSignedBy(parsed, newKey().publicKey)).toBe(false);
  });

  it('is checked by the text of the public key alone', () => {
    const publicKey = parsePublicKey(key.publicKey.text('regraft/abc'));
    expect(publicKey && isSignedBy(parsed, publicKey)).toBe(true);
  });

  it('is not right any more once any byte of it was changed', () => {
    const bytes = Buffer.from(note);
    const survivors = [...bytes.keys()].filter((index) => {
      const changed = Buffer.from(bytes);
      changed[index] = (bytes[index] ?? 0) ^ 1;
      try {
        return parseCheckpoints(changed.toString('utf8')).some((each) => isSignedBy(each, key.publicKey));
      } catch (error) {
        expect(error).toBeInstanceOf(NoCheckpointError);
        return false;
      }
    });
    expect(survivors).toEqual([]);
  });

  it('may stand among others, and among signatures by others', () => {
    const later = signCheckpoint({ ...checkpoint, size: 43 }, key);
    const witnessed = `${note}— witness.example/w1 ${Buffer.alloc(76, 1).toString('base64')}\n`;
    const notes = parseCheckpoints(witnessed + later);
    expect(notes.map(({ size }) => size)).toEqual([42, 43]);
    expect(notes.every((each) => isSignedBy(each, key.publicKey))).toBe(true);
  });

  it.each(['', 'regraft/abc\n42\n', note.slice(0, -1), `${note}\n`, note.replace('42', '042'), note.replace(root, 'AAAA')])(
    'is nothing else: %j',
    (text) => expect(() => parseCheckpoints(text)).toThrow(NoCheckpointError),
  );
});

describe('keys of checkpoints', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'regraft-checkpoint-key-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("check what other programs of signed notes signed: the example of Go's note package", () => {
    const key = parsePublicKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
    const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const signature = 'x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=';
    expect(key?.id('PeterNeumann').toString('hex')).toBe('c74f20a3');
    expect(key?.verify(text, Buffer.from(signature, 'base64').subarray(4))).toBe(true);
    expect(key?.verify(text.replace('answer', 'reason'), Buffer.from(signature, 'base64').subarray(4))).toBe(false);
  });

  it('are made once in the data folder, for its user alone, and refused where others may read them or there is something else', () => {
    const text = openSigningKeyFile(folder).publicKey.text('log');
    expect(openSigningKeyFile(folder).publicKey.text('log')).toBe(text);
    expect(readdirSync(folder)).toEqual(['checkpoint.key']);
    const path = join(folder, 'checkpoint.key');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o644);
    expect(() => openSigningKeyFile(folder)).toThrow('may be read or written by others (mode 0644)');
    chmodSync(path, 0o600);
    writeFileSync(path, 'password=hunter2');
    expect(() => openSigningKeyFile(folder)).toThrow(KeyFileError);
    expect(() => openSigningKeyFile(folder)).not.toThrow(/hunter2/);
  });

  it('are given as PEM or the base64 in it, and must be Ed25519', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const base64 = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
    expect(parseSigningKey(pem)?.publicKey.text('log')).toBe(parseSigningKey(base64)?.publicKey.text('log'));
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    expect([parseSigningKey(other), parseSigningKey(''), parseSigningKey('no key')]).toEqual([undefined, undefined, undefined]);
  });

  it('are not read where the text of a public key was changed', () => {
    const text = newKey().publicKey.text('regraft/abc');
    expect(parsePublicKey(text)).toBeDefined();
    for (const changed of [text.replace('abc', 'abd'), text.slice(0, -4), 'regraft', ''])
      expect(parsePublicKey(changed), changed).toBeUndefined();
  });
});
