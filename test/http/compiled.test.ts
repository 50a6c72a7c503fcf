import { execute, parse, validate, type ExecutionArgs } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningBackend } from '../../src/backend.js';
import { LOCAL } from '../../src/domain/access/principal.js';
import { createRequestContext } from '../../src/graphql/context.js';
import { buildRegraftSchema } from '../../src/graphql/schema.js';
import { createExecutor } from '../../src/http/compiled.js';
import { openTestBackend } from '../support/backend.js';
import { fillWithRows, type FilledIds } from '../support/fill-with-rows.js';
import { listPages, relationsOf, selectRelation, type Arguments } from '../support/walk-schema.js';

const ARGUMENTS: Arguments = { 'Template.version': 'version: "1.0"' };
const schema = await buildRegraftSchema();

describe('a query that is asked again is answered as the first time', () => {
  let backend: RunningBackend;
  let ids: FilledIds;

  beforeAll(async () => {
    backend = await openTestBackend();
    ids = await fillWithRows(backend, 6);
  }, 60_000);
  afterAll(() => backend.close());

  type Asked = Pick<ExecutionArgs, 'operationName' | 'variableValues'>;

  /** What graphql-js answers, and what the executor does the first times that it is asked. */
  async function answers(source: string, asked: Asked = {}): Promise<{ expected: unknown; compiled: unknown[] }> {
    const document = parse(source);
    expect(validate(schema, document)).toEqual([]);
    const run = createExecutor(schema);
    const answer = async (by: (args: ExecutionArgs) => unknown): Promise<unknown> => {
      const contextValue = await createRequestContext(backend, { correlationId: 'compiled', principal: LOCAL });
      const { data, errors } = (await by({ schema, document, contextValue, ...asked })) as Awaited<ReturnType<typeof execute>>;
      contextValue.end();
      // As clients see it; of errors also what they come from.
      return JSON.parse(
        JSON.stringify({
          data,
          errors: errors?.map((error) => ({ ...error.toJSON(), by: String(error.originalError), extensions: error.extensions })),
        }),
      );
    };
    return { expected: await answer(execute), compiled: [await answer(run), await answer(run), await answer(run)] };
  }

  async function expectSame(source: string, asked?: Asked): Promise<unknown> {
    const { expected, compiled } = await answers(source, asked);
    expect(compiled).toEqual([expected, expected, expected]);
    return expected;
  }

  for (const page of listPages(schema)) {
    const relations = relationsOf(page.node).map((field) => [field.name, selectRelation(page.node, field, 2, ARGUMENTS)] as const);
    it.each([['its rows', '__typename id'] as const, ...relations])(`${page.name}: %s`, async (what, selection) => {
      const source = page.query(what === 'its rows' ? '__typename' : selection);
      const possible = Object.values(ids) as string[];
      for (const id of page.name.startsWith('Query.') ? possible.slice(0, 1) : possible) {
        await expectSame(source, { variableValues: { first: 3, ...(source.includes('$id') && { id }) } });
      }
    });
  }

  it.each([
    [
      'aliases and fragments',
      'query ($id: ID!) { a: app(id: $id) { ...F } b: app(id: $id) { ...F name } } fragment F on App { id team }',
      {},
    ],
    ['a directive with a variable', 'query ($id: ID!, $with: Boolean!) { app(id: $id) { id name @include(if: $with) } }', { with: false }],
    [
      'several types behind an interface',
      'query ($id: ID!) { node(id: $id) { __typename id ... on App { name } ... on Template { name } } }',
      {},
    ],
    ['the schema', '{ __schema { queryType { name fields { name args { name defaultValue } } } } __type(name: "App") { kind } }', {}],
    ['a null where nothing is', 'query ($id: ID!) { app(id: $id) { id } nothing: app(id: "nothing") { id } }', {}],
    [
      'an error beneath a list',
      'query ($id: ID!) {\n  app(id: $id) {\r\n    installations { template { version(version: "x") { id } } }\n  }\n}',
      {},
    ],
    ['an error at the root', '{ compareVersions(templateId: "nothing", from: "1.0", to: "1.1") { from } }', {}],
    ['a refused argument', '{ apps(first: 1000) { totalCount } }', {}],
    ['an input object in the text', '{ history(filter: { types: ["AppCreated"] }, first: 2) { edges { node { type } } } }', {}],
    ['a default of a variable', 'query ($first: Int = 2) { apps(first: $first) { edges { node { name } } } }', {}],
    ['a variable that does not fit', 'query ($first: Int!) { apps(first: $first) { totalCount } }', { first: 'many' }],
    ['a variable that is missing', 'query ($first: Int!) { apps(first: $first) { totalCount } }', {}],
  ])('%s', async (_, source, variables) => {
    await expectSame(source, { variableValues: { id: ids.upgradedApp, ...variables } });
  });

  it('one of several operations', async () => {
    const source = 'query A { apps { totalCount } } query B { templates { totalCount } }';
    const [a, b] = [await expectSame(source, { operationName: 'A' }), await expectSame(source, { operationName: 'B' })];
    expect(a).not.toEqual(b);
  });

  it('an input object in a variable', async () => {
    await expectSame('query ($filter: HistoryFilter) { history(filter: $filter, first: 2) { edges { node { type } } } }', {
      variableValues: { filter: { types: ['AppCreated'] } },
    });
  });
});
