import { describe, expect, it } from 'vitest';
import { removeComponent, updateComponent } from '../../src/domain/app/decide.js';
import type { JsonObject } from '../../src/domain/json.js';
import type { Resolution } from '../../src/domain/upgrade/plan.js';
import { installationId, installed, outcomesOf, own, planned, Scenario } from './scenario.js';

const edit =
  (id: string, set: JsonObject, unset: readonly string[] = []) =>
  (view: Parameters<typeof updateComponent>[1], contents: Scenario['contents']) =>
    updateComponent({ componentId: installed(id), edit: { set, unset } }, view, contents);
const remove = (id: string) => (view: Parameters<typeof removeComponent>[1]) => removeComponent(installed(id), view);
const whole = (componentKey: string, choice: Resolution['choice']): Resolution => ({ componentKey, path: '', choice });
const actions = (scenario: Scenario, version: string, resolutions: readonly Resolution[] = []): Record<string, string> =>
  Object.fromEntries(scenario.plan(version, { resolutions }).components.map(({ key, action }) => [key, action]));

describe('a component', () => {
  it('that the template adds is added, one that it left alone kept, one that it changed updated', () => {
    const scenario = new Scenario()
      .version('1.0', { web: { image: 'web:1' }, db: {} })
      .version('1.1', { web: { image: 'web:2' }, db: {}, redis: {} })
      .installed('1.0');
    expect(actions(scenario, '1.1')).toEqual({ web: 'UPDATE', db: 'KEEP', redis: 'ADD' });
    const done = scenario
      .when(scenario.upgrade('1.1'))
      .then(
        ['UpgradeStarted'],
        ['ComponentUpgraded', { key: 'web', action: 'UPDATE' }],
        ['ComponentUpgraded', { key: 'redis', action: 'ADD' }],
        ['AppUpgraded'],
      );
    expect(done.components).toMatchObject({ web: { image: 'web:2' }, db: {}, redis: {} });
  });

  it('that only the install changed keeps its patch, and has no event', () => {
    const scenario = new Scenario()
      .version('1.0', { web: {}, db: {} })
      .version('1.1', { web: {}, db: { image: 'db:2' } })
      .installed('1.0');
    scenario.after(edit('web', { replicas: 3 }));
    expect(actions(scenario, '1.1')).toMatchObject({ web: 'KEEP' });
    scenario.after(scenario.upgrade('1.1'));
    expect(scenario.components['web']?.replicas).toBe(3);
  });

  it('that both changed has its patch against the new version, in which nothing is that converged', () => {
    const scenario = new Scenario()
      .version('1.0', { web: { image: 'a' } })
      .version('1.1', { web: { image: 'b' } })
      .installed('1.0');
    scenario.after(edit('web', { image: 'b', replicas: 3 })).after(scenario.upgrade('1.1'));
    const override = scenario.view.components.find(({ key }) => key === 'web');
    expect(override?.origin === 'installed' && override.patch && scenario.contents.patch(override.patch)).toEqual({
      set: { '/replicas': 3 },
      unset: [],
    });
  });

  it('that the template renamed has its new key, and so have references to it', () => {
    const scenario = new Scenario()
      .version('1.0', { web: { dependsOn: { db: {} } }, db: {} })
      .version('1.1', { web: { dependsOn: { database: {} } }, db: { key: 'database' } })
      .installed('1.0');
    scenario.after(edit('web', { dependsOn: { db: { condition: 'service_healthy' } } })).after(scenario.upgrade('1.1'));
    expect(scenario.components['web']?.dependsOn).toEqual({ database: { condition: 'service_healthy' } });
    expect(Object.keys(scenario.components)).toEqual(['web', 'database']);
  });

  it('that the install renamed keeps its key, and references follow', () => {
    const scenario = new Scenario()
      .version('1.0', { web: { dependsOn: { db: {} } }, db: {} })
      .version('1.1', { web: { dependsOn: { db: {} }, image: 'b' }, db: { image: 'db:2' } })
      .installed('1.0');
    scenario.after(edit('db', { key: 'mine' })).after(scenario.upgrade('1.1'));
    expect(scenario.components).toMatchObject({ web: { image: 'b', dependsOn: { mine: {} } }, mine: { image: 'db:2' } });
  });

  it('that both renamed is asked about', () => {
    const scenario = new Scenario()
      .version('1.0', { db: {} })
      .version('1.1', { db: { key: 'theirs' } })
      .installed('1.0');
    scenario.after(edit('db', { key: 'mine' }));
    expect(scenario.plan('1.1').conflicts).toMatchObject([{ componentKey: 'mine', path: '/key', local: 'mine', target: 'theirs' }]);
    scenario.after(scenario.upgrade('1.1', { resolutions: [{ componentKey: 'mine', path: '/key', choice: 'TEMPLATE' }] }));
    expect(Object.keys(scenario.components)).toEqual(['theirs']);
  });
});

describe('a component that the template removed', () => {
  const scenario = (): Scenario =>
    new Scenario()
      .version('1.0', { web: {}, db: { image: 'db' } })
      .version('2.0', { web: {} })
      .installed('1.0');

  it('goes, told leaf by leaf', () => {
    const plan = planned(scenario().plan('2.0'), 'db');
    expect(plan.action).toBe('REMOVE');
    expect(outcomesOf(plan)).toEqual({ '/image': 'TAKE_TEMPLATE', '/key': 'TAKE_TEMPLATE', '/replicas': 'TAKE_TEMPLATE' });
    const done = scenario();
    done.after(done.upgrade('2.0'));
    expect(Object.keys(done.components)).toEqual(['web']);
  });

  it('is a conflict where the install changed it, settled for the whole', () => {
    const changed = (): Scenario => scenario().after(edit('db', { replicas: 2 }));
    expect(changed().plan('2.0').conflicts).toMatchObject([{ componentKey: 'db', path: '', field: 'COMPONENT' }]);
    for (const [choice, keys] of [
      ['LOCAL', ['web', 'db']],
      ['TEMPLATE', ['web']],
    ] as const) {
      const done = changed();
      done.after(done.upgrade('2.0', { resolutions: [whole('db', choice)] }));
      expect(Object.keys(done.components)).toEqual(keys);
    }
    expect(() => changed().plan('2.0', { resolutions: [{ ...whole('db', 'VALUE'), value: {} }] })).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT' }),
    );
  });

  it('is kept by choice, at the version that it stands at, with its references under their new keys', () => {
    const kept = new Scenario()
      .version('1.0', { web: {}, job: { dependsOn: { web: {} } } })
      .version('2.0', { web: {} })
      .version('3.0', { web: { key: 'front' } })
      .installed('1.0');
    kept.after(kept.upgrade('2.0', { resolutions: [whole('job', 'LOCAL')] }));
    const version = (): string | undefined => {
      const job = kept.view.components.find(({ key }) => key === 'job');
      return job?.origin === 'installed' ? job.version : undefined;
    };
    expect(version()).toBe('1.0');
    expect(actions(kept, '3.0')).toEqual({ front: 'UPDATE', job: 'KEEP' });
    kept.after(kept.upgrade('3.0'));
    expect(Object.keys(kept.components['job']?.dependsOn ?? {})).toEqual(['front']);
    expect(version()).toBe('1.0');
  });

  it('is still meant by what depends on it under a key of its own, whoever has the one of the template', () => {
    const renamed = (): Scenario =>
      new Scenario()
        .version('1.0', { web: {}, db: {} })
        .version('1.1', { web: { image: 'web:2' } })
        .installed('1.0')
        .after(edit('db', { key: 'old-db' }))
        .after(edit('web', { dependsOn: { 'old-db': {} } }))
        .added({ key: 'db' });
    const kept = renamed();
    kept.after(kept.upgrade('1.1', { resolutions: [whole('old-db', 'LOCAL')] }));
    expect(Object.keys(kept.components['web']?.dependsOn ?? {})).toEqual(['old-db']);
    const gone = renamed().plan('1.1', { resolutions: [whole('old-db', 'TEMPLATE')] });
    expect(gone.problems).toMatchObject([{ code: 'DEPENDENCY_MISSING', componentKey: 'web', path: '/dependsOn/old-db' }]);
  });

  it('makes room for another of its key', () => {
    const replaced = new Scenario()
      .version('1.0', { db: { image: 'a' } })
      .version('2.0', { db2: { key: 'db', image: 'b' } })
      .installed('1.0');
    expect(actions(replaced, '2.0')).toEqual({ db: 'ADD', 'db (removed)': 'REMOVE' });
    replaced.after(replaced.upgrade('2.0'));
    expect(replaced.components['db']?.image).toBe('b');
  });
});

describe('a component that the install removed', () => {
  const scenario = (): Scenario =>
    new Scenario()
      .version('1.0', { web: {}, db: { image: 'a' } })
      .version('2.0', { web: {}, db: { image: 'b' } })
      .version('3.0', { web: {} })
      .installed('1.0')
      .after(remove('db'));

  it('is excluded: changes of it are listed, not asked about', () => {
    const plan = planned(scenario().plan('2.0'), 'db');
    expect(plan).toMatchObject({ action: 'EXCLUDED', fields: [{ path: '/image', base: 'a', target: 'b', outcome: 'KEEP_LOCAL' }] });
    const done = scenario();
    done.when(done.upgrade('2.0')).then(['UpgradeStarted'], ['AppUpgraded']);
    expect(Object.keys(done.components)).toEqual(['web']);
  });

  it('stays excluded, and is gone with the template’s', () => {
    const done = scenario();
    done.after(done.upgrade('2.0')).after(done.upgrade('3.0'));
    expect(actions(scenario(), '3.0')).toEqual({ web: 'KEEP' });
    expect(Object.keys(done.components)).toEqual(['web']);
  });

  it('is brought back by choice', () => {
    const done = scenario();
    const resolutions = [whole('db', 'TEMPLATE')];
    expect(actions(done, '2.0', resolutions)).toEqual({ web: 'KEEP', db: 'ADD' });
    done.after(done.upgrade('2.0', { resolutions }));
    expect(done.components['db']?.image).toBe('b');
    expect(done.view.state.installations.get(installationId)?.overrides.size).toBe(0);
  });
});

describe('a component beside the installation', () => {
  const scenario = (): Scenario =>
    new Scenario()
      .version('1.0', { db: {} })
      .version('2.0', { db: { key: 'database' } })
      .installed('1.0')
      .added({ key: 'worker', dependsOn: { db: { condition: 'service_healthy' } } });

  it('follows a key that the template changed, in the plan and in the same append', () => {
    const plan = scenario().plan('2.0');
    expect(plan.problems).toEqual([]);
    expect(plan.followers).toMatchObject([
      {
        componentId: own('worker'),
        key: 'worker',
        fields: [
          { path: '/dependsOn/database/condition', result: 'service_healthy', outcome: 'TAKE_TEMPLATE' },
          { path: '/dependsOn/db/condition', local: 'service_healthy', outcome: 'TAKE_TEMPLATE' },
        ],
      },
    ]);
    const done = scenario();
    done
      .when(done.upgrade('2.0'))
      .then(
        ['UpgradeStarted'],
        ['ComponentUpgraded', { key: 'database', previousKey: 'db' }],
        ['ComponentChanged', { componentId: own('worker'), key: 'worker' }],
        ['AppUpgraded'],
      );
    expect(done.components['worker']?.dependsOn).toEqual({ database: { condition: 'service_healthy' } });
  });

  it('follows it, too, where it is of another installation', () => {
    const other = 'other' as typeof installationId;
    const done = new Scenario()
      .version('1.0', { db: {} })
      .version('2.0', { db: { key: 'database' } })
      .version('other 1.0', { api: {} })
      .installed('1.0')
      .installed('other 1.0', other);
    done.after((view, contents) =>
      updateComponent({ componentId: installed('api', other), edit: { set: { dependsOn: { db: {} } }, unset: [] } }, view, contents),
    );
    done.after(done.upgrade('2.0'));
    expect(Object.keys(done.components['api']?.dependsOn ?? {})).toEqual(['database']);
  });
});
