import { describe, expect, it } from 'vitest';
import { removeComponent, updateComponent } from '../../src/domain/app/decide.js';
import { judge, NOT_OFFERED } from '../../src/domain/rehearsal/outcome.js';
import { Tally } from '../../src/domain/rehearsal/tally.js';
import { installed, Scenario } from './scenario.js';

type View = Parameters<typeof updateComponent>[1];
const edit =
  (id: string, set: Parameters<typeof updateComponent>[0]['edit']['set']) =>
  (view: View, contents: Scenario['contents']): ReturnType<typeof updateComponent> =>
    updateComponent({ componentId: installed(id), edit: { set, unset: [] } }, view, contents);
const remove =
  (id: string) =>
  (view: View): ReturnType<typeof removeComponent> =>
    removeComponent(installed(id), view);

/** Of an install of 1.0, moved to 2.0. */
const outcome = (scenario: Scenario): string => judge(scenario.plan('2.0')).outcome;

describe('what a release would mean for an install', () => {
  const image = (): Scenario =>
    new Scenario()
      .version('1.0', { web: { image: 'a' }, db: {} })
      .version('2.0', { web: { image: 'b' }, db: {} })
      .installed('1.0');

  it('is clean where it would take what is new and keep its own', () => {
    expect(outcome(image())).toBe('CLEAN');
    expect(outcome(image().after(edit('web', { replicas: 3 })))).toBe('CLEAN');
  });

  it('is unchanged where it has the same already, or removed what changes', () => {
    expect(outcome(image().after(edit('web', { image: 'b' })))).toBe('UNCHANGED');
    expect(outcome(image().after(remove('web')))).toBe('UNCHANGED');
    expect(outcome(image().after(edit('web', { image: 'b', replicas: 3 })))).toBe('UNCHANGED');
  });

  it('is clean, not unchanged, where something is added or goes', () => {
    const both = { web: {}, db: {} };
    expect(outcome(new Scenario().version('1.0', { web: {} }).version('2.0', both).installed('1.0'))).toBe('CLEAN');
    expect(outcome(new Scenario().version('1.0', both).version('2.0', { web: {} }).installed('1.0'))).toBe('CLEAN');
  });

  it('is clean where app-level content changes alone', () => {
    const extra = new Scenario().version('1.0', { web: {} }, { x: 1 }).version('2.0', { web: {} }, { x: 2 }).installed('1.0');
    expect(outcome(extra)).toBe('CLEAN');
  });

  it('is a conflict where both changed the same, told by its place', () => {
    const clash = image().after(edit('web', { image: 'c' }));
    expect(judge(clash.plan('2.0'))).toEqual({
      outcome: 'CONFLICTS',
      conflicts: 1,
      problems: 0,
      losses: 0,
      places: [{ code: 'CONFLICT', componentKey: 'web', path: '/image' }],
    });
  });

  it('is blocked by a key that is taken, also where there are conflicts', () => {
    const taken = new Scenario()
      .version('1.0', { web: { image: 'a' } })
      .version('2.0', { web: { image: 'b' }, redis: {} })
      .installed('1.0')
      .added({ key: 'redis' })
      .after(edit('web', { image: 'c' }));
    expect(judge(taken.plan('2.0'))).toEqual({
      outcome: 'BLOCKED',
      conflicts: 1,
      problems: 1,
      losses: 0,
      places: [
        { code: 'KEY_TAKEN', componentKey: 'redis', path: '/key' },
        { code: 'CONFLICT', componentKey: 'web', path: '/image' },
      ],
    });
  });

  it('is blocked by data that would be lost: an upgrade is refused until that is accepted', () => {
    const losing = new Scenario()
      .version('1.0', { web: {}, db: { volumes: { '/data': { name: 'data' } } } })
      .version('2.0', { web: {} })
      .installed('1.0');
    losing.when(losing.upgrade('2.0')).thenRefuses('DATA_LOSS_NOT_ACCEPTED');
    expect(judge(losing.plan('2.0'))).toMatchObject({
      outcome: 'BLOCKED',
      conflicts: 0,
      losses: 1,
      places: [{ code: 'DATA_LOSS', componentKey: 'db', path: '/volumes/~1data/kind' }],
    });
  });

  it('shows the first five places of many', () => {
    const names = Array.from({ length: 9 }, (_, n) => `N${n}`);
    const env = (value: string): Record<string, string> => Object.fromEntries(names.map((name) => [name, value]));
    const clash = new Scenario()
      .version('1.0', { web: { env: env('a') } })
      .version('2.0', { web: { env: env('b') } })
      .installed('1.0')
      .after(edit('web', { env: env('c') }));
    const { conflicts, places } = judge(clash.plan('2.0'));
    expect([conflicts, places.length]).toEqual([9, 5]);
  });
});

describe('counting what plans mean', () => {
  const names = Array.from({ length: 12 }, (_, n) => `N${String(n).padStart(2, '0')}`);
  const env = (value: string, count = names.length): Record<string, string> =>
    Object.fromEntries(names.slice(0, count).map((name) => [name, value]));
  const base = (): Scenario =>
    new Scenario()
      .version('1.0', { web: { env: env('a') } })
      .version('2.0', { web: { env: env('b') }, redis: {} })
      .installed('1.0');
  const target = base().manifest('2.0');
  const add = (tally: Tally, scenario: Scenario, installs: number): void => {
    const plan = scenario.plan('2.0');
    tally.add(judge(plan), plan, installs, target);
  };

  it('counts a plan once for all the installs that have it', () => {
    const tally = new Tally();
    add(tally, base(), 700);
    add(tally, base().added({ key: 'redis' }), 20);
    tally.add(NOT_OFFERED, undefined, 3, target);
    expect(tally.processed).toBe(723);
    expect([tally.of('CLEAN'), tally.of('BLOCKED'), tally.of('CONFLICTS'), tally.of('NOT_OFFERED')]).toEqual([700, 20, 0, 3]);
    expect(tally.blocking).toEqual([{ code: 'KEY_TAKEN', installs: 20 }]);
  });

  it('tells the ten places that the most installs clash at, those of equal rank by name', () => {
    const tally = new Tally();
    add(tally, base().after(edit('web', { env: env('c', 12) })), 5);
    add(tally, base().after(edit('web', { env: env('d', 2) })), 2);
    const paths = tally.conflictPaths;
    expect(paths.map(({ path, installs }) => [path, installs])).toEqual([
      ['/env/N00', 7],
      ['/env/N01', 7],
      ...names.slice(2, 10).map((name) => [`/env/${name}`, 5]),
    ]);
  });

  it('counts components under the key of the template, whatever installs call them', () => {
    const tally = new Tally();
    add(tally, base().after(edit('web', { env: { N00: 'c' } })), 1);
    add(tally, base().after(edit('web', { env: { N00: 'c' }, key: 'mine' })), 1);
    expect(tally.conflictPaths).toEqual([{ componentKey: 'web', path: '/env/N00', installs: 2 }]);
  });

  it('counts conflicts of app-level content under no key', () => {
    const tally = new Tally();
    const plan = new Scenario().version('1.0', { web: {} }).version('2.0', { web: {} }).installed('1.0').plan('2.0');
    const field = { componentKey: '', path: '/extra/x', field: 'EXTRA', outcome: 'CONFLICT' } as const;
    const clash = { ...plan, appFields: [field], conflicts: [field] };
    tally.add(judge(clash), clash, 4, target);
    expect(tally.conflictPaths).toEqual([{ componentKey: '', path: '/extra/x', installs: 4 }]);
  });

  it('counts an install that several things block at each of them', () => {
    const tally = new Tally();
    const losing = new Scenario()
      .version('1.0', { web: {}, db: { volumes: { '/data': { name: 'data' } } } })
      .version('2.0', { web: {}, redis: {} })
      .installed('1.0')
      .added({ key: 'redis' });
    const plan = losing.plan('2.0');
    tally.add(judge(plan), plan, 2, losing.manifest('2.0'));
    expect(tally.of('BLOCKED')).toBe(2);
    expect(tally.blocking).toEqual([
      { code: 'DATA_LOSS', installs: 2 },
      { code: 'KEY_TAKEN', installs: 2 },
    ]);
  });
});
