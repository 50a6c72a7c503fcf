import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { generateKeyPairSync } from 'node:crypto';
import { isSignedBy, parseCheckpoints } from '../../src/audit/checkpoints/checkpoint.js';
import { parsePublicKey, SigningKey } from '../../src/audit/checkpoints/signing-key.js';
import { startTestNode, startTestServer, type TestServer } from '../support/server.js';

describe('the checkpoint that a server gives to whoever keeps it', () => {
  let server: TestServer;
  const asked = '{ checkpoint { note publicKey } }';
  beforeEach(async () => {
    server = await startTestServer();
  });
  afterEach(() => server.close());

  it('is none before the first is made, and the key that it will be signed by', async () => {
    const { checkpoint } = await server.api.ask(asked);
    expect(checkpoint.note).toBeNull();
    expect(parsePublicKey(checkpoint.publicKey)).toBeDefined();
  });

  it('is the newest, signed by the key that is given with it', async () => {
    const key = new SigningKey(generateKeyPairSync('ed25519').privateKey);
    const quick = await startTestServer({ checkpoints: { dataDir: server.dataDir, key, everyEvents: 1 } });
    try {
      await quick.api.mutate('createApp', 'CreateAppInput', { name: 'one' }, 'app { id }');
      const checkpoint = await vi.waitUntil(async () => {
        const { checkpoint: given } = await quick.api.ask(asked);
        return given.note === null ? undefined : (given as { note: string; publicKey: string });
      });
      const publicKey = parsePublicKey(checkpoint.publicKey);
      const [note] = parseCheckpoints(checkpoint.note);
      expect(note?.size).toBe(1);
      expect(note && publicKey && isSignedBy(note, publicKey)).toBe(true);
    } finally {
      await quick.close();
    }
  });

  it('is null where a server signs none', async () => {
    const node = await startTestNode();
    expect(await node.api.ask(asked)).toEqual({ checkpoint: null });
    await node.close();
  });
});
