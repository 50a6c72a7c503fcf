import { describe, expect, it } from 'vitest';
import { uninstallTemplate } from '../../src/domain/app/decide-uninstall.js';
import { mapComponent } from '../../src/domain/app/decide-map.js';
import type { InstallationId, TemplateComponentId } from '../../src/domain/ids.js';
import { edit, external, report, retry, type Decide } from './external.js';
import { installationId, installed, own, Scenario, upgradeId } from './scenario.js';

/** 1.1 changes web and db, and leaves api as it is. */
const shop = (): Scenario =>
  external(
    new Scenario()
      .version('1.0', { web: { image: 'web:1' }, db: { image: 'db:1' }, api: {} }, { networks: 1 })
      .version('1.1', { web: { image: 'web:2' }, db: { image: 'db:2' }, api: {} }, { networks: 2 })
      .installed('1.0'),
  );
const started = (): Scenario => {
  const scenario = shop();
  return scenario.after(scenario.upgrade('1.1'));
};
const installation = (scenario: Scenario): unknown => scenario.view.state.installations.get(installationId);

describe('an upgrade that an integration carries out', () => {
  it('cannot be rolled back while it is under way', () => {
    const scenario = started().after(report('web'));
    scenario.when(() => scenario.rollback()(scenario.view, scenario.contents)).thenRefuses('UPGRADE_RUNNING', { upgradeId });
  });

  it('is rolled back at once where it is over, and is what it was', () => {
    const before = shop();
    const scenario = started().after(report('web')).after(report('db'));
    scenario
      .when(scenario.rollback())
      .then(
        ['RollbackStarted', { rollsBack: upgradeId }],
        ['ComponentUpgraded', { key: 'web' }],
        ['ComponentUpgraded', { key: 'db' }],
        ['ComponentUpgraded', { key: '' }],
        ['AppRolledBack', { toVersion: '1.0', held: ['1.1'] }],
      );
    expect(scenario.components).toEqual(before.components);
    expect(installation(scenario)).toMatchObject({ version: '1.0', run: undefined });
  });

  it('is rolled back where it was done by half', () => {
    const before = shop();
    const scenario = started().after(report('web')).after(report('db', 'FAILED'));
    scenario.after(scenario.rollback());
    expect(scenario.components).toEqual(before.components);
  });

  it('that failed moved nothing, so there is nothing to roll back, until it is retried', () => {
    const scenario = started().after(report('web', 'FAILED')).after(report('db', 'FAILED'));
    scenario.when(() => scenario.rollback()(scenario.view, scenario.contents)).thenRefuses('ALREADY_ROLLED_BACK');
    scenario.after(retry()).after(report('web')).after(report('db'));
    scenario.after(scenario.rollback());
    expect(scenario.components['web']?.image).toBe('web:1');
  });

  it('leaves, when it is rolled back, what was edited while it was under way', () => {
    const scenario = started()
      .after(edit(installed('api'), { replicas: 3 }))
      .after(report('web'))
      .after(report('db'));
    const plan = scenario.rollbackPlan();
    expect(plan.conflicts).toEqual([]);
    scenario.after(scenario.rollback());
    expect(scenario.components).toMatchObject({ api: { replicas: 3 }, web: { image: 'web:1' }, db: { image: 'db:1' } });
  });

  it('leaves what was edited between its half end and its retry', () => {
    const scenario = started()
      .after(report('web'))
      .after(report('db', 'FAILED'))
      .after(edit(installed('web'), { replicas: 3 }))
      .after(retry())
      .after(report('db'));
    expect(scenario.components).toMatchObject({ web: { image: 'web:2', replicas: 3 }, db: { image: 'db:2' } });
    scenario.after(scenario.rollback());
    expect(scenario.components).toMatchObject({ web: { image: 'web:1', replicas: 3 }, db: { image: 'db:1' } });
  });

  it('holds its installation: it cannot be taken out of the app meanwhile, nor can a component be mapped into it', () => {
    const scenario = started().added({ key: 'cache' });
    scenario
      .when((view, contents) => uninstallTemplate({ installationId, acceptDataLoss: true }, view, contents))
      .thenRefuses('UPGRADE_RUNNING', { upgradeId });
    const mapping = { componentId: own('cache'), installationId, templateComponentId: 'redis' as TemplateComponentId, published: true };
    scenario.when((view, contents) => mapComponent(mapping, view, contents)).thenRefuses('UPGRADE_RUNNING', { upgradeId });
    expect(scenario.view.components.map(({ componentId }) => componentId)).toContain(installed('api'));
  });

  it('may fail, and then needs again what it was to be without: an installation that has that stays meanwhile', () => {
    const other = 'other' as InstallationId;
    const scenario = external(
      new Scenario()
        .version('0.9', { cache: {} })
        .version('1.0', { web: { dependsOn: { cache: {} } } })
        .version('1.1', { web: {} })
        .installed('1.0')
        .installed('0.9', other),
    );
    scenario.after(scenario.upgrade('1.1'));
    const uninstall: Decide = (view, contents) => uninstallTemplate({ installationId: other, acceptDataLoss: true }, view, contents);
    scenario.when(uninstall).thenRefuses('PLAN_INAPPLICABLE', { problems: [{ code: 'DEPENDENCY_MISSING', componentKey: 'web' }] });
    scenario
      .after(report('web'))
      .when(uninstall)
      .then(['TemplateUninstalled', { installationId: other }]);
  });
});
