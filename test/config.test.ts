import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../src/config.js';

describe('the configuration', () => {
  it('has defaults for everything', () => {
    expect(loadConfig({})).toEqual({ host: '127.0.0.1', port: 4000, dataDir: resolve('data'), logLevel: 'info', warnings: [] });
  });

  it('takes what is set', () => {
    const env = { HOST: '::1', PORT: '0', REGRAFT_DATA_DIR: '/var/lib/regraft', LOG_LEVEL: 'debug' };
    expect(loadConfig(env)).toEqual({ host: '::1', port: 0, dataDir: '/var/lib/regraft', logLevel: 'debug', warnings: [] });
  });

  it('names everything that is wrong at once', () => {
    const load = (): unknown => loadConfig({ PORT: '65536', LOG_LEVEL: 'loud', HOST: 'not a host' });
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(/HOST[^]*PORT[^]*LOG_LEVEL/);
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
});
