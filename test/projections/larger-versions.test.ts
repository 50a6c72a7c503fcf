import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  boundedVersions,
  countLargerFree,
  largerFree,
  largerWithdrawn,
  lastFree,
  latestVersions,
  type Standing,
} from '../../projections/templates/queries.js';
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
    upgradeFrom: n % 5 === 0 ? '>=1' : null,
  }));

  it('are those that are free, those that are bounded and those that are withdrawn, each as if every version had been looked at', () => {
    for (const { id, templateId, sortKey, state, upgradeFrom } of rows) {
      const version = state === 'no version' ? null : state;
      db.run(
        `INSERT INTO releases (id, template_id, app_id, version, sort_key, depth, difference, state, version_state, upgrade_from, started_at,
           actor_id, actor_kind, place) VALUES (?, ?, 'app', ?, ?, 0, '{}', ?, ?, ?, '', '', '', 0)`,
        id,
        templateId,
        `of ${id}`,
        sortKey,
        version ? 'PUBLISHED' : 'FAILED',
        version,
        upgradeFrom,
      );
    }
    const sortKey = fc.nat(60).map((n) => `k${String(n).padStart(2, '0')}`);
    const held = fc.uniqueArray(sortKey, { maxLength: 3 });
    const standing = fc.record({ templateId: fc.constantFrom('t0', 't1', 't2', 'none'), sortKey, held });
    const search = fc.record({ templateId: fc.constantFrom('t0', 't1', 't2', 'none'), held, from: sortKey, to: sortKey });
    fc.assert(
      fc.property(fc.array(standing, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 12 }), (standings, first) => {
        const found = { free: largerFree(db, standings, first), withdrawn: largerWithdrawn(db, standings, first) };
        const counts = countLargerFree(db, standings);
        for (const [i, { templateId, sortKey: at, held: heldBack }] of standings.entries()) {
          const larger = rows.filter((row) => row.templateId === templateId && row.sortKey > at && row.state !== 'no version').reverse();
          const free = larger.filter((row) => row.state !== 'WITHDRAWN' && row.upgradeFrom === null && !heldBack.includes(row.sortKey));
          const withdrawn = larger.filter(({ state }) => state === 'WITHDRAWN');
          const ids = (of: keyof typeof found): string[] => found[of].filter(({ than }) => than === i).map(({ id }) => id);
          expect(ids('free')).toEqual(free.slice(0, first).map(({ id }) => id));
          expect(ids('withdrawn')).toEqual(withdrawn.slice(0, first).map(({ id }) => id));
          expect(counts[i]).toBe(free.length);
        }
      }),
    );
    fc.assert(
      fc.property(fc.array(search, { maxLength: 6 }), (searches) => {
        const last = searches.map(({ templateId, held: heldBack, from, to }) =>
          rows.findLast(
            (row) =>
              row.templateId === templateId &&
              /PUB|DEP/.test(row.state) &&
              row.upgradeFrom === null &&
              !heldBack.includes(row.sortKey) &&
              row.sortKey >= from &&
              row.sortKey < to,
          ),
        );
        const found = new Map(lastFree(db, searches).map((row) => [row.search, row]));
        expect(searches.map((_, n) => found.get(n)?.sortKey)).toEqual(last.map((row) => row?.sortKey));
      }),
    );
    const bounded = rows.filter((row) => row.templateId !== 't2' && /PUB|DEP/.test(row.state) && row.upgradeFrom !== null);
    expect(boundedVersions(db, ['t0', 't1', 'none']).map((row) => row.sortKey)).toEqual(bounded.map((row) => row.sortKey));
    const latest = latestVersions(db, ['t0', 't1', 't2', 'none']).map(({ id }) => id);
    expect(latest.sort()).toEqual(
      ['t0', 't1', 't2'].map((id) => rows.findLast((row) => row.templateId === id && /PUB|DEP/.test(row.state))?.id).sort(),
    );
  });

  const standing: Standing = { templateId: 't0', sortKey: 'k', held: ['k03'] };
  it.each([
    ['free', () => largerFree(db, [standing], 3), 'versions_free (template_id=? AND sort_key>?)'],
    ['withdrawn', () => largerWithdrawn(db, [standing], 3), 'versions_withdrawn (template_id=? AND sort_key>?)'],
    ['counted', () => countLargerFree(db, [standing]), 'versions_free (template_id=? AND sort_key>?)'],
    [
      'the last before another',
      () => lastFree(db, [{ ...standing, from: 'k', to: 'l' }]),
      'versions_free (template_id=? AND sort_key>? AND sort_key<?)',
    ],
  ] as const)('are found by an index of their own: no other version is read (%s)', (_name, query, index) => {
    const searches = planOf(query).filter(({ detail }) => detail.includes('COVERING'));
    expect(searches.map(({ detail }) => detail)).toEqual([`SEARCH releases USING COVERING INDEX ${index}`]);
  });

  it('that are bounded are found by an index of their own', () => {
    const details = planOf(() => boundedVersions(db, ['t0'])).map(({ detail }) => detail);
    expect(details[0]).toBe('SEARCH releases USING INDEX versions_bounded (template_id=?)');
  });

  function planOf(query: () => unknown): { detail: string }[] {
    const all = vi.spyOn(db, 'all');
    query();
    const [sql = '', ...parameters] = all.mock.calls[0] ?? [];
    all.mockRestore();
    return db.all(`EXPLAIN QUERY PLAN ${sql}`, ...parameters);
  }
});
