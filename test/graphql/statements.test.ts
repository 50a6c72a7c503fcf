import { graphql } from 'graphql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunningBackend } from '../../src/backend.js';
import { LOCAL } from '../../src/domain/access/principal.js';
import { createRequestContext } from '../../src/graphql/context.js';
import { buildRegraftSchema } from '../../src/graphql/schema.js';
import { openTestBackend } from '../support/backend.js';
import { fillWithRows, type FilledIds } from '../support/fill-with-rows.js';
import { listPages, relationsOf, selectRelation, type Arguments, type ListPage } from '../support/walk-schema.js';

/** How many objects deep each relation of a row is followed. */
const DEPTH = 3;

/** Of fields that cannot go without, and of lists that are long without. */
const ARGUMENTS: Arguments = {
  'Template.version': 'version: "1.0"',
  'Installation.upgradableVersions': 'first: 3',
  'Installation.blockedVersions': 'first: 3',
};

/** The nodes under which there are more than 100 rows, by the list that they have. */
const PARENTS: Readonly<Record<string, (ids: FilledIds) => string>> = {
  'App.releaseRecords': ({ sourceApp }) => sourceApp,
  'App.upgradeRecords': ({ upgradedApp }) => upgradedApp,
  'Installation.upgradeRecords': ({ upgradedInstallation }) => upgradedInstallation,
  'Rehearsal.installs': ({ rehearsal }) => rehearsal,
  'Template.installations': ({ template }) => template,
  'Template.releaseRecords': ({ template }) => template,
  'Template.versions': ({ template }) => template,
};

// The schema says what is counted: a list or a relation that is new is counted without a word here.
const schema = await buildRegraftSchema();

describe('a list page costs the same number of SQL statements for any number of rows', () => {
  let backend: RunningBackend;
  let ids: FilledIds;
  const counted = new Map<string, number>();

  beforeAll(async () => {
    backend = await openTestBackend();
    ids = await fillWithRows(backend, 105);
  }, 120_000);
  afterAll(async () => {
    console.log([...counted].map(([what, statements]) => `${what}: ${statements} statements for 10 rows and for 100`).join('\n'));
    await backend.close();
  });

  /** The statements that a page runs, with how often it runs each; and how often it reads contents, which may be a read of the log each time. */
  async function run(
    { name, query }: ListPage,
    selection: string,
    first: number,
  ): Promise<{ rows: number; statements: Map<string, number>; contentReads: number }> {
    const { readModel, release } = backend.readModels.lease();
    const statements = new Map<string, number>();
    const spies = (['all', 'get', 'run'] as const).map((method) => vi.spyOn(readModel, method));
    const contents = vi.spyOn(backend.services.contents, 'load');
    const { data, errors } = await graphql({
      schema,
      source: query(selection),
      variableValues: { first, id: PARENTS[name]?.(ids) },
      contextValue: await createRequestContext(backend, { correlationId: 'count', principal: LOCAL }),
    });
    for (const [sql] of spies.flatMap(({ mock }) => mock.calls)) statements.set(sql, (statements.get(sql) ?? 0) + 1);
    const contentReads = contents.mock.calls.length;
    for (const spy of [contents, ...spies]) spy.mockRestore();
    expect(errors).toBeUndefined();
    release();
    const { page } = (data?.['node'] ?? data) as { page: { edges: unknown[] } };
    return { rows: page.edges.length, statements, contentReads };
  }

  for (const page of listPages(schema)) {
    const relations = relationsOf(page.node).map((field) => [field.name, selectRelation(page.node, field, DEPTH, ARGUMENTS)] as const);
    describe(page.name, () => {
      it.each([['its rows', '__typename'] as const, ...relations])('%s', async (what, selection) => {
        const ten = await run(page, selection, 10);
        const hundred = await run(page, selection, 100);
        expect([ten.rows, hundred.rows]).toEqual([10, 100]);
        expect(hundred.statements).toEqual(ten.statements);
        expect(hundred.contentReads).toBe(ten.contentReads);
        counted.set(
          `${page.name} { ${what} }`,
          [...hundred.statements.values()].reduce((sum, times) => sum + times, 0),
        );
      });
    });
  }
});
