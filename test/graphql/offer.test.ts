import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningBackend } from '../../src/backend.js';
import { blocked, countUpgradable, upgradable, type LabelledStanding } from '../../src/graphql/app/offer.js';
import { createLoaders, type Loaders } from '../../src/graphql/loaders.js';
import { isOpenFrom, UpgradePaths, type Stop } from '../../src/domain/template/upgrade-path.js';
import { requireVersionRange } from '../../src/domain/version-range.js';
import { requireVersion, versionSortKey } from '../../src/domain/version.js';
import { openTestBackend } from '../support/backend.js';

/** What read models tell of an installation's upgrades is what the rules say, looking at every version. */
describe('the larger versions of an installation', () => {
  let backend: RunningBackend;
  let loaders: Loaders;
  let templates = 0;
  beforeAll(async () => {
    backend = await openTestBackend();
  });
  afterAll(() => backend.close());

  const labels = Array.from({ length: 8 }, (_, n) => `${n + 1}.0`);
  const key = (label: string): string => versionSortKey(requireVersion(label));
  const range = fc
    .array(fc.tuple(fc.constantFrom('<', '>=', '>=', '='), fc.constantFrom(...labels.slice(1))), { minLength: 1, maxLength: 2, size: '-1' })
    .map((all) => all.map(([operator, label]) => operator + label).join(' '));
  const version = fc.record({
    state: fc.constantFrom('PUBLISHED', 'PUBLISHED', 'DEPRECATED', 'WITHDRAWN'),
    upgradeFrom: fc.option(range, { freq: 2 }),
    isHeld: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  });
  type Version = { label: string } & (typeof version extends fc.Arbitrary<infer T> ? T : never);

  /** A template of these versions, and what is seen of it from one of them. */
  function standAt(versions: readonly Version[], at: string): LabelledStanding {
    const db = backend.readModels.lease().readModel;
    const templateId = `t${++templates}`;
    for (const { label, state, upgradeFrom } of versions) {
      db.run(
        `INSERT INTO releases (id, template_id, app_id, version, sort_key, upgrade_from, depth, difference, manifest, state, version_state,
           state_reason, started_at, actor_id, actor_kind, place) VALUES (?, ?, 'a', ?, ?, ?, 0, '{}', '', 'PUBLISHED', ?, NULL, '', '', '', 0)`,
        `${templateId} ${label}`,
        templateId,
        label,
        key(label),
        upgradeFrom,
        state,
      );
    }
    loaders = createLoaders(db, { load: () => Promise.reject(new Error('no contents are read')) });
    const held = versions.filter(({ isHeld }) => isHeld).map(({ label }) => key(label));
    return { templateId, version: at, sortKey: key(at), held, holds: [], pendingVersion: null };
  }

  it('are each offered or explained, by the rules, largest first', async () => {
    let stops = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(...labels.map((label) => version.map((each): Version => ({ label, ...each })))),
        fc.constantFrom('1.0', '2.0', '4.0'),
        fc.integer({ min: 1, max: 10 }),
        async (versions, at, first) => {
          const standing = standAt(versions, at);
          const larger = versions.filter(({ label }) => key(label) > key(at)).reverse();
          const toStop = ({ label, upgradeFrom }: Version): Stop => ({
            label,
            sortKey: key(label),
            upgradeFrom: upgradeFrom === null ? undefined : requireVersionRange(upgradeFrom, 'upgradeFrom'),
          });
          const offered = larger.filter(({ state, isHeld }) => state !== 'WITHDRAWN' && !isHeld);
          const paths = new UpgradePaths(key(at), offered.map(toStop).reverse());
          const isOpen = (each: Version): boolean => offered.includes(each) && isOpenFrom(toStop(each), key(at));
          const expected = larger
            .filter((each) => !isOpen(each))
            .map(({ label, state, isHeld }) => {
              if (state === 'WITHDRAWN') return [label, 'WITHDRAWN', undefined];
              if (isHeld) return [label, 'HELD_AFTER_ROLLBACK', undefined];
              const via = paths.to(key(label))?.[0];
              if (via !== undefined) stops += 1;
              return [label, via === undefined ? 'OTHER' : 'STOP_REQUIRED', via];
            });
          const blocks = await blocked(loaders, standing, first);
          expect(blocks.map(({ row, code, viaVersion }) => [row.version, code, viaVersion])).toEqual(expected.slice(0, first));
          for (const { row, reason } of blocks) expect(reason).toContain(`version ${row.version}`);
          const open = larger.filter(isOpen).map(({ label }) => label);
          expect((await upgradable(loaders, standing, first)).map((row) => row.version)).toEqual(open.slice(0, first));
          expect(await countUpgradable(loaders, standing)).toBe(open.length);
        },
      ),
      { numRuns: 200 },
    );
    expect(stops).toBeGreaterThan(5);
  });
});
