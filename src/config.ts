import { resolve } from 'node:path';
import { parseMasterKey, type MasterKeys } from './secrets/master-keys.js';

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
  readonly logLevel: LogLevel;
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

type Environment = Readonly<Record<string, string | undefined>>;

const SECRET_KEY = 'REGRAFT_SECRET_KEY';
const PREVIOUS_SECRET_KEY = 'REGRAFT_SECRET_KEY_PREVIOUS';
const KNOWN = new Set(['REGRAFT_DATA_DIR', SECRET_KEY, PREVIOUS_SECRET_KEY]);

/**
 * Reads the configuration from environment variables.
 * @throws ConfigError with everything that is wrong at once.
 */
export function loadConfig(env: Environment): Config {
  const problems: string[] = [];
  const warnings = Object.keys(env)
    .filter((name) => name.startsWith('REGRAFT_') && !KNOWN.has(name))
    .map((name) => `${name} is not a variable that Regraft knows: it has no effect`);
  const host = env['HOST'] || '127.0.0.1';
  if (!/^[\w.:%-]+$/.test(host)) problems.push(`HOST is "${host}": an IP address or a host name is expected`);
  const port = env['PORT'] || '4000';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) problems.push(`PORT is "${port}": a number from 0 to 65535 is expected`);
  const logLevel = LOG_LEVELS.find((level) => level === (env['LOG_LEVEL'] || 'info'));
  if (!logLevel) problems.push(`LOG_LEVEL is "${env['LOG_LEVEL']}": one of ${LOG_LEVELS.join(', ')} is expected`);
  const eventStoreUrl = env['EVENTSTORE_URL'];
  // Its text is not shown: there may be a password in it.
  if (eventStoreUrl && !/^esdb(\+discover)?:\/\/[^/?\s]+/.test(eventStoreUrl)) {
    problems.push(
      'EVENTSTORE_URL is no connection string of EventStoreDB: esdb://user:password@host:2113 is expected, or esdb+discover://',
    );
  }
  const masterKeys = masterKeysOf(env, problems);
  if (problems.length > 0 || !logLevel) throw new ConfigError(problems);
  return {
    host,
    port: Number(port),
    dataDir: resolve(env['REGRAFT_DATA_DIR'] || './data'),
    ...(eventStoreUrl && { eventStoreUrl }),
    ...(masterKeys && { masterKeys }),
    logLevel,
    warnings,
  };
}

/** Keys are never shown, not even wrong ones. */
function masterKeysOf(env: Environment, problems: string[]): MasterKeys | undefined {
  const [current, previous] = [SECRET_KEY, PREVIOUS_SECRET_KEY].map((name) => {
    const text = env[name];
    const key = text ? parseMasterKey(text) : undefined;
    if (text && !key)
      problems.push(`${name} is no key: 32 random bytes are expected, as base64 or as 64 hexadecimal digits (openssl rand -base64 32)`);
    return key;
  });
  if (env[PREVIOUS_SECRET_KEY] && !env[SECRET_KEY])
    problems.push(`${PREVIOUS_SECRET_KEY} is set, and ${SECRET_KEY} is not: set both while keys are rotated`);
  return current && { current, previous };
}

export function readEnvironment(): Config {
  return loadConfig(process.env);
}
