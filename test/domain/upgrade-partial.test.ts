import { describe, expect, it } from 'vitest';
import { chosenComponents } from '../../src/domain/upgrade/chosen.js';
import { pendingIn } from '../../src/domain/upgrade/pending.js';
import { mapComponent } from '../../src/domain/app/decide-map.js';
import { removeComponent, updateComponent } from '../../src/domain/app/decide.js';
import { Refusal } from '../../src/domain/errors.js';
import type { TemplateComponentId } from '../../src/domain/ids.js';
import type { JsonObject } from '../../src/domain/json.js';
import { installationId, installed, planned, Scenario } from './scenario.js';

type View = Scenario['view'];
const only = (...ids: readonly string[]): ReadonlySet<TemplateComponentId> => new Set(ids as TemplateComponentId[]);
const edit = (id: string, set: JsonObject) => (view: View, contents: Scenario['contents']) =>
  updateComponent({ componentId: installed(id), edit: { set, unset: [] } }, view, contents);
const remove = (id: string) => (view: View) => removeComponent(installed(id), view);

/** 1.1 changes web and db, adds redis (which web then needs) and metrics, and drops cron. */
const shop = (): Scenario =>
  new Scenario()
    .version('1.0', { web: { image: 'web:1' }, db: { image: 'db:1' }, cron: {}, api: {} }, { networks: 1 })
    .version(
      '1.1',
      { web: { image: 'web:2', dependsOn: { redis: {} } }, db: { image: 'db:2' }, api: {}, redis: {}, metrics: {} },
      { networks: 2 },
    )
    .version('1.2', { web: { image: 'web:3', dependsOn: { redis: {} } }, db: { image: 'db:2' }, api: {}, redis: {} }, { networks: 2 })
    .installed('1.0');
const upgraded = (scenario: Scenario, version: string, ...ids: readonly string[]): Scenario =>
  scenario.after(scenario.upgrade(version, { chosen: only(...ids) }));
const installation = (scenario: Scenario): { version: string; pendingVersion: string | undefined } => {
  const { version = '', pendingVersion } = scenario.view.state.installations.get(installationId) ?? {};
  return { version, pendingVersion };
};
const pending = (scenario: Scenario): string[] => pendingIn(scenario.view, installationId).map(({ key, action }) => `${action} ${key}`);
const versions = (scenario: Scenario): Record<string, string> =>
  Object.fromEntries(
    scenario.view.components.map((component) => [component.key, component.origin === 'installed' ? component.version : '']),
  );

describe('an upgrade of some components', () => {
  it('moves them alone: the installation stays at its version until none is behind', () => {
    const scenario = shop();
    scenario
      .when(scenario.upgrade('1.1', { chosen: only('db') }))
      .then(
        ['UpgradeStarted', { components: ['db'] }],
        ['ComponentUpgraded', { key: 'db', action: 'UPDATE', version: '1.1' }],
        ['AppPartlyUpgraded', { fromVersion: '1.0', toVersion: '1.1' }],
      );
    expect(scenario.components['db']?.image).toBe('db:2');
    expect(scenario.components['web']?.image).toBe('web:1');
    expect(versions(scenario)).toEqual({ web: '1.0', db: '1.1', cron: '1.0', api: '1.0' });
    expect(installation(scenario)).toEqual({ version: '1.0', pendingVersion: '1.1' });
  });

  it('lists what is pending, additions and removals too', () => {
    const scenario = upgraded(shop(), '1.1', 'db');
    expect(pending(scenario)).toEqual(['UPDATE web', 'ADD redis', 'ADD metrics', 'REMOVE cron']);
    expect(pendingIn(scenario.view, installationId)[0]).toMatchObject({
      fromVersion: '1.0',
      toVersion: '1.1',
      componentId: installed('web'),
    });
  });

  it('brings along what they newly need', () => {
    const scenario = shop();
    const plan = scenario.plan('1.1', { chosen: only('web') });
    expect(plan.components.filter(({ change }) => change).map(({ key, action }) => `${action} ${key}`)).toEqual([
      'UPDATE web',
      'ADD redis',
    ]);
    expect(plan.pending.map(({ key }) => key)).toEqual(['db', 'metrics', 'cron']);
    expect(plan.problems).toEqual([]);
  });

  it('may remove one before the others are moved, and has a problem where another still needs it', () => {
    const scenario = shop();
    upgraded(scenario, '1.1', 'cron');
    expect(Object.keys(scenario.components)).toEqual(['web', 'db', 'api']);
    expect(pending(scenario)).toEqual(['UPDATE web', 'UPDATE db', 'ADD redis', 'ADD metrics']);

    const needed = shop().after(edit('db', { dependsOn: { cron: {} } }));
    expect(needed.plan('1.1', { chosen: only('cron') }).problems).toMatchObject([{ code: 'DEPENDENCY_MISSING', componentKey: 'db' }]);
  });

  it('leaves the app-level content until the last one is moved', () => {
    const scenario = upgraded(shop(), '1.1', 'db', 'cron');
    expect(scenario.plan('1.1', { chosen: only('web') }).appFields).toEqual([]);
    expect(scenario.plan('1.1', { chosen: only('web', 'metrics') }).appFields).toMatchObject([{ path: '/extra/networks', result: 2 }]);
  });

  it('is one of all where nothing would be left', () => {
    const scenario = shop();
    upgraded(scenario, '1.1', 'db', 'web', 'cron', 'metrics');
    expect(installation(scenario)).toEqual({ version: '1.1', pendingVersion: undefined });
    expect(scenario.view.state.installations.get(installationId)?.overrides.size).toBe(0);
  });

  it('is completed by a later one', () => {
    const scenario = upgraded(shop(), '1.1', 'db');
    scenario
      .when(scenario.upgrade('1.1'))
      .then(
        ['UpgradeStarted'],
        ['ComponentUpgraded', { key: 'web' }],
        ['ComponentUpgraded', { key: 'redis' }],
        ['ComponentUpgraded', { key: 'metrics' }],
        ['ComponentUpgraded', { key: 'cron', action: 'REMOVE' }],
        ['ComponentUpgraded', { key: '' }],
        ['AppUpgraded', { fromVersion: '1.0', toVersion: '1.1' }],
      );
    expect(versions(scenario)).toEqual({ web: '1.1', db: '1.1', api: '1.1', redis: '1.1', metrics: '1.1' });
    expect(pending(scenario)).toEqual([]);
  });

  it('is passed by one to a larger version, from wherever each component stands', () => {
    const scenario = upgraded(shop(), '1.1', 'web', 'metrics');
    const plan = scenario.plan('1.2');
    expect(planned(plan, 'web').fields).toMatchObject([{ path: '/image', base: 'web:2', target: 'web:3', outcome: 'TAKE_TEMPLATE' }]);
    expect(planned(plan, 'metrics').action).toBe('REMOVE');
    scenario.after(scenario.upgrade('1.2'));
    expect(versions(scenario)).toEqual({ web: '1.2', db: '1.2', api: '1.2', redis: '1.2' });
    expect(installation(scenario)).toEqual({ version: '1.2', pendingVersion: undefined });
  });

  it('keeps the local changes of both, and those made in between', () => {
    const scenario = shop()
      .after(edit('db', { replicas: 2 }))
      .after(edit('web', { replicas: 3 }));
    upgraded(scenario, '1.1', 'db').after(edit('db', { title: 'data' }));
    scenario.after(scenario.upgrade('1.1'));
    expect(scenario.components).toMatchObject({ db: { image: 'db:2', replicas: 2, title: 'data' }, web: { image: 'web:2', replicas: 3 } });
  });

  it('does without what the install deletes meanwhile', () => {
    const scenario = upgraded(shop(), '1.1', 'web').after(remove('redis'));
    expect(pending(scenario)).toEqual(['UPDATE db', 'ADD metrics', 'REMOVE cron']);
    expect(planned(scenario.plan('1.2'), 'redis').action).toBe('EXCLUDED');
  });

  it('keeps by choice what the template drops, then and afterwards', () => {
    const scenario = shop();
    scenario.after(scenario.upgrade('1.1', { chosen: only('cron'), resolutions: [{ componentKey: 'cron', path: '', choice: 'LOCAL' }] }));
    expect(pending(scenario)).not.toContain('REMOVE cron');
    scenario.after(scenario.upgrade('1.1'));
    expect(Object.keys(scenario.components)).toContain('cron');
  });

  it('has another fingerprint than one of all, or of others', () => {
    const scenario = shop();
    const prints = [undefined, only('db'), only('web')].map((chosen) => scenario.plan('1.1', { chosen }).fingerprint);
    expect(new Set(prints).size).toBe(3);
  });
});

describe('components of one install at two versions', () => {
  it('name each other by the keys of their own version, and mean the same', () => {
    const scenario = new Scenario()
      .version('1.0', { web: { dependsOn: { db: {} } }, db: { key: 'db' }, job: { dependsOn: { db: {} } } })
      .version('1.1', {
        web: { title: 'W', dependsOn: { database: {} } },
        db: { key: 'database' },
        job: { title: 'J', dependsOn: { database: {} } },
      })
      .installed('1.0');
    upgraded(scenario, '1.1', 'web');
    expect(scenario.components['web']?.dependsOn).toHaveProperty('db');
    upgraded(scenario, '1.1', 'db');
    expect(scenario.components).toMatchObject({ web: { dependsOn: { database: {} } }, job: { dependsOn: { database: {} } } });
    scenario.after(edit('job', { replicas: 2 })).after(scenario.upgrade('1.1'));
    expect(scenario.components).toMatchObject({ job: { title: 'J', replicas: 2, dependsOn: { database: {} } } });
  });

  it('may depend on one that only the larger version has', () => {
    const scenario = upgraded(shop(), '1.1', 'web').after(edit('db', { dependsOn: { redis: {} } }));
    scenario.after(scenario.upgrade('1.1'));
    expect(scenario.components['db']?.dependsOn).toEqual({ redis: { condition: 'service_started' } });
    scenario.after(edit('redis', { key: 'cache' }));
    expect(scenario.components['db']?.dependsOn).toEqual({ cache: { condition: 'service_started' } });
  });
});

describe('a component that a partial upgrade kept against the template', () => {
  const kept = (): Scenario => {
    const scenario = shop().after(edit('cron', { title: 'mine' }));
    return scenario.after(scenario.upgrade('1.1', { chosen: only('cron'), policy: 'PREFER_LOCAL' }));
  };

  it('is gone when it is deleted, though the version that the installation stands at has it', () => {
    const scenario = kept();
    expect(scenario.components['cron']).toMatchObject({ title: 'mine' });
    scenario.after(remove('cron'));
    expect(Object.keys(scenario.components)).toEqual(['web', 'db', 'api']);
    scenario.after(scenario.upgrade('1.1'));
    expect(Object.keys(scenario.components)).not.toContain('cron');
    expect(scenario.view.state.installations.get(installationId)?.overrides.size).toBe(0);
  });

  it('is one component when it is said to be another of the template', () => {
    const scenario = kept().after((view, contents) =>
      mapComponent(
        { componentId: installed('cron'), installationId, templateComponentId: 'jobs' as TemplateComponentId, published: true },
        view,
        contents,
      ),
    );
    expect(Object.keys(scenario.components)).toEqual(['web', 'db', 'api', 'cron']);
    const plan = scenario.rollbackPlan();
    expect(plan.conflicts).toMatchObject([{ componentKey: 'cron', path: '' }]);
    scenario.after(scenario.rollback('upgrade', { policy: 'PREFER_LOCAL' }));
    expect(scenario.components['cron']).toMatchObject({ title: 'mine' });
    expect(scenario.view.components.map(({ componentId }) => componentId)).not.toContain(installed('cron'));
  });
});

describe('the components of a request', () => {
  const choose = (scenario: Scenario, ids: readonly string[]): string[] => {
    const found = scenario.view.state.installations.get(installationId);
    if (!found) throw new Error('nothing is installed');
    return [...chosenComponents(ids, { view: scenario.view, installation: found, manifest: scenario.manifest('1.1') })];
  };

  it('are named by their id at the install, or of the template', () => {
    expect(choose(shop(), [installed('web'), 'redis', installed('metrics'), installed('cron')])).toEqual([
      'web',
      'redis',
      'metrics',
      'cron',
    ]);
  });

  it.each([
    ['none', []],
    ['one that nobody has', ['web', 'nobody']],
    ['one of another installation', [installed('web', 'other' as typeof installationId)]],
  ])('are refused where they are %s', (_what, ids) => {
    expect(() => choose(shop(), ids)).toThrow(Refusal);
  });
});
