import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { countLargerVersions, largerVersions, largerWithdrawn, latestVersions } from '../../projections/templates/queries.js';
import type { RunningBackend } from '../../src/backend.js';
import type { ReadModel } from '../../src/projector/projection.js';
import { openTestBackend } from '../support/backend.js';

const STATES = ['PUBLISHED', 'DEPRECATED', 'WITHDRAWN', 'no version'] as const;

describe('the versions that are larger than others', () => {
  let backend: RunningBackend;
  let db: ReadModel;
  beforeAll(async () => {
    backend = await openTestBackend();
    db = backend.readModels.lease().readModel;
  });
  afterAll(() => backend.close());

  const rows = Array.from({ length: 60 }, (_, n) => ({
    id: `r${n}`,
    templateId: `t${n % 3}`,
    sortKey: `k${String(n).padStart(2, '0')}`,
    state: STATES[Math.floor(n / 3) % STATES.length] ?? 'no version',
  }));

  it('are those on offer and those that are withdrawn, each as if every version had been looked at', () => {
    for (const { id, templateId, sortKey, state } of rows) {
      const version = state === 'no version' ? null : state;
      db.run(
        `INSERT INTO releases (id, template_id, app_id, version, sort_key, depth, difference, state, version_state, started_at, actor_id,
           actor_kind, place) VALUES (?, ?, 'app', '1', ?, 0, '{}', ?, ?, '', '', '', 0)`,
        id,
        templateId,
        sortKey,
        version ? 'PUBLISHED' : 'FAILED',
        version,
      );
    }
    const key = fc.record({ templateId: fc.constantFrom('t0', 't1', 't2', 'none'), sortKey: fc.nat(60).map((n) => `k${n}`) });
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 12 }), (keys, first) => {
        const found = { offered: largerVersions(db, keys, first), withdrawn: largerWithdrawn(db, keys, first) };
        const counts = countLargerVersions(db, keys);
        for (const [i, { templateId, sortKey }] of keys.entries()) {
          const larger = rows
            .filter((row) => row.templateId === templateId && row.sortKey > sortKey && row.state !== 'no version')
            .reverse();
          const offered = larger.filter(({ state }) => state !== 'WITHDRAWN');
          const withdrawn = larger.filter(({ state }) => state === 'WITHDRAWN');
          const ids = (of: keyof typeof found): string[] => found[of].filter(({ than }) => than === i).map(({ id }) => id);
          expect(ids('offered')).toEqual(offered.slice(0, first).map(({ id }) => id));
          expect(ids('withdrawn')).toEqual(withdrawn.slice(0, first).map(({ id }) => id));
          expect(counts[i]).toBe(offered.length);
        }
      }),
    );
    const latest = latestVersions(db, ['t0', 't1', 't2', 'none']).map(({ id }) => id);
    expect(latest.sort()).toEqual(
      ['t0', 't1', 't2'].map((id) => rows.findLast((row) => row.templateId === id && /PUB|DEP/.test(row.state))?.id).sort(),
    );
  });

  it.each([
    ['offered', () => largerVersions(db, [{ templateId: 't0', sortKey: 'k' }], 3), 'versions_offered'],
    ['withdrawn', () => largerWithdrawn(db, [{ templateId: 't0', sortKey: 'k' }], 3), 'versions_withdrawn'],
    ['counted', () => countLargerVersions(db, [{ templateId: 't0', sortKey: 'k' }]), 'versions_offered'],
  ] as const)('are found by an index of their own: no other version is read (%s)', (_name, query, index) => {
    const all = vi.spyOn(db, 'all');
    query();
    const [sql = '', ...parameters] = all.mock.calls[0] ?? [];
    all.mockRestore();
    const steps = db.all<{ id: number; parent: number; detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...parameters);
    const perVersion = steps.find(({ detail }) => detail.startsWith('CORRELATED'));
    const details = steps.filter(({ parent }) => parent === perVersion?.id).map(({ detail }) => detail);
    expect(details).toEqual([`SEARCH releases USING COVERING INDEX ${index} (template_id=? AND sort_key>?)`]);
  });
});
