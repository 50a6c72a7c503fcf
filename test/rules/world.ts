import { afterAll, beforeAll, vi } from 'vitest';
import type { BackendOptions } from '../../src/backend.js';
import { buildRegraftSchema } from '../../src/graphql/schema.js';
import { ReleaseShop, type Installed } from '../support/release-shop.js';
import { startTestNode, type Api, type TestNode } from '../support/server.js';

// The rules of this folder are listed, for users, in docs/rules.md. Each has one `describe('rule N: …')` here, whose scenarios are told over HTTP.

export type Answer = Awaited<ReturnType<Api['ask']>>;

const schema = buildRegraftSchema();

/** A server, and what the scenarios do there. */
export class World {
  #shops = 0;

  constructor(readonly api: Api) {}

  /** A mutation that must succeed. */
  async do(mutation: string, input: object, selection = 'position'): Promise<Answer> {
    return this.api.mutate(mutation, await inputType(mutation), input, selection);
  }

  /** A mutation that must be refused: the code, what it names, and its message. */
  async refused(mutation: string, input: object): Promise<Answer> {
    const { extensions, message } = await this.api.refuse(mutation, await inputType(mutation), input);
    return { ...extensions, message };
  }

  ask(query: string, variables: object = {}): Promise<Answer> {
    return this.api.ask(query, variables);
  }

  /** A source app and its template, published as 1.0. */
  shop(services: Readonly<Record<string, object>>): Promise<ReleaseShop> {
    return ReleaseShop.open(this.api, `shop ${++this.#shops}`, services);
  }

  async app(appId: string, selection: string): Promise<Answer> {
    return (await this.ask(`query ($id: ID!) { app(id: $id) { ${selection} } }`, { id: appId })).app;
  }

  async template({ templateId }: ReleaseShop, selection: string): Promise<Answer> {
    return (await this.ask(`query ($id: ID!) { template(id: $id) { ${selection} } }`, { id: templateId })).template;
  }

  /** The labels of the versions of a template, the largest first. */
  async versions(shop: ReleaseShop): Promise<string[]> {
    return nodesOf((await this.template(shop, 'versions { edges { node { version } } }')).versions).map(({ version }) => version as string);
  }

  async version(shop: ReleaseShop, version: string, selection: string): Promise<Answer> {
    return (await this.template(shop, `version(version: ${JSON.stringify(version)}) { ${selection} }`)).version;
  }

  async installation({ installationId }: Installed, selection: string): Promise<Answer> {
    return (await this.ask(`query ($id: ID!) { node(id: $id) { ... on Installation { ${selection} } } }`, { id: installationId })).node;
  }

  async plan({ appId }: Installed, toVersion: string, selection: string, more: object = {}): Promise<Answer> {
    const query = `query ($appId: ID!, $toVersion: String!, $policy: ConflictPolicy, $resolutions: [ResolutionInput!], $components: [ID!]) {
      upgradePlan(appId: $appId, toVersion: $toVersion, policy: $policy, resolutions: $resolutions, components: $components) { ${selection} } }`;
    return (await this.ask(query, { appId, toVersion, ...more })).upgradePlan;
  }

  upgrade({ appId }: Installed, toVersion: string, more: object = {}, selection = 'upgrade { id state }'): Promise<Answer> {
    return this.do('upgradeApp', { appId, toVersion, ...more }, selection);
  }

  /** The first hundred events of one app or template. */
  async history(filter: object, selection = 'type data'): Promise<Answer[]> {
    const query = `query ($filter: HistoryFilter) { history(filter: $filter, first: 100) { edges { node { ${selection} } } } }`;
    return nodesOf((await this.ask(query, { filter })).history);
  }
}

/** A server of their own for the scenarios of a `describe`, with everything in memory. */
export function world(options: Partial<BackendOptions> = {}): () => World {
  let node: TestNode;
  let started: World;
  beforeAll(async () => {
    node = await startTestNode(options);
    started = new World(node.api);
  });
  afterAll(() => node.close());
  return () => started;
}

/** What the edges of a connection lead to. */
export function nodesOf(connection: { readonly edges: readonly { readonly node: Answer }[] }): Answer[] {
  return connection.edges.map(({ node }) => node);
}

/** Rows by their key. */
export function byKey(rows: readonly Answer[], key = 'key'): Record<string, Answer> {
  return Object.fromEntries(rows.map((row) => [row[key], row]));
}

/** Waits until an expectation holds. */
export function eventually(expectation: () => Promise<void>): Promise<void> {
  return vi.waitFor(expectation, { timeout: 10_000, interval: 5 });
}

async function inputType(mutation: string): Promise<string> {
  const [argument] = (await schema).getMutationType()?.getFields()[mutation]?.args ?? [];
  if (!argument) throw new Error(`there is no mutation ${mutation}`);
  return String(argument.type).replace('!', '');
}
