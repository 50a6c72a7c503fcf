import { describe, expect, it } from 'vitest';
import { changeApp, deleteApp, updateComponent } from '../../src/domain/app/decide.js';
import { installTemplate } from '../../src/domain/app/decide-install.js';
import { manifestDigest } from '../../src/domain/template/manifest.js';
import { replaceComponents } from '../../src/domain/app/decide-import.js';
import type { ComponentId, TemplateComponentId } from '../../src/domain/ids.js';
import { at, edit, expire, external, remove, report, retry, runOf, settle, standing, START } from './external.js';
import { appId, component, installationId, installed, own, Scenario, templateId, upgradeId } from './scenario.js';

/** 1.1 changes web and db, adds redis, drops cron, and leaves api as it is. */
const shop = (): Scenario =>
  external(
    new Scenario()
      .version('1.0', { web: { image: 'web:1' }, db: { image: 'db:1' }, cron: {}, api: {} }, { networks: 1 })
      .version('1.1', { web: { image: 'web:2' }, db: { image: 'db:2' }, api: {}, redis: {} }, { networks: 2 })
      .version('1.2', { web: { image: 'web:3' }, db: { image: 'db:2' }, api: {}, redis: {} }, { networks: 2 })
      .installed('1.0'),
  );
const started = (scenario = shop()): Scenario => scenario.after(scenario.upgrade('1.1'));
const only = (...ids: readonly string[]): ReadonlySet<TemplateComponentId> => new Set(ids as TemplateComponentId[]);
const after = (scenario: Scenario, ...reports: readonly ReturnType<typeof report>[]): Scenario => {
  for (const each of reports) scenario.after(each);
  return scenario;
};
const failed = (id: string): ReturnType<typeof report> => report(id, 'FAILED', { message: 'no' });

describe('an upgrade that an integration carries out', () => {
  it('starts with what there is to do, and the instant until which it must be heard of', () => {
    const scenario = shop();
    scenario.when(scenario.upgrade('1.1')).then([
      'UpgradeStarted',
      {
        fromVersion: '1.0',
        toVersion: '1.1',
        external: {
          leaseSeconds: 900,
          leaseUntil: at(900),
          whole: true,
          steps: [
            { templateComponentId: 'web', action: 'UPDATE', key: 'web', version: '1.1' },
            { templateComponentId: 'db', action: 'UPDATE' },
            { templateComponentId: 'redis', action: 'ADD' },
            { templateComponentId: 'cron', action: 'REMOVE' },
          ],
          followers: [],
        },
      },
    ]);
  });

  it('shows the desired definitions at once, while the installation stands at its version', () => {
    const { components, view } = started();
    expect(Object.keys(components)).toEqual(['web', 'db', 'api', 'redis']);
    expect(components).toMatchObject({ web: { image: 'web:2' }, db: { image: 'db:2' } });
    expect([...view.state.installations.values()]).toMatchObject([{ version: '1.0', pendingVersion: undefined }]);
  });

  it('is complete with the last report, in whatever order: then the installation moves, and its app-level content', () => {
    const scenario = started();
    for (const id of ['cron', 'redis', 'web']) scenario.when(report(id)).then(['ComponentUpgraded', { templateComponentId: id }]);
    expect(standing(scenario)).toEqual({ version: '1.0', pending: [] });
    scenario
      .when(report('db', 'COMPLETED', { message: 'took 3 s' }))
      .then(
        ['ComponentUpgraded', { key: 'db', message: 'took 3 s' }],
        ['ComponentUpgraded', { key: '' }],
        ['AppUpgraded', { fromVersion: '1.0', toVersion: '1.1' }],
      );
    expect(standing(scenario)).toEqual({ version: '1.1', pending: [] });
    expect(scenario.view.state.installations.values().next().value?.overrides.size).toBe(0);
  });

  it('that changes nothing that could be reported is complete at once', () => {
    const scenario = external(new Scenario().version('1.0', { web: {} }, { a: 1 }).version('1.1', { web: {} }, { a: 2 }).installed('1.0'));
    scenario.when(scenario.upgrade('1.1')).then(['UpgradeStarted'], ['ComponentUpgraded', { key: '' }], ['AppUpgraded']);
  });

  it('of a component that fails stands where it stood, and is pending when the others are done', () => {
    const scenario = after(started(), failed('db'));
    expect(scenario.components['db']?.image).toBe('db:1');
    after(scenario, report('web'), report('redis'));
    scenario.when(report('cron')).then(
      ['ComponentUpgraded'],
      [
        'AppPartlyUpgraded',
        {
          fromVersion: '1.0',
          toVersion: '1.1',
          pending: [{ templateComponentId: 'db', key: 'db', action: 'UPDATE' }],
        },
      ],
    );
    expect(standing(scenario)).toEqual({ version: '1.0', pending: ['UPDATE db'] });
    expect(scenario.components).toMatchObject({ web: { image: 'web:2' }, db: { image: 'db:1' } });
  });

  it('of which every component fails moves nothing, and nothing is pending', () => {
    const scenario = after(started(), failed('db'), failed('web'), failed('redis'));
    scenario.when(failed('cron')).then(['ComponentUpgradeFailed', { key: 'cron', message: 'no' }], ['UpgradeFailed', { toVersion: '1.1' }]);
    expect(standing(scenario)).toEqual({ version: '1.0', pending: [] });
    expect(Object.keys(scenario.components)).toEqual(['web', 'db', 'cron', 'api']);
  });

  it('after it failed, as a whole or in part, a later one completes it or moves on', () => {
    for (const results of [
      [failed('db'), failed('web'), failed('redis'), failed('cron')],
      [failed('db'), report('web'), report('redis'), report('cron')],
    ]) {
      const again = after(started(), ...results);
      again.after(again.upgrade('1.1'));
      for (const id of runOf(again).steps.keys()) again.after(report(id));
      expect(standing(again)).toEqual({ version: '1.1', pending: [] });
      const on = after(started(), ...results);
      on.after(on.upgrade('1.2'));
      for (const id of runOf(on).steps.keys()) on.after(report(id));
      expect(on.components).toMatchObject({ web: { image: 'web:3' }, db: { image: 'db:2' } });
      expect(standing(on)).toEqual({ version: '1.2', pending: [] });
    }
  });

  it('of some components leaves the others pending by choice', () => {
    const scenario = shop();
    scenario.after(scenario.upgrade('1.1', { chosen: only('web', 'cron') }));
    scenario.after(report('cron'));
    scenario.when(report('web')).then(['ComponentUpgraded'], ['AppPartlyUpgraded']);
    expect(standing(scenario)).toEqual({ version: '1.0', pending: ['UPDATE db', 'ADD redis'] });
    scenario.when(retry()).thenRefuses('UPGRADE_OVER');
  });

  it('keeps what is to be kept against the template, also where the installation stays behind', () => {
    const kept = { resolutions: [{ componentKey: 'cron', path: '', choice: 'LOCAL' }] } as const;
    for (const last of [report('db'), failed('db')]) {
      const scenario = shop();
      scenario.after(scenario.upgrade('1.1', kept));
      after(scenario, report('web'), report('redis'), last);
      scenario.after(scenario.upgrade('1.2'));
      expect(Object.keys(scenario.components)).toContain('cron');
    }
  });

  it('takes no lease where the app is upgraded by the record alone', () => {
    const scenario = new Scenario()
      .version('1.0', { web: {} })
      .version('1.1', { web: { image: 'b' } })
      .installed('1.0');
    scenario.when(scenario.upgrade('1.1', { lease: { now: START, seconds: 60 } })).thenRefuses('BAD_USER_INPUT', { path: 'leaseSeconds' });
  });

  it('does not hand a key from one component to another, of which one may fail', () => {
    const scenario = external(
      new Scenario()
        .version('1.0', { old: { key: 'db' }, web: {} })
        .version('1.1', { fresh: { key: 'db', image: 'b' }, web: {} })
        .installed('1.0'),
    );
    scenario.when(scenario.upgrade('1.1')).thenRefuses('PLAN_INAPPLICABLE', { problems: [{ code: 'KEY_TAKEN', componentKey: 'db' }] });
    scenario.after(scenario.upgrade('1.1', { chosen: only('old') })).after(report('old'));
    scenario.after(scenario.upgrade('1.1')).after(report('fresh'));
    expect(scenario.components).toMatchObject({ db: { image: 'b' } });
  });
});

describe('reports', () => {
  it('that repeat what is known change nothing, also once it is over', () => {
    const scenario = after(started(), report('web'), failed('db'));
    scenario.when(report('web')).then();
    scenario.when(report('web', 'COMPLETED', { message: 'as I said' })).then();
    scenario.when(failed('db')).then();
    after(scenario, report('redis'), report('cron'));
    for (const again of [report('web'), failed('db'), report('cron')]) scenario.when(again).then();
  });

  it('that contradict a final one are refused, unless the component is being retried', () => {
    const scenario = after(started(), report('web'), failed('db'));
    scenario.when(failed('web')).thenRefuses('REPORT_CONTRADICTS', { componentId: installed('web'), reported: 'COMPLETED' });
    scenario.when(report('db')).thenRefuses('REPORT_CONTRADICTS', { reported: 'FAILED' });
    after(scenario, report('redis'), report('cron'));
    scenario.when(report('db')).thenRefuses('REPORT_CONTRADICTS');
    scenario.after(retry());
    scenario.when(report('db')).then(['ComponentUpgraded'], ['ComponentUpgraded', { key: '' }], ['AppUpgraded']);
  });

  it('of progress put off the end of the lease; late ones are passed over', () => {
    const scenario = started();
    scenario
      .when(report('web', 'RUNNING', { now: at(100), message: 'pulling' }))
      .then(['ComponentUpgradeProgressed', { key: 'web', message: 'pulling', leaseUntil: at(1000) }]);
    expect(runOf(scenario).leaseUntil).toBe(at(1000));
    scenario.when(report('web', 'RUNNING', { now: at(100), message: 'pulling' })).then();
    scenario.after(report('web', 'COMPLETED', { now: at(200) }));
    expect(runOf(scenario).leaseUntil).toBe(at(1100));
    scenario.when(report('web', 'RUNNING', { now: at(300) })).then();
  });

  it('never end a lease earlier, whatever the clock of the server says', () => {
    const scenario = started();
    scenario.after(report('web', 'COMPLETED', { now: at(-10_000) }));
    expect(runOf(scenario).leaseUntil).toBe(at(900));
  });

  it('are of components that the upgrade does something to, and of an upgrade that is the last of its installation', () => {
    const scenario = started();
    scenario.when(report('api')).thenRefuses('BAD_USER_INPUT', { path: 'componentId' });
    scenario.when(report('nobody')).thenRefuses('BAD_USER_INPUT');
    shop().when(report('web')).thenRefuses('UPGRADE_OVER', { upgradeId });
  });
});

describe('while an upgrade is under way', () => {
  const until = { upgradeId, until: at(900), state: 'RUNNING' };

  it('what it changes cannot be edited, renamed or removed, also once that is reported', () => {
    const scenario = after(started(), report('web'), failed('db'));
    for (const id of ['web', 'db', 'redis', 'cron']) {
      scenario.when(edit(installed(id), { replicas: 2 })).thenRefuses('UPGRADE_RUNNING', until);
      scenario.when(remove(installed(id))).thenRefuses('UPGRADE_RUNNING', until);
    }
  });

  it('edits to others go on, and survive its end', () => {
    const scenario = started().added({ key: 'worker' });
    scenario.after(edit(installed('api'), { replicas: 3, env: { A: 'b' } })).after(edit(own('worker'), { image: 'w' }));
    after(scenario, report('web'), report('db'), report('redis'), report('cron'));
    expect(scenario.components).toMatchObject({ api: { replicas: 3, env: { A: 'b' } }, worker: { image: 'w' } });
    expect(standing(scenario).version).toBe('1.1');
  });

  it('keys that components have again where it fails are kept free', () => {
    const scenario = started();
    scenario.added({ key: 'worker' });
    scenario.when(edit(own('worker'), { key: 'cron' })).thenRefuses('KEY_TAKEN');
    const imported = {
      components: [component({ key: 'cron' })],
      content: {},
      renames: new Map<string, string>(),
      freshIds: new Map<string, ComponentId>(),
    };
    scenario.when((view, contents) => replaceComponents(imported, view, contents)).thenRefuses('KEY_TAKEN', { keys: ['cron'] });
    const manifest = scenario.contents.manifest({ cron: {} });
    const install = {
      installationId: 'j' as typeof installationId,
      templateId,
      templateRevision: 1,
      version: '1.0',
      keys: new Map<string, string>(),
    };
    scenario
      .when((view, contents) => installTemplate({ ...install, manifest, manifestDigest: manifestDigest(manifest) }, view, contents))
      .thenRefuses('KEY_TAKEN', { keys: ['cron'] });
  });

  it('the app-level content that it changes cannot be edited, that of others can; nor can the app be deleted', () => {
    const change = (of?: typeof installationId) => (view: Scenario['view'], contents: Scenario['contents']) =>
      changeApp({ installationId: of, edit: { set: { extra: { mine: 1 } }, unset: [] } }, view, contents);
    const scenario = started();
    scenario.when(change(installationId)).thenRefuses('UPGRADE_RUNNING', until);
    scenario.when(change()).then(['AppChanged']);
    scenario.when((view) => deleteApp(view)).thenRefuses('UPGRADE_RUNNING', until);
  });
});

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

describe('a lease that runs out', () => {
  it('makes the outcome unknown, neither success nor failure: not before its end, and once', () => {
    const scenario = after(started(), report('web'));
    scenario.when(expire(at(899))).then();
    scenario.when(expire(at(900))).then(['UpgradeOutcomeUnknown', { leaseUntil: at(900) }]);
    scenario.when(expire(at(901))).then();
    expect(runOf(scenario).status).toBe('UNKNOWN');
    expect(standing(scenario)).toEqual({ version: '1.0', pending: [] });
    scenario.when(edit(installed('web'), { replicas: 2 })).thenRefuses('UPGRADE_RUNNING', { state: 'UNKNOWN' });
  });

  const unknown = (): Scenario => after(started(), report('web'), failed('db'), expire(at(900)));

  it('is settled by later reports, as if it were running', () => {
    const scenario = after(unknown(), report('redis', 'COMPLETED', { now: at(2000) }));
    expect(runOf(scenario)).toMatchObject({ status: 'RUNNING', leaseUntil: at(2900) });
    scenario.when(report('cron')).then(['ComponentUpgraded'], ['AppPartlyUpgraded']);
  });

  it('lets what failed or was never reported be retried', () => {
    const scenario = unknown();
    scenario
      .when(retry(at(5000), 60))
      .then(['UpgradeRetried', { components: ['db', 'redis', 'cron'], leaseSeconds: 60, leaseUntil: at(5060) }]);
    after(scenario, report('cron'), report('db'), report('redis'));
    expect(standing(scenario)).toEqual({ version: '1.1', pending: [] });
  });

  it('is settled by somebody, who says of each component what became of it, and why', () => {
    const scenario = unknown();
    scenario
      .when(settle(undefined, { redis: 'COMPLETED' }))
      .thenRefuses('BAD_USER_INPUT', { path: 'outcome', componentId: installed('cron') });
    scenario.when(settle('FAILED', { web: 'FAILED' })).thenRefuses('BAD_USER_INPUT', { path: 'components' });
    scenario
      .when(settle('FAILED', { redis: 'COMPLETED' }, 'I looked'))
      .then(
        ['UpgradeSettled', { completed: ['redis'], failed: ['cron'], reason: 'I looked' }],
        ['ComponentUpgraded', { key: 'redis', message: 'I looked' }],
        ['ComponentUpgradeFailed', { key: 'cron', message: 'I looked' }],
        ['AppPartlyUpgraded'],
      );
    expect(standing(scenario)).toEqual({ version: '1.0', pending: ['UPDATE db', 'REMOVE cron'] });
    scenario.when(settle('COMPLETED')).thenRefuses('UPGRADE_OVER');
  });

  it('can be settled while it is still running, too', () => {
    const scenario = started();
    scenario.after(settle('COMPLETED'));
    expect(standing(scenario)).toEqual({ version: '1.1', pending: [] });
  });
});

describe('a retry', () => {
  const partly = (): Scenario => after(started(), report('web'), failed('db'), report('redis'), failed('cron'));

  it('does the failed components again, those alone, and shows what is desired of them', () => {
    const scenario = partly();
    scenario.when(retry(at(5000))).then(['UpgradeRetried', { components: ['db', 'cron'], leaseUntil: at(5900) }]);
    expect(Object.keys(scenario.components)).toEqual(['web', 'db', 'api', 'redis']);
    expect(scenario.components['db']?.image).toBe('db:2');
    after(scenario, report('cron'));
    scenario.when(report('db')).then(['ComponentUpgraded'], ['ComponentUpgraded', { key: '' }], ['AppUpgraded']);
  });

  it('of one that failed as a whole starts it anew', () => {
    const scenario = after(started(), failed('web'), failed('db'), failed('redis'), failed('cron'), retry());
    after(scenario, report('web'), report('db'), report('redis'));
    scenario.when(failed('cron')).then(['ComponentUpgradeFailed'], ['AppPartlyUpgraded']);
  });

  it('is refused while it is running, where nothing failed, and once another upgrade came after it', () => {
    started().when(retry()).thenRefuses('UPGRADE_RUNNING');
    after(started(), report('web'), report('db'), report('redis'), report('cron')).when(retry()).thenRefuses('UPGRADE_OVER');
    const overtaken = partly();
    overtaken.after(overtaken.upgrade('1.2', { upgradeId: 'later' as typeof upgradeId }));
    overtaken.when(retry()).thenRefuses('UPGRADE_OVER');
    const recorded = partly().given({ type: 'AppChanged', data: { appId, target: 'RECORD', set: [], unset: [] } });
    recorded
      .after(recorded.upgrade('1.2', { upgradeId: 'later' as typeof upgradeId }))
      .when(retry())
      .thenRefuses('UPGRADE_OVER');
  });

  it('is refused where what failed was edited since, so that no edit is lost', () => {
    const edited = partly().after(edit(installed('db'), { replicas: 2 }));
    edited.when(retry()).thenRefuses('PLAN_OUTDATED', { components: ['db'] });
    const removed = partly().after(remove(installed('cron')));
    removed.when(retry()).thenRefuses('PLAN_OUTDATED', { components: ['cron'] });
    const content = partly().after((view, contents) =>
      changeApp({ installationId, edit: { set: { extra: { mine: 1 } }, unset: [] } }, view, contents),
    );
    content.when(retry()).thenRefuses('PLAN_OUTDATED');
    edited.after(edited.upgrade('1.1'));
    for (const id of runOf(edited).steps.keys()) edited.after(report(id));
    expect(edited.components).toMatchObject({ db: { image: 'db:2', replicas: 2 } });
  });

  it('is refused where the key of what is to be added was taken since', () => {
    const scenario = after(started(), report('web'), report('db'), failed('redis'), report('cron')).added({ key: 'redis' });
    scenario.when(retry()).thenRefuses('PLAN_OUTDATED', { components: ['redis'] });
  });

  it('leaves what was done, and edited since, as it is', () => {
    const scenario = partly().after(edit(installed('web'), { replicas: 5 }));
    after(scenario, retry(), report('db'), report('cron'));
    expect(scenario.components).toMatchObject({ web: { image: 'web:2', replicas: 5 } });
    expect(standing(scenario).version).toBe('1.1');
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

describe('an upgrade of 500 components, each changed here and in the template', () => {
  it('is far less than the mebibyte that one append may have, at its start and where it is settled at once', () => {
    const ids = Array.from({ length: 500 }, (_, n) => `0196f1f0-6a5e-7c0e-9a40-2f6f5b3c${String(n).padStart(4, '0')}`);
    const components = (image: string): Record<string, { key: string; image: string }> =>
      Object.fromEntries(ids.map((id, n) => [id, { key: `component-${n}`, image }]));
    const scenario = external(new Scenario().version('1.0', components('a')).version('1.1', components('b')).installed('1.0'));
    for (const id of ids) scenario.after(edit(installed(id), { replicas: 2 }));
    const before = scenario.events.length;
    const size = (from: number): number => Buffer.byteLength(JSON.stringify(scenario.events.slice(from)));
    scenario.after(scenario.upgrade('1.1'));
    expect(runOf(scenario).steps.size).toBe(500);
    expect(size(before)).toBeLessThan(300 * 1024);
    scenario.after(settle('COMPLETED'));
    expect(standing(scenario).version).toBe('1.1');
    // With some 450 bytes of metadata for each of 502 events.
    expect(size(before + 1)).toBeLessThan(600 * 1024);
  });
});
