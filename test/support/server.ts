import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import { DEFAULT_LIMITS, type Limits } from '../../src/config/limits.js';
import { DEFAULT_SERVING, type Serving } from '../../src/config/serving.js';
import type { BackendOptions } from '../../src/backend.js';
import type { Config } from '../../src/config.js';
import { serve, startServer, type RegraftServer } from '../../src/server.js';
import { testKeys } from './backend.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';

export interface GraphQLAnswer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: { readonly code: string; readonly [key: string]: unknown };
  }[];
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers have the shape of the query, which the tests spell out
type Answer = any;

/** A client that speaks to a server over real HTTP. */
export class Api {
  constructor(
    readonly url: string,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /** The same server, with more headers. */
  with(headers: Readonly<Record<string, string>>): Api {
    return new Api(this.url, { ...this.headers, ...headers });
  }

  post(query: string, variables: object = {}): Promise<Response> {
    return fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.headers },
      body: JSON.stringify({ query, variables }),
    });
  }

  async send(query: string, variables: object = {}): Promise<GraphQLAnswer<Answer>> {
    return (await (await this.post(query, variables)).json()) as GraphQLAnswer<Answer>;
  }

  /** The data of an operation that must succeed. */
  async ask(query: string, variables: object = {}): Promise<Answer> {
    const { data, errors } = await this.send(query, variables);
    if (errors) throw new Error(JSON.stringify(errors, null, 1));
    return data;
  }

  /** A mutation with one input. */
  async mutate(name: string, inputType: string, input: object, selection: string): Promise<Answer> {
    const data = (await this.ask(`mutation ($input: ${inputType}!) { ${name}(input: $input) { ${selection} } }`, { input })) as Record<
      string,
      Answer
    >;
    return data[name];
  }

  /** The error of an operation that must be refused. */
  async refusal(query: string, variables: object = {}): Promise<NonNullable<GraphQLAnswer<Answer>['errors']>[number]> {
    const { errors } = await this.send(query, variables);
    const [error] = errors ?? [];
    if (!error) throw new Error('it was not refused');
    return error;
  }

  refuse(name: string, inputType: string, input: object, selection = '__typename'): ReturnType<Api['refusal']> {
    return this.refusal(`mutation ($input: ${inputType}!) { ${name}(input: $input) { ${selection} } }`, { input });
  }
}

export interface TestServer extends RegraftServer {
  readonly api: Api;
  readonly dataDir: string;
  /** Stops the server and leaves its folder, until `close`. */
  stop(): Promise<void>;
}

/** The server as users start it, on a free port and a folder of its own. */
export async function startTestServer(
  overrides: Parameters<typeof startServer>[1] = {},
  limits?: Partial<Limits>,
  config: Pick<Config, 'metrics' | 'access'> = {},
): Promise<TestServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'regraft-test-'));
  const server = await startServer(
    { host: '127.0.0.1', port: 0, dataDir, logLevel: 'silent', limits: { ...DEFAULT_LIMITS, ...limits }, ...config },
    { logger: pino({ level: 'silent' }), ...overrides },
  );
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= server.close());
  return {
    url: server.url,
    metricsUrl: server.metricsUrl,
    api: new Api(server.url),
    dataDir,
    stop,
    close: async () => {
      await stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export interface TestNode extends RegraftServer {
  readonly api: Api;
}

type NodeOptions = Partial<BackendOptions> &
  Pick<Config, 'access' | 'oidc' | 'allowedHosts' | 'metrics' | 'rateLimits'> & {
    readonly serving?: Partial<Serving>;
    readonly consoleDir?: string;
  };

/** A server over a store that may be shared, with read models of its own in memory. */
export async function startTestNode(
  { access = 'open', allowedHosts = [], oidc, rateLimits = {}, metrics, serving, consoleDir, ...options }: NodeOptions = {},
  { limits, logger = pino({ level: 'silent' }) }: { readonly limits?: Partial<Limits>; readonly logger?: Logger } = {},
): Promise<TestNode> {
  const server = await serve(
    {
      host: '127.0.0.1',
      port: 0,
      access,
      allowedHosts,
      ...(oidc && { oidc }),
      ...(metrics && { metrics }),
      ...(consoleDir !== undefined && { consoleDir }),
      rateLimits,
      serving: { ...DEFAULT_SERVING, ...serving },
      limits: { ...DEFAULT_LIMITS, ...limits },
    },
    {
      store: openEmbeddedStore({ path: ':memory:' }),
      readModelPath: ':memory:',
      masterKeys: testKeys,
      ...options,
      logger,
    },
  );
  return { url: server.url, metricsUrl: server.metricsUrl, api: new Api(server.url), close: () => server.close() };
}
