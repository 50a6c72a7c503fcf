import { resolve } from 'node:path';
import type { SigningKey } from './audit/checkpoints/signing-key.js';
import { readCheckpointKey } from './config/checkpoint-key.js';
import { readAccess, readAllowedHosts, type Access } from './config/access.js';
import { readClient, type ClientSettings } from './config/client.js';
import { readLimits, type Limits } from './config/limits.js';
import { readRateLimits, type RateLimits } from './config/rate-limits.js';
import { readOidc } from './config/oidc.js';
import { readServing, type Serving } from './config/serving.js';
import { readMasterKeys } from './config/secret-keys.js';
import { Variables, type Environment } from './config/variables.js';
import { readWebhooks, type WebhookSettings } from './config/webhooks.js';
import type { OidcSettings } from './access/oidc.js';
import type { MasterKeys } from './secrets/master-keys.js';

export interface Config {
  /** Address to listen at. */
  readonly host: string;
  /** TCP port; 0 takes any that is free. */
  readonly port: number;
  /** Folder of the read models, and of the log where it is the embedded one. */
  readonly dataDir: string;
  /** The connection string of EventStoreDB, where the log is there. */
  readonly eventStoreUrl?: string;
  /** What opens secrets, where it is not in the key file of the data folder. */
  readonly masterKeys?: MasterKeys;
  /** What signs checkpoints of the log, where it is not in the key file of the data folder. */
  readonly checkpointKey?: SigningKey;
  /** Who is let in; everybody by default. */
  readonly access?: Access;
  /** Whose JWTs are let in, beside who bears a token. */
  readonly oidc?: OidcSettings;
  /** Names that this server goes by, beside `host`, addresses and localhost. */
  readonly allowedHosts?: readonly string[];
  readonly logLevel: LogLevel;
  /** DEFAULT_LIMITS where there are none. */
  readonly limits?: Limits;
  /** None where there are none. */
  readonly rateLimits?: RateLimits;
  /** DEFAULT_SERVING where there is none. */
  readonly serving?: Serving;
  /** Where webhooks may go; to the public internet alone where it is not given, and none are delivered then. */
  readonly webhooks?: WebhookSettings;
  /** What was set and has no effect. */
  readonly warnings: readonly string[];
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Names every variable that is wrong, and what it may be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(`the configuration is wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/**
 * Reads the configuration from environment variables. What belongs together is read by a file of `config/`.
 * @throws ConfigError with everything that is wrong at once.
 */
export function loadConfig(env: Environment): Config {
  const variables = new Variables(env);
  const eventStoreUrl = readEventStoreUrl(variables);
  const masterKeys = readMasterKeys(variables);
  const checkpointKey = readCheckpointKey(variables);
  const host = readHost(variables);
  const allowedHosts = readAllowedHosts(variables);
  const oidc = readOidc(variables);
  const access = readAccess(variables, host, variables.text('REGRAFT_OIDC_ISSUER') !== undefined);
  const config = {
    host,
    access,
    ...(oidc && { oidc }),
    ...(allowedHosts.length > 0 && { allowedHosts }),
    port: variables.integer('PORT', { fallback: 4000, min: 0, max: 65_535 }),
    dataDir: resolve(variables.text('REGRAFT_DATA_DIR') ?? './data'),
    ...(eventStoreUrl && { eventStoreUrl }),
    ...(masterKeys && { masterKeys }),
    ...(checkpointKey && { checkpointKey }),
    logLevel: variables.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    limits: readLimits(variables),
    rateLimits: readRateLimits(variables, access),
    serving: readServing(variables),
    webhooks: readWebhooks(variables),
  };
  readClient(variables);
  if (variables.problems.length > 0) throw new ConfigError(variables.problems);
  return { ...config, warnings: variables.unknown.map((name) => `${name} is not a variable that Regraft knows: it has no effect`) };
}

function readHost(variables: Variables): string {
  const host = variables.text('HOST') ?? '127.0.0.1';
  if (!/^[\w.:%-]+$/.test(host)) variables.problems.push(`HOST is "${host}": an IP address or a host name is expected`);
  return host;
}

/** Its text is not shown: there may be a password in it. */
function readEventStoreUrl(variables: Variables): string | undefined {
  const url = variables.text('EVENTSTORE_URL');
  if (url && !/^esdb(\+discover)?:\/\/[^/?\s]+/.test(url)) {
    const expected = 'esdb://user:password@host:2113 is expected, or esdb+discover://';
    variables.problems.push(`EVENTSTORE_URL is no connection string of EventStoreDB: ${expected}`);
  }
  return url;
}

/** @param over variables that are given in another way, and go before those of the environment. */
export function readEnvironment(over: Environment = {}): Config {
  return loadConfig({ ...process.env, ...over });
}

export function readClientEnvironment(): ClientSettings {
  return readClient(new Variables(process.env));
}
