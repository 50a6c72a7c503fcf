import { describe, expect, it } from 'vitest';
import { updateComponent } from '../../src/domain/app/decide.js';
import { replaceComponents } from '../../src/domain/app/decide-import.js';
import type { ComponentId } from '../../src/domain/ids.js';
import { edit, external, remove, report, retry, standing } from './external.js';
import { component, installationId, installed, own, Scenario, upgradeId } from './scenario.js';
import { after, failed } from './external-shop.js';

describe('an upgrade under way that gives components other keys', () => {
  /** 1.1 calls db database; worker is the app's own. */
  const renaming = (): Scenario => {
    const scenario = external(
      new Scenario()
        .version('1.0', { web: { dependsOn: { db: {} } }, db: {}, api: {} })
        .version('1.1', { web: { image: 'b', dependsOn: { database: {} } }, db: { key: 'database' }, api: {} })
        .installed('1.0'),
    ).added({ key: 'worker', dependsOn: { db: {} } });
    return scenario.after(scenario.upgrade('1.1'));
  };
  const dependencies = ({ components }: Scenario, key: string): string[] => Object.keys(components[key]?.dependsOn ?? {});

  it('shows what depends on them with the keys that are wanted', () => {
    const scenario = renaming();
    expect(dependencies(scenario, 'worker')).toEqual(['database']);
    expect(dependencies(scenario, 'web')).toEqual(['database']);
  });

  it('is followed from outside the installation with the component itself, in the same append', () => {
    const scenario = renaming();
    scenario
      .when(report('db'))
      .then(
        ['ComponentUpgraded', { key: 'database', previousKey: 'db' }],
        ['ComponentChanged', { componentId: own('worker'), set: ['/dependsOn/database/condition'], unset: ['/dependsOn/db/condition'] }],
      );
    expect(dependencies(scenario, 'worker')).toEqual(['database']);
    after(scenario, report('web'));
    expect(dependencies(scenario, 'worker')).toEqual(['database']);
    expect(dependencies(scenario, 'web')).toEqual(['database']);
  });

  it('is not followed where it fails', () => {
    const scenario = after(renaming(), failed('db'));
    expect(dependencies(scenario, 'worker')).toEqual(['db']);
    expect(dependencies(scenario, 'web')).toEqual(['db']);
    after(scenario, report('web'));
    expect(dependencies(scenario, 'web')).toEqual(['db']);
    after(scenario, retry(), report('db'));
    expect(dependencies(scenario, 'worker')).toEqual(['database']);
    expect(dependencies(scenario, 'web')).toEqual(['database']);
  });

  it('holds what follows: it cannot be edited, and gives way to nobody', () => {
    const scenario = renaming();
    scenario.when(edit(own('worker'), { image: 'w' })).thenRefuses('UPGRADE_RUNNING');
    scenario.added({ key: 'another' });
    scenario.when(edit(own('another'), { key: 'db' })).thenRefuses('KEY_TAKEN');
  });

  it('carries edits of the components that it leaves alone over into the keys of the version', () => {
    const scenario = renaming().after(edit(installed('api'), { dependsOn: { database: {} } }));
    expect(dependencies(scenario, 'api')).toEqual(['database']);
    after(scenario, report('db'), report('web'));
    expect(dependencies(scenario, 'api')).toEqual(['database']);
    expect(standing(scenario)).toEqual({ version: '1.1', pending: [] });
    const behind = renaming().after(edit(installed('api'), { dependsOn: { database: {} } }));
    after(behind, failed('db'), report('web'));
    expect(dependencies(behind, 'api')).toEqual(['db']);
  });

  it('reports nothing of what is only written in other keys, which moves with the end', () => {
    const scenario = external(
      new Scenario()
        .version('1.0', { web: {}, db: {}, api: {} })
        .version('1.1', { web: { image: 'b' }, db: { key: 'database' }, api: {} })
        .installed('1.0'),
    ).after(edit(installed('api'), { dependsOn: { db: {} } }));
    scenario.after(scenario.upgrade('1.1'));
    expect(dependencies(scenario, 'api')).toEqual(['database']);
    scenario.when(report('api')).thenRefuses('BAD_USER_INPUT', { path: 'componentId' });
    scenario.after(report('web'));
    scenario.when(report('db')).then(['ComponentUpgraded'], ['ComponentUpgraded', { key: 'api', action: 'UPDATE' }], ['AppUpgraded']);
    expect(dependencies(scenario, 'api')).toEqual(['database']);
  });

  it('leaves what the template says of a component that is edited meanwhile as the template says it', () => {
    const scenario = external(
      new Scenario()
        .version('1.0', { web: { dependsOn: { db: {} } }, db: {}, cron: {} })
        .version('1.1', { web: { dependsOn: { db: {} } }, db: { key: 'database' }, cron: { image: 'b' } })
        .installed('1.0'),
    )
      .after(remove(installed('db')))
      .added({ key: 'db' });
    scenario.after(scenario.upgrade('1.1')).after(edit(installed('web'), { replicas: 2 }));
    scenario.when(report('cron')).then(['ComponentUpgraded'], ['AppUpgraded']);
    expect(scenario.components['web']).toMatchObject({ replicas: 2, dependsOn: { db: {} } });
  });

  it('refuses renames of what a component depends on that may come back where it fails', () => {
    const scenario = external(new Scenario().version('1.0', { web: {}, old: {} }).version('1.1', { web: {} }).installed('1.0')).added({
      key: 'worker',
    });
    scenario.after(edit(installed('old'), { dependsOn: { worker: {} } })).after(scenario.upgrade('1.1', { policy: 'PREFER_TEMPLATE' }));
    expect(Object.keys(scenario.components)).toEqual(['worker', 'web']);
    scenario.when(edit(own('worker'), { key: 'other' })).thenRefuses('UPGRADE_RUNNING');
    const imported = {
      components: [component({ key: 'other' })],
      content: {},
      renames: new Map([['worker', 'other']]),
      freshIds: new Map<string, ComponentId>(),
    };
    scenario.when((view, contents) => replaceComponents(imported, view, contents)).thenRefuses('UPGRADE_RUNNING');
  });

  it('refuses renames of what a component depends on that it changes', () => {
    const scenario = external(
      new Scenario()
        .version('1.0', { web: {} })
        .version('1.1', { web: { image: 'b' } })
        .installed('1.0'),
    ).added({ key: 'worker' });
    scenario.after(edit(installed('web'), { dependsOn: { worker: {} } })).after(scenario.upgrade('1.1'));
    scenario.when(edit(own('worker'), { key: 'other' })).thenRefuses('UPGRADE_RUNNING');
  });
});

describe('two installations of an app', () => {
  const other = 'j' as typeof installationId;
  /** Version 1.1 of one calls db database; 2.1 of the other gives the job that depends on it a key. */
  const two = (job: string): Scenario => {
    const scenario = external(
      new Scenario()
        .version('1.0', { db: {} })
        .version('1.1', { db: { key: 'database' } })
        .version('2.0', { job: {} })
        .version('2.1', { job: { key: job, image: 'b' } })
        .installed('1.0')
        .installed('2.0', other),
    );
    return scenario.after(edit(installed('job', other), { dependsOn: { db: {} } }));
  };
  const later = { of: other, upgradeId: 'later' as typeof upgradeId };

  it('are upgraded one beside the other, each by its own run', () => {
    const free = new Scenario()
      .version('1.0', { db: {} })
      .version('1.1', { db: { image: 'b' } })
      .version('2.0', { job: {} })
      .version('2.1', { job: { image: 'b' } })
      .installed('1.0')
      .installed('2.0', other);
    external(free).after(free.upgrade('1.1')).after(free.upgrade('2.1', later));
    expect(free.view.underWay.runs).toHaveLength(2);
    free.after(report('db'));
    expect(standing(free).version).toBe('1.1');
    expect(free.view.underWay.runs.map(({ installationId: of }) => of)).toEqual([other]);
  });

  it('wait for each other where one changes what follows the other, or takes its keys', () => {
    const follows = two('job');
    follows.after(follows.upgrade('1.1'));
    follows.when(follows.upgrade('2.1', later)).thenRefuses('UPGRADE_RUNNING', { upgradeId });
    const takes = two('db').after((view, contents) =>
      updateComponent({ componentId: installed('job', other), edit: { set: {}, unset: ['/dependsOn/db'] } }, view, contents),
    );
    takes.after(takes.upgrade('1.1'));
    takes.when(takes.upgrade('2.1', later)).thenRefuses('UPGRADE_RUNNING', { upgradeId });
    takes.after(report('db')).after(takes.upgrade('2.1', later));
  });

  it('wait for each other where one is retried, too', () => {
    const follows = two('job');
    follows.after(follows.upgrade('1.1')).after(failed('db')).after(follows.upgrade('2.1', later));
    follows.when(retry()).thenRefuses('UPGRADE_RUNNING', { upgradeId: 'later' });
    const followed = two('task').after((view, contents) =>
      updateComponent({ componentId: installed('job', other), edit: { set: {}, unset: ['/dependsOn/db'] } }, view, contents),
    );
    followed.after(edit(installed('db'), { dependsOn: { job: {} } }));
    followed.after(followed.upgrade('1.1')).after(failed('db')).after(followed.upgrade('2.1', later));
    followed.when(retry()).thenRefuses('UPGRADE_RUNNING', { upgradeId: 'later' });
  });
});
