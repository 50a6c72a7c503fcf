import { describe, expect, it } from 'vitest';
import { changeApp, deleteApp } from '../../src/domain/app/decide.js';
import { installTemplate } from '../../src/domain/app/decide-install.js';
import { manifestDigest } from '../../src/domain/template/manifest.js';
import { replaceComponents } from '../../src/domain/app/decide-import.js';
import type { ComponentId } from '../../src/domain/ids.js';
import { at, edit, external, remove, report, retry, runOf, settle, standing, START } from './external.js';
import { component, installationId, installed, own, Scenario, templateId, upgradeId } from './scenario.js';
import { after, failed, only, shop, started } from './external-shop.js';

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
