import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { appsProjection } from '../../projections/apps/projection.js';
import { appsPage, countApps } from '../../projections/apps/queries.js';
import type { RunningBackend } from '../../src/backend.js';
import type { AppEvent } from '../../src/domain/app/events.js';
import type { AppId, Digest, InstallationId, TemplateId } from '../../src/domain/ids.js';
import type { ReadModel } from '../../src/projector/projection.js';
import type { RecordedEvent } from '../../src/store/event-store.js';
import { openTestBackend, tester } from '../support/backend.js';

type Step =
  | { readonly kind: 'install'; readonly app: number; readonly template: string; readonly version: string }
  | { readonly kind: 'uninstall'; readonly nth: number }
  | { readonly kind: 'rename'; readonly app: number; readonly name: string }
  | { readonly kind: 'delete'; readonly app: number };

interface Installed {
  readonly id: string;
  readonly app: number;
  readonly template: string;
  readonly version: string;
}

const APPS = 6;
const TEMPLATES = ['t0', 't1'];
const app = fc.nat(APPS - 1);
const version = fc.constantFrom('1', '2');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('install' as const), app, template: fc.constantFrom(...TEMPLATES), version }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('uninstall' as const), nth: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rename' as const), app, name: fc.constantFrom('a', 'b', 'B', 'ab') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), app }) },
);

describe('the apps that have a template installed', () => {
  let backend: RunningBackend;
  let db: ReadModel;
  beforeAll(async () => {
    backend = await openTestBackend();
    db = backend.readModels.lease().readModel;
  });
  afterAll(() => backend.close());
  beforeEach(() => {
    for (const table of ['apps', 'installations', 'overrides', 'own_components']) db.run(`DELETE FROM ${table}`);
  });

  let place = 0;
  function happened(event: AppEvent): void {
    const metadata = { occurredAt: '', $correlationId: '', $causationId: '', actor: tester.actor, schemaVersion: 1 };
    const { type, data } = event;
    const recorded: RecordedEvent = {
      ...{ eventId: '', type, data: { ...data }, metadata, revision: 0, recordedAt: '2026-01-01T00:00:00.000Z' },
      stream: `app-${data.appId}`,
      position: ++place,
    };
    appsProjection.apply(recorded, db);
  }

  /** What the projection is to show, kept beside it as plainly as possible. */
  function play(steps: readonly Step[]): { names: Map<number, string>; installed: Installed[] } {
    const names = new Map(Array.from({ length: APPS }, (_, n) => [n, `n${n % 3}`]));
    for (const [n, name] of names) happened({ type: 'AppCreated', data: { appId: `a${n}` as AppId, name, team: `team ${n % 2}` } });
    let installed: Installed[] = [];
    for (const [n, each] of steps.entries()) {
      if (each.kind === 'uninstall') {
        const gone = installed[each.nth % Math.max(installed.length, 1)];
        if (!gone) continue;
        installed = installed.filter((one) => one !== gone);
        const ids = { appId: `a${gone.app}` as AppId, installationId: gone.id as InstallationId, templateId: gone.template as TemplateId };
        happened({ type: 'TemplateUninstalled', data: { ...ids, version: gone.version, acceptDataLoss: false } });
        continue;
      }
      if (!names.has(each.app)) continue;
      const appId = `a${each.app}` as AppId;
      if (each.kind === 'rename') {
        names.set(each.app, each.name);
        happened({ type: 'AppChanged', data: { appId, name: each.name, set: [], unset: [] } });
      } else if (each.kind === 'delete') {
        names.delete(each.app);
        installed = installed.filter((one) => one.app !== each.app);
        happened({ type: 'AppDeleted', data: { appId } });
      } else {
        const id = `i${n}`;
        installed.push({ id, ...each });
        const ids = { appId, installationId: id as InstallationId, templateId: each.template as TemplateId };
        const data = { ...ids, version: each.version, manifest: '' as Digest, templateRevision: 0, keys: [] };
        happened({ type: 'TemplateInstalled', data });
      }
    }
    return { names, installed };
  }

  it('are paged by name, each once, and counted, as if all apps had been looked at; those that are gone are left out', () => {
    const filters = fc.record({
      templateId: fc.constantFrom(...TEMPLATES, 'none'),
      sortKey: fc.option(version, { nil: undefined }),
      team: fc.option(fc.constantFrom('team 0', 'team 1'), { nil: undefined }),
      search: fc.option(fc.constantFrom('b', 'N'), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), filters, fc.integer({ min: 1, max: 4 }), (steps, filter, first) => {
        for (const table of ['apps', 'installations']) db.run(`DELETE FROM ${table}`);
        const { names, installed } = play(steps);
        const sortKeys = new Map(
          db
            .all<{ version: string; k: string }>('SELECT DISTINCT version, sort_key AS k FROM installations')
            .map((row) => [row.version, row.k]),
        );
        const of = filter.sortKey && (sortKeys.get(filter.sortKey) ?? 'none');
        const expected = [...names]
          .filter(([n, name]) => {
            const has = installed.some(
              (one) => one.app === n && one.template === filter.templateId && (!filter.sortKey || one.version === filter.sortKey),
            );
            const searched = filter.search === undefined || name.toLowerCase().includes(filter.search.toLowerCase());
            return has && searched && (filter.team === undefined || filter.team === `team ${n % 2}`);
          })
          .map(([n, name]) => ({ name, id: `a${n}` }))
          .sort((a, b) => (`${a.name} ${a.id}` < `${b.name} ${b.id}` ? -1 : 1));
        const given = { ...filter, sortKey: of };
        const shown: { name: string; id: string }[] = [];
        for (let page = appsPage(db, given, first); ; page = appsPage(db, given, first, shown.at(-1))) {
          shown.push(...page.rows.map(({ name, id }) => ({ name, id })));
          if (!page.hasNextPage) break;
        }
        expect(shown).toEqual(expected);
        expect(countApps(db, given)).toBe(expected.length);
        expect(
          appsPage(db, {}, 100)
            .rows.map(({ id }) => id)
            .sort(),
        ).toEqual([...names.keys()].map((n) => `a${n}`).sort());
      }),
    );
  });

  it.each([
    ['of a template', { templateId: 't0' }, 'apps_of_template'],
    ['of a version', { templateId: 't0', sortKey: '1' }, 'apps_of_version'],
  ])('are read in the order of an index, %s: no page reads more of them than it shows', (_what, filter, index) => {
    const all = vi.spyOn(db, 'all');
    appsPage(db, filter, 20, { name: 'a', id: 'b' });
    const [sql = '', ...parameters] = all.mock.calls[0] ?? [];
    all.mockRestore();
    const details = db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...parameters).map(({ detail }) => detail);
    expect(details[1]).toMatch(new RegExp(`^SEARCH installations USING COVERING INDEX ${index} `));
    // The page that was found is sorted, not what it was found in.
    expect(details.filter((detail) => detail.includes('B-TREE'))).toEqual(['USE TEMP B-TREE FOR ORDER BY']);
  });
});
