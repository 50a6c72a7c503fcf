import { getIntrospectionQuery, getOperationAST, parse, type GraphQLSchema } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { costOf, MAX_COST, MAX_DEPTH, requireAffordable, type QueryCost } from '../../src/graphql/query-cost.js';
import { buildRegraftSchema } from '../../src/graphql/schema.js';

describe('the cost of a query', () => {
  let schema: GraphQLSchema;
  beforeAll(async () => {
    schema = await buildRegraftSchema();
  });

  const operationOf = (query: string, variables?: Record<string, unknown>): Parameters<typeof costOf>[0] => {
    const document = parse(query);
    const operation = getOperationAST(document);
    if (!operation) throw new Error('there is no operation');
    return { schema, document, operation, variables };
  };
  const cost = (query: string, variables?: Record<string, unknown>): QueryCost => costOf(operationOf(query, variables));
  const run = (query: string, variables?: Record<string, unknown>) => () => requireAffordable(operationOf(query, variables));

  it('is one a field', () => {
    expect(cost('{ position again: position }')).toEqual({ cost: 2, depth: 1 });
  });

  it('counts what is in a connection once for each row that it may have', () => {
    expect(cost('{ apps(first: 30) { edges { node { name } } } }')).toEqual({ cost: 1 + 30 * 3, depth: 4 });
  });

  it('takes a connection without first to have 20 rows, and none to have more than 100', () => {
    expect(cost('{ apps { totalCount } }').cost).toBe(1 + 20);
    expect(cost('{ apps(first: null) { totalCount } }').cost).toBe(1 + 20);
    expect(cost('{ apps(first: 1000) { totalCount } }').cost).toBe(1 + 100);
  });

  it('knows first from the variables of the request, or from their defaults', () => {
    const query = 'query ($n: Int = 7) { apps(first: $n) { totalCount } }';
    expect(cost(query, { n: 50 }).cost).toBe(1 + 50);
    expect(cost(query).cost).toBe(1 + 7);
    expect(cost('query ($n: Int) { apps(first: $n) { totalCount } }').cost).toBe(1 + 20);
  });

  it('takes a list that has no first to have a few rows', () => {
    expect(cost('{ app(id: "x") { components { key env { name value } } } }').cost).toBe(2 + 5 * (2 + 5 * 2));
  });

  it('counts every alias', () => {
    expect(cost('{ a: apps(first: 10) { totalCount } b: apps(first: 10) { totalCount } }').cost).toBe(22);
  });

  it('counts a fragment at each place where it is spread', () => {
    const fragment = 'fragment F on App { name components { key } }';
    expect(cost(`{ a: app(id: "x") { ...F } b: app(id: "y") { ... on App { ...F } } } ${fragment}`)).toEqual({ cost: 2 * 8, depth: 3 });
  });

  it('counts what plans and compares as more than a field', () => {
    expect(cost('{ upgradePlan(appId: "x", toVersion: "1") { fingerprint } }').cost).toBeGreaterThan(1000);
  });

  it('comes to an end with fragments that spread one another', () => {
    expect(cost('{ app(id: "x") { ...A } } fragment A on App { name ...B } fragment B on App { id ...A }')).toEqual({ cost: 3, depth: 2 });
  });

  it('is found in no time where fragments double fragments', () => {
    const doubling = Array.from({ length: 60 }, (_, n) => `fragment F${n} on App { ...F${n + 1} ...F${n + 1} }`).join('\n');
    expect(run(`{ app(id: "x") { ...F0 } } ${doubling} fragment F60 on App { name }`)).toThrow(/the limit is 500,000/);
  });

  const nested = (times: number): string =>
    Array.from({ length: times }).reduce<string>(
      (inner) => `installations { template { installations(first: 100) { edges { node { app { ${inner} } } } } } }`,
      'name',
    );

  it('refuses connections in connections, with the cost, the limit and what to do', () => {
    expect(run(`{ apps(first: 100) { edges { node { ${nested(2)} } } } }`)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/could answer with about [\d,]+ fields, the limit is 500,000: give smaller values of first/),
        extensions: { code: 'QUERY_TOO_COMPLEX', cost: expect.any(Number), limit: MAX_COST, http: { status: 400 } },
      }),
    );
    expect(run(`{ apps(first: 100) { edges { node { ${nested(5)} } } } }`)).toThrow(/the limit is/);
  });

  it('refuses what nests too deep, whatever it costs', () => {
    const deep = Array.from({ length: 11 }).reduce<string>((inner) => `installations { app { ${inner} } }`, 'name');
    expect(run(`{ app(id: "x") { ${deep} } }`)).toThrow(
      expect.objectContaining({ extensions: { code: 'QUERY_TOO_COMPLEX', depth: 24, limit: MAX_DEPTH, http: { status: 400 } } }),
    );
  });

  it('refuses selections and fragments that nest by the thousand', () => {
    const chain = Array.from({ length: 3000 }, (_, n) => `fragment F${n} on App { ...F${n + 1} }`).join('\n');
    expect(run(`{ app(id: "x") { ...F0 } } ${chain} fragment F3000 on App { name }`)).toThrow(/the limit is 20/);
    expect(run(`{ app(id: "x") { ${'... { '.repeat(1500)} name ${'}'.repeat(1500)} } }`)).toThrow(/the limit is 20/);
  });

  it('lets GraphiQL read the schema', () => {
    const all = {
      descriptions: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
    };
    expect(run(getIntrospectionQuery({ ...all, oneOf: true }))).not.toThrow();
  });

  it('lets a page of a hundred apps with all that their rows show pass', () => {
    expect(
      run(`{ apps(first: 100) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node {
        id name team revision createdAt
        components { id key title image replicas env { name value } ports { containerPort protocol } templateVersion localChanges { path before after } }
        installations { id currentVersion template { id name } upgradableCount upgradableVersions(first: 20) { version publishedAt } }
      } } } }`),
    ).not.toThrow();
  });
});
