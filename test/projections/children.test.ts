import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { installationsOfTemplates } from '../../projections/apps/queries.js';
import { countsOfParents, pagesOfParents } from '../../projections/children.js';
import type { RunningBackend } from '../../src/backend.js';
import { createLoaders } from '../../src/graphql/loaders.js';
import { openTestBackend } from '../support/backend.js';

describe('the rows of parents', () => {
  let backend: RunningBackend;
  beforeAll(async () => {
    backend = await openTestBackend();
  });
  afterAll(() => backend.close());

  it('come in pages and are counted as if each parent had been asked for alone and whole', () => {
    const { readModel: db } = backend.readModels.lease();
    const sql =
      'INSERT INTO installations (id, app_id, template_id, version, sort_key, place, app_name, team) VALUES (?, ?, ?, ?, ?, ?, ?, ?)';
    const rows = Array.from({ length: 60 }, (_, place) => ({ place, id: `i${place}`, parent: `t${place % 3}`, sortKey: `k${place % 4}` }));
    for (const { place, id, parent, sortKey } of rows) db.run(sql, id, 'app', parent, '1', sortKey, place, 'app', 'team');

    const asked = fc.record({
      parents: fc.uniqueArray(fc.constantFrom('t0', 't1', 't2', 'none'), { minLength: 1 }),
      first: fc.integer({ min: 1, max: 25 }),
      after: fc.option(fc.integer({ min: -1, max: 60 }), { nil: undefined }),
      sortKey: fc.option(fc.constantFrom('k0', 'k3', 'k9'), { nil: undefined }),
    });
    fc.assert(
      fc.property(asked, ({ parents, first, after, sortKey }) => {
        const pages = pagesOfParents(db, installationsOfTemplates, parents, { filter: { sortKey }, first, after });
        const counts = countsOfParents(db, installationsOfTemplates, parents, { sortKey });
        expect([...pages.keys(), ...counts.keys()].sort()).toEqual([...parents, ...parents].sort());
        for (const parent of parents) {
          const all = rows.filter((row) => row.parent === parent && (sortKey === undefined || row.sortKey === sortKey));
          const left = all.filter(({ place }) => after === undefined || place > after);
          expect(pages.get(parent)?.rows.map(({ id }) => id)).toEqual(left.slice(0, first).map(({ id }) => id));
          expect(pages.get(parent)?.hasNextPage).toBe(left.length > first);
          expect(counts.get(parent)).toBe(all.length);
        }
      }),
    );
  });

  it('are found by one index that has the parent and the order: no list beneath a node reads more of them than the page shows', () => {
    const { services, readModels } = backend;
    const { readModel } = readModels.lease();
    const lists = Object.values(createLoaders(readModel, services.contents)).flatMap((loader) => ('children' in loader ? [loader] : []));
    expect(lists.length).toBeGreaterThan(0);
    for (const { children } of lists) {
      const { parent, order, table } = children;
      const all = vi.spyOn(readModel, 'all');
      pagesOfParents<object, object>(readModel, children, ['a', 'b'], { filter: {}, first: 20, after: order.type });
      const [sql = '', ...parameters] = all.mock.calls[0] ?? [];
      all.mockRestore();
      const steps = readModel.all<{ id: number; parent: number; detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...parameters);
      const perParent = steps.find(({ detail }) => detail.startsWith('CORRELATED'));
      const details = steps.filter((step) => step.parent === perParent?.id).map(({ detail }) => detail.replace(/INDEX \w+/, 'INDEX'));
      // One step and no sort after it, for which all rows of a parent would be read.
      const beyond = `${order.column}${order.direction === 'ASC' ? '>' : '<'}?`;
      expect(details).toEqual([`SEARCH ${table} USING COVERING INDEX (${parent}=? AND ${beyond})`]);
    }
  });
});
