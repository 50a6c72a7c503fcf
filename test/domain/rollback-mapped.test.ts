import { describe, expect, it } from 'vitest';
import { mapComponent } from '../../src/domain/app/decide-map.js';
import { removeComponent } from '../../src/domain/app/decide.js';
import type { ComponentId, TemplateComponentId, UpgradeId } from '../../src/domain/ids.js';
import { installationId, installed, own, Scenario } from './scenario.js';

type Decider = Parameters<Scenario['after']>[0];
const map =
  (componentId: ComponentId, id: string): Decider =>
  (view, contents) =>
    mapComponent({ componentId, installationId, templateComponentId: id as TemplateComponentId, published: true }, view, contents);
const id = (name: string): { upgradeId: UpgradeId } => ({ upgradeId: name as UpgradeId });
const whatThereIs = ({ view, components }: Scenario): object => {
  const { version, pendingVersion, overrides } = view.state.installations.get(installationId) ?? {};
  return { version, pendingVersion, overrides, own: view.state.components, components };
};

describe('an own component that was mapped before an upgrade', () => {
  const mapped = (): Scenario =>
    new Scenario()
      .version('1.0', { web: { image: 'web:1' } })
      .version('2.0', { web: { image: 'web:2', dependsOn: { redis: {} } }, redis: { image: 'redis:7', env: { A: 'theirs', B: 'b' } } })
      .installed('1.0')
      .added({ key: 'redis', image: 'redis:6', env: { A: 'mine', C: 'c' } })
      .added({ key: 'job', dependsOn: { redis: {} } })
      .after(map(own('redis'), 'redis'));

  it('is what it was after the rollback, and what it became after the rollback of that; it clashes with nothing', () => {
    const scenario = mapped();
    const before = whatThereIs(scenario);
    scenario.after(scenario.upgrade('2.0', { policy: 'PREFER_LOCAL' }));
    expect(scenario.components['redis']).toMatchObject({ image: 'redis:6', env: { A: 'mine', B: 'b', C: 'c' } });
    const upgraded = whatThereIs(scenario);
    expect(scenario.rollbackPlan()).toMatchObject({ problems: [], conflicts: [] });
    scenario.after(scenario.rollback('upgrade', id('back')));
    expect(whatThereIs(scenario)).toEqual(before);
    scenario.after(scenario.rollback('back', id('forth')));
    expect(whatThereIs(scenario)).toEqual(upgraded);
  });

  it('is so, too, where only it was upgraded, and it is still merged with nothing in common when it is upgraded again', () => {
    const scenario = mapped();
    const before = whatThereIs(scenario);
    const chosen = new Set(['redis' as TemplateComponentId]);
    const conflicts = scenario.plan('2.0', { chosen }).conflicts.map(({ path }) => path);
    expect(conflicts).toEqual(['/env/A', '/image']);
    scenario.after(scenario.upgrade('2.0', { chosen, policy: 'PREFER_TEMPLATE' })).after(scenario.rollback());
    expect(whatThereIs(scenario)).toEqual(before);
    expect(scenario.plan('2.0', { chosen }).conflicts.map(({ path }) => path)).toEqual(conflicts);
  });
});

describe('a component that was mapped after an upgrade that is undone', () => {
  /** The upgrade comes with a redis under another key, which the app did without; then it said that its own is that one. */
  const mapped = (): Scenario => {
    const scenario = new Scenario()
      .version('1.0', { web: { image: 'web:1' } })
      .version('2.0', { web: { image: 'web:2' }, redis: { key: 'store', image: 'redis:7' } })
      .installed('1.0')
      .added({ key: 'redis', image: 'redis:6' });
    return scenario
      .after(scenario.upgrade('2.0'))
      .after((view) => removeComponent(installed('redis'), view))
      .after(map(own('redis'), 'redis'));
  };

  it('is not lost unasked, if it was the app’s own: it stays, or goes by choice', () => {
    const scenario = mapped();
    expect(scenario.rollbackPlan().conflicts).toMatchObject([{ componentKey: 'redis', path: '' }]);
    scenario.when(scenario.rollback()).thenRefuses('CONFLICTS_UNRESOLVED');
    const mine = scenario.components['redis'];
    scenario.after(scenario.rollback('upgrade', { ...id('back'), policy: 'PREFER_LOCAL' }));
    expect(scenario.components).toEqual({ web: expect.objectContaining({ image: 'web:1' }) as object, redis: mine });
    const upgraded = mapped();
    scenario.after(scenario.rollback('back'));
    expect(scenario.components).toEqual(upgraded.components);
    upgraded.after(upgraded.rollback('upgrade', { policy: 'PREFER_TEMPLATE' }));
    expect(Object.keys(upgraded.components)).toEqual(['web']);
  });

  it('is one component, if it was one of the template’s before: it does not come back beside itself unasked', () => {
    const scenario = new Scenario()
      .version('1.0', { web: { dependsOn: { db: {} } }, old: { key: 'db', image: 'db:1' } })
      .version('2.0', { web: { dependsOn: { db: {} } }, old: { key: 'db', image: 'db:2' } })
      .version('3.0', { web: { dependsOn: { db: {} } }, new: { key: 'db', image: 'db:3' } })
      .installed('1.0');
    scenario.after(scenario.upgrade('2.0')).after(map(installed('old'), 'new'));
    const plan = scenario.rollbackPlan();
    expect(plan.conflicts).toMatchObject([{ componentKey: 'db', path: '' }]);
    scenario.after(scenario.rollback('upgrade', { policy: 'PREFER_LOCAL' }));
    expect(Object.keys(scenario.components)).toEqual(['web', 'db']);
    expect(scenario.components['db']).toMatchObject({ image: 'db:2' });
    expect(scenario.view.components.map(({ componentId }) => componentId)).toEqual([installed('web'), installed('new')]);
  });
});
