import { describe, expect, it } from 'vitest';
import { mapComponent } from '../../src/domain/app/decide-map.js';
import { removeComponent, updateComponent } from '../../src/domain/app/decide.js';
import type { ComponentId, TemplateComponentId } from '../../src/domain/ids.js';
import type { JsonObject } from '../../src/domain/json.js';
import { installationId, installed, outcomesOf, own, planned, Scenario } from './scenario.js';

type View = Scenario['view'];
const map =
  (componentId: ComponentId, id: string, published = true) =>
  (view: View, contents: Scenario['contents']) =>
    mapComponent({ componentId, installationId, templateComponentId: id as TemplateComponentId, published }, view, contents);
const edit = (id: string, set: JsonObject) => (view: View, contents: Scenario['contents']) =>
  updateComponent({ componentId: installed(id), edit: { set, unset: [] } }, view, contents);
const remove = (id: string) => (view: View) => removeComponent(installed(id), view);
const ids = (scenario: Scenario): string[] => scenario.view.components.map(({ componentId }) => componentId);

describe('a component that both sides added under one key', () => {
  const both = (): Scenario =>
    new Scenario()
      .version('1.0', { web: {} })
      .version('2.0', { web: {}, redis: { image: 'redis:7', env: { A: 'theirs', B: 'b' } } })
      .installed('1.0')
      .added({ key: 'redis', image: 'redis:7', env: { A: 'mine', C: 'c' } });

  it('is two components until it is said to be one', () => {
    const { problems } = both().plan('2.0');
    expect(problems).toMatchObject([{ code: 'KEY_TAKEN', clash: { proposal: 'redis-2' } }]);
    expect(problems[0]?.message).toContain('mapComponent');
  });

  it('stays as it is when it is mapped, and is then merged with nothing in common', () => {
    const scenario = both();
    scenario
      .when(map(own('redis'), 'redis'))
      .then(['ComponentMapped', { componentId: own('redis'), templateComponentId: 'redis', version: '1.0', apart: true, mapped: true }]);
    expect(ids(scenario)).toEqual([installed('web'), installed('redis')]);
    expect(scenario.components['redis']?.env).toEqual({ A: 'mine', C: 'c' });

    const plan = scenario.plan('2.0');
    expect(outcomesOf(planned(plan, 'redis'))).toEqual({
      '/env/A': 'CONFLICT',
      '/env/B': 'TAKE_TEMPLATE',
      '/env/C': 'KEEP_LOCAL',
      '/image': 'CONVERGED',
      '/key': 'CONVERGED',
      '/replicas': 'CONVERGED',
    });
    expect(plan.problems).toEqual([]);
    scenario
      .when(scenario.upgrade('2.0', { policy: 'PREFER_LOCAL' }))
      .then(['UpgradeStarted'], ['ComponentUpgraded', { key: 'redis', action: 'UPDATE', unrelated: true }], ['AppUpgraded']);
    expect(scenario.components['redis']?.env).toEqual({ A: 'mine', B: 'b', C: 'c' });
    expect(scenario.view.state.installations.get(installationId)?.overrides.get('redis' as TemplateComponentId)?.kind).toBe('changed');
  });

  it('is still the app’s where the template does not have it after all', () => {
    const scenario = both().version('3.0', { web: { image: 'w' } });
    scenario.after(map(own('redis'), 'redis')).after(scenario.upgrade('3.0'));
    expect(scenario.components['redis']?.env).toEqual({ A: 'mine', C: 'c' });
  });
});

describe('a component that was recreated', () => {
  it('by the template under another identity keeps its local changes once it is mapped', () => {
    const scenario = new Scenario()
      .version('1.0', { web: { dependsOn: { db: {} } }, old: { key: 'db', image: 'db:1' } })
      .version('2.0', { web: { dependsOn: { db: {} } }, new: { key: 'db', image: 'db:2' } })
      .installed('1.0')
      .after(edit('old', { replicas: 3 }));
    expect(scenario.plan('2.0').conflicts).toMatchObject([{ componentKey: 'db (removed)', path: '' }]);
    scenario.after(map(installed('old'), 'new'));
    expect(scenario.components['db']?.replicas).toBe(3);
    const plan = scenario.plan('2.0');
    expect(plan.conflicts).toEqual([]);
    expect(outcomesOf(planned(plan, 'db'))).toEqual({ '/image': 'TAKE_TEMPLATE', '/replicas': 'KEEP_LOCAL' });
    scenario.after(scenario.upgrade('2.0'));
    expect(ids(scenario)).toEqual([installed('web'), installed('new')]);
    expect(scenario.components['db']).toMatchObject({ image: 'db:2', replicas: 3 });
  });

  it('by the install is what the version has, with the difference as its local patch', () => {
    const scenario = new Scenario()
      .version('1.0', { web: { dependsOn: { db: {} } }, db: { image: 'db:1' } })
      .version('2.0', { web: { dependsOn: { db: {} } }, db: { image: 'db:1', title: 'Data' } })
      .installed('1.0')
      .after(remove('db'))
      .added({ key: 'mine', image: 'db:9' });
    scenario.when(map(own('mine'), 'db')).then(['ComponentMapped', { key: 'mine' }]);
    expect(Object.keys(scenario.components['web']?.dependsOn ?? {})).toEqual(['mine']);
    scenario.after(scenario.upgrade('2.0'));
    expect(scenario.components['mine']).toMatchObject({ image: 'db:9', title: 'Data' });
  });
});

describe('a mapping', () => {
  const scenario = (): Scenario => new Scenario().version('1.0', { web: {}, db: {} }).installed('1.0').added({ key: 'cache' });

  it('to what it is already changes nothing', () =>
    void scenario()
      .when(map(installed('web'), 'web'))
      .then());

  it.each([
    ['of a component that is not there', own('nobody'), 'redis', true, 'NOT_FOUND'],
    ['to one that no version has', own('cache'), 'redis', false, 'NOT_FOUND'],
    ['to one that is at the install', own('cache'), 'web', true, 'BAD_USER_INPUT'],
  ] as const)('%s is refused', (_what, from, to, published, code) => {
    scenario()
      .when(map(from, to, published))
      .thenRefuses(code);
  });
});
