import { generateKeyPairSync } from 'node:crypto';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../src/config.js';
import { DEFAULT_LIMITS } from '../src/config/limits.js';
import { DEFAULT_SERVING } from '../src/config/serving.js';
import { Networks } from '../src/webhooks/networks.js';
import { keyOf } from './support/backend.js';

const webhooks = { networks: Networks.allowing([]), plainHttp: false, deliver: true };

describe('the configuration', () => {
  it('has defaults for everything', () => {
    expect(loadConfig({})).toEqual({
      host: '127.0.0.1',
      port: 4000,
      dataDir: resolve('data'),
      access: 'open',
      logLevel: 'info',
      limits: DEFAULT_LIMITS,
      rateLimits: { cost: undefined, refusals: 100, trustedProxies: [] },
      serving: DEFAULT_SERVING,
      webhooks,
      warnings: [],
    });
  });

  it('takes what is set', () => {
    const env = { HOST: '::1', PORT: '0', REGRAFT_DATA_DIR: '/var/lib/regraft', REGRAFT_ACCESS: 'tokens', LOG_LEVEL: 'debug' };
    expect(loadConfig(env)).toEqual({
      host: '::1',
      port: 0,
      dataDir: '/var/lib/regraft',
      access: 'tokens',
      logLevel: 'debug',
      limits: DEFAULT_LIMITS,
      rateLimits: { cost: 10_000_000, refusals: 100, trustedProxies: [] },
      serving: DEFAULT_SERVING,
      webhooks,
      warnings: [],
    });
  });

  it('does not warn of what the command line reads', () => {
    expect(loadConfig({ REGRAFT_URL: 'http://shop.example', REGRAFT_TOKEN: 'x', REGRAFT_TOKENS: 'x' }).warnings).toEqual([
      expect.stringContaining('REGRAFT_TOKENS is not a variable'),
    ]);
  });

  it('names everything that is wrong at once', () => {
    const load = (): unknown => loadConfig({ PORT: '65536', LOG_LEVEL: 'loud', HOST: 'not a host' });
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(/HOST[^]*PORT[^]*LOG_LEVEL/);
  });

  it('refuses to be open to other machines, unless that is said, and tells what to set', () => {
    expect(() => loadConfig({ HOST: '0.0.0.0' })).toThrow(
      /HOST is 0\.0\.0\.0[^]*REGRAFT_ACCESS to tokens[^]*token create[^]*open-on-network/,
    );
    expect(() => loadConfig({ HOST: '::', REGRAFT_ACCESS: 'open' })).toThrow(ConfigError);
    expect(loadConfig({ HOST: '0.0.0.0', REGRAFT_ACCESS: 'tokens' }).access).toBe('tokens');
    expect(loadConfig({ HOST: '0.0.0.0', REGRAFT_ACCESS: 'open-on-network' }).access).toBe('open');
    for (const HOST of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) expect(loadConfig({ HOST }).access).toBe('open');
  });

  it('takes the names that the server goes by, without ports', () => {
    expect(loadConfig({ REGRAFT_ALLOWED_HOSTS: 'a.example, b.example' }).allowedHosts).toEqual(['a.example', 'b.example']);
    expect(() => loadConfig({ REGRAFT_ALLOWED_HOSTS: 'a.example:4000' })).toThrow(/REGRAFT_ALLOWED_HOSTS has "a.example:4000"/);
  });

  it('limits what tokens may ask for by default, and takes other limits, or none', () => {
    expect(loadConfig({ REGRAFT_RATE_LIMIT: '5000' }).rateLimits?.cost).toBe(5_000);
    const none = loadConfig({ REGRAFT_ACCESS: 'tokens', REGRAFT_RATE_LIMIT: '0', REGRAFT_REFUSED_ATTEMPTS: '0' });
    expect(none.rateLimits).toEqual({ cost: undefined, refusals: undefined, trustedProxies: [] });
    expect(() => loadConfig({ REGRAFT_RATE_LIMIT: 'many' })).toThrow(/REGRAFT_RATE_LIMIT is "many"/);
  });

  it('takes the addresses and networks of proxies that are trusted', () => {
    const load = (proxies: string) => loadConfig({ REGRAFT_TRUSTED_PROXIES: proxies }).rateLimits?.trustedProxies;
    expect(load('10.0.0.0/8, ::1,192.0.2.1')).toEqual(['10.0.0.0/8', '::1', '192.0.2.1']);
    for (const wrong of ['proxy', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', 'true', '::/129'])
      expect(() => load(`10.0.0.1,${wrong}`)).toThrow(`REGRAFT_TRUSTED_PROXIES has "${wrong}"`);
  });

  it('takes the origins of sites whose pages may ask, and never all', () => {
    const load = (origins: string) => loadConfig({ REGRAFT_ALLOWED_ORIGINS: origins }).serving?.origins;
    expect(load('https://a.example, http://localhost:5173')).toEqual(['https://a.example', 'http://localhost:5173']);
    for (const wrong of [
      '*',
      'null',
      'a.example',
      'https://a.example/',
      'https://a.example/x',
      'https://A.example',
      'file:///x',
      'https://*.example',
    ])
      expect(() => load(wrong)).toThrow(`REGRAFT_ALLOWED_ORIGINS has "${wrong}"`);
  });

  it('serves what sends documents of its own only where any runs', () => {
    const trusted = loadConfig({ REGRAFT_TRUSTED_DOCUMENTS: 'documents.json' });
    expect(trusted.serving).toEqual({
      ...DEFAULT_SERVING,
      trustedDocuments: resolve('documents.json'),
      automaticDocuments: false,
      console: false,
      graphiql: false,
    });
    expect(() => loadConfig({ REGRAFT_TRUSTED_DOCUMENTS: 'documents.json', REGRAFT_AUTOMATIC_DOCUMENTS: 'true' })).toThrow(
      /REGRAFT_AUTOMATIC_DOCUMENTS is true/,
    );
  });

  it('takes networks that webhooks may go to, and names the one that is none', () => {
    const { webhooks: given } = loadConfig({
      REGRAFT_WEBHOOK_ALLOWED_NETWORKS: '10.1.0.0/16, fd12::/64',
      REGRAFT_WEBHOOK_DELIVERY: 'false',
    });
    expect(given).toMatchObject({ plainHttp: true, deliver: false });
    expect(['10.1.2.3', 'fd12::1', '10.2.0.1'].map((address) => given?.networks.mayReach(address))).toEqual([true, true, false]);
    expect(() => loadConfig({ REGRAFT_WEBHOOK_ALLOWED_NETWORKS: '10.1.0.0' })).toThrow(/ALLOWED_NETWORKS[^]*"10\.1\.0\.0" is no network/);
  });

  it('warns of what has no effect', () => {
    expect(loadConfig({ REGRAFT_TYPO: 'x' }).warnings).toHaveLength(1);
  });

  it('takes a connection string of EventStoreDB, for a node or a cluster', () => {
    for (const url of ['esdb://admin:changeit@localhost:2113?tls=false', 'esdb+discover://user:pw@cluster', 'esdb://a,b:2113,c']) {
      expect(loadConfig({ EVENTSTORE_URL: url })).toMatchObject({ eventStoreUrl: url, warnings: [] });
    }
  });

  it('refuses what is no connection string, without showing the password in it', () => {
    const load = (): unknown => loadConfig({ EVENTSTORE_URL: 'http://admin:secret@localhost:2113' });
    expect(load).toThrow(/EVENTSTORE_URL/);
    expect(load).not.toThrow(/secret/);
  });

  it('reads the key that signs checkpoints, and never shows one that is wrong', () => {
    const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    expect(loadConfig({ REGRAFT_CHECKPOINT_KEY: key }).checkpointKey?.publicKey.text('log')).toMatch(/^log\+[0-9a-f]{8}\+/);
    expect(loadConfig({ REGRAFT_CHECKPOINT_KEY: '' })).not.toHaveProperty('checkpointKey');
    const load = (): unknown => loadConfig({ REGRAFT_CHECKPOINT_KEY: 'hunter2' });
    expect(load).toThrow('REGRAFT_CHECKPOINT_KEY is no key');
    expect(load).not.toThrow(/hunter2/);
  });

  it('takes a secret key in base64 or hexadecimal digits, and the one before it', () => {
    const [hex, base64] = ['07'.repeat(32), Buffer.alloc(32, 8).toString('base64')];
    const { masterKeys } = loadConfig({ REGRAFT_SECRET_KEY: hex, REGRAFT_SECRET_KEY_PREVIOUS: base64 });
    expect([masterKeys?.current.id, masterKeys?.previous?.id]).toEqual([keyOf('07').id, keyOf('08').id]);
    expect(loadConfig({ REGRAFT_SECRET_KEY: '' })).not.toHaveProperty('masterKeys');
  });

  it('refuses what is no secret key, without showing it', () => {
    const load = (): unknown => loadConfig({ REGRAFT_SECRET_KEY: 'hunter2', REGRAFT_SECRET_KEY_PREVIOUS: 'hunter3' });
    expect(load).toThrow(/REGRAFT_SECRET_KEY is no key[^]*REGRAFT_SECRET_KEY_PREVIOUS is no key/);
    expect(load).not.toThrow(/hunter/);
    expect(() => loadConfig({ REGRAFT_SECRET_KEY_PREVIOUS: '07'.repeat(32) })).toThrow('REGRAFT_SECRET_KEY is not');
  });
});
