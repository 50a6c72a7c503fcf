import { describe, expect, it } from 'vitest';
import { changeApp, removeComponent, updateComponent } from '../../src/domain/app/decide.js';
import { installTemplate } from '../../src/domain/app/decide-install.js';
import { mapComponent } from '../../src/domain/app/decide-map.js';
import { uninstallTemplate } from '../../src/domain/app/decide-uninstall.js';
import type { AppView } from '../../src/domain/app/state.js';
import { entriesOf, type BlameEntry } from '../../src/domain/blame/blame.js';
import { stepsOfAppContent, stepsOfComponent } from '../../src/domain/blame/steps.js';
import { digestOf } from '../../src/domain/canonical.js';
import type { Digest, InstallationId, ReleaseId, UpgradeId } from '../../src/domain/ids.js';
import { type AppId, type ComponentId, type TemplateComponentId } from '../../src/domain/ids.js';
import type { JsonObject } from '../../src/domain/json.js';
import { manifestDigest } from '../../src/domain/template/manifest.js';
import type { Release, TemplateState } from '../../src/domain/template/state.js';
import { requireVersion, versionSortKey } from '../../src/domain/version.js';
import { appId, installationId, installed, own, Scenario, templateId, upgradeId } from './scenario.js';

type Decide = Parameters<Scenario['after']>[0];

const edit =
  (id: ComponentId, set: JsonObject, unset: string[] = []): Decide =>
  (view, contents) =>
    updateComponent({ componentId: id, edit: { set, unset } }, view, contents);
const web = installed('web');

/** The template as its releases of these versions of the scenario, each based on the one before. */
function templateOf(scenario: Scenario, ...labels: readonly string[]): TemplateState {
  const versions = new Map<string, Release>();
  let basedOn: Release | undefined;
  for (const label of labels) {
    const version = requireVersion(label);
    const manifest = scenario.manifest(label);
    const before = basedOn && scenario.manifest(basedOn.version.label).components;
    basedOn = {
      releaseId: `release ${label}` as ReleaseId,
      version,
      basedOn,
      line: false,
      upgradeFrom: undefined,
      difference: {
        set: [...manifest.components.values()]
          .filter(({ templateComponentId: id, digest }) => before?.get(id)?.digest !== digest)
          .map((entry) => ({ ...entry, needs: [...entry.needs] })),
        removed: [...(before?.keys() ?? [])].filter((id) => !manifest.components.has(id)),
        content: manifest.content,
      },
      sourceAppId: 'source' as AppId,
      notes: undefined,
      status: 'published',
      pending: new Set(),
      failed: new Set(),
      manifest: manifestDigest(manifest),
      mark: undefined,
    } satisfies Release;
    versions.set(versionSortKey(version), basedOn);
  }
  return { templateId, name: 'shop', team: 'team', visibility: 'TEAM', sourceAppId: 'source' as AppId, versions, releases: new Map() };
}

/** What happened to a place, newest first; contents are asked for, and those asked for counted. */
function blame(
  scenario: Scenario,
  labels: readonly string[],
  subject: ComponentId | '',
  path: string,
  first = 100,
): { entries: BlameEntry[]; asked: Set<Digest> } {
  const templates = new Map([[templateId, templateOf(scenario, ...labels)]]);
  const events = scenario.events.map((event, position) => ({ event, position }));
  const standing = scenario.view.components.find(({ componentId }) => componentId === subject);
  const names = standing?.origin === 'installed' ? scenario.view.names.of(standing) : undefined;
  const asking = entriesOf(
    {
      path,
      component: subject === '' ? undefined : { toApp: (key) => names?.toApp(key) ?? key },
      steps: subject === '' ? stepsOfAppContent(events, templates) : stepsOfComponent(subject, events, templates),
      templates,
    },
    { first },
  );
  const asked = new Set<Digest>();
  let next = asking.next();
  while (!next.done) {
    for (const digest of next.value) asked.add(digest);
    next = asking.next(scenario.contents.only(next.value));
  }
  return { entries: next.value, asked };
}

/** An entry as a line: what, from where, which value, by which version, by which choice. */
const line = ({ action, origin, value, release, choice }: BlameEntry): string =>
  [action, origin, value === undefined ? 'nothing' : JSON.stringify(value), release?.version.label, choice && `chose ${choice}`]
    .filter((part) => part !== undefined)
    .join(' ');
const lines = (...args: Parameters<typeof blame>): string[] => blame(...args).entries.map(line);

describe('the value of an installed component', () => {
  const three = (): Scenario =>
    new Scenario()
      .version('1.0', { web: { image: 'nginx:1.25' } })
      .version('1.1', { web: { image: 'nginx:1.25', title: 'Web' } })
      .version('1.2', { web: { image: 'nginx:1.27', title: 'Web' } });
  const ALL = ['1.0', '1.1', '1.2'];

  it('is that of the version that set it, at or before the one installed', () => {
    const scenario = three().installed('1.1');
    expect(lines(scenario, ALL, web, '/image')).toEqual(['SET TEMPLATE "nginx:1.25" 1.0']);
    expect(lines(scenario, ALL, web, '/title')).toEqual(['SET TEMPLATE "Web" 1.1']);
  });

  it('is that of a local edit, which an upgrade kept', () => {
    const scenario = three().installed('1.1');
    scenario.after(edit(web, { image: 'nginx:1.26' })).after(scenario.upgrade('1.2', { policy: 'PREFER_LOCAL' }));
    const { entries } = blame(scenario, ALL, web, '/image');
    expect(entries.map(line)).toEqual(['KEPT LOCAL "nginx:1.26"', 'SET LOCAL "nginx:1.26"', 'SET TEMPLATE "nginx:1.25" 1.0']);
    expect(entries.map((entry) => entry.upgradeId)).toEqual([upgradeId, undefined, undefined]);
    expect(entries.map(({ position }) => scenario.events[position]?.type)).toEqual([
      'ComponentUpgraded',
      'ComponentChanged',
      'TemplateInstalled',
    ]);
  });

  it('is the template’s where an upgrade took it', () => {
    const scenario = three().installed('1.0');
    scenario.after(scenario.upgrade('1.2'));
    expect(lines(scenario, ALL, web, '/image')).toEqual(['SET TEMPLATE "nginx:1.27" 1.2', 'SET TEMPLATE "nginx:1.25" 1.0']);
    expect(lines(scenario, ALL, web, '/title')).toEqual(['SET TEMPLATE "Web" 1.1']);
  });

  it.each([
    ['TEMPLATE' as const, undefined, 'SET TEMPLATE "nginx:1.27" 1.2 chose TEMPLATE'],
    ['LOCAL' as const, undefined, 'KEPT RESOLUTION "nginx:1.26" chose LOCAL'],
    ['VALUE' as const, 'nginx:2', 'SET RESOLUTION "nginx:2" chose VALUE'],
  ])('is what was chosen in an upgrade: %s', (choice, value, told) => {
    const scenario = three()
      .installed('1.0')
      .after(edit(web, { image: 'nginx:1.26' }));
    const resolutions = [{ componentKey: 'web', path: '/image', choice, ...(value !== undefined && { value }) }];
    scenario.after(scenario.upgrade('1.2', { resolutions }));
    expect(lines(scenario, ALL, web, '/image')[0]).toBe(told);
  });

  it('is the edit’s where the template came to it later', () => {
    const scenario = three()
      .installed('1.0')
      .after(edit(web, { image: 'nginx:1.27' }));
    scenario.after(scenario.upgrade('1.2'));
    expect(lines(scenario, ALL, web, '/image').slice(0, 2)).toEqual(['CONVERGED TEMPLATE "nginx:1.27" 1.2', 'SET LOCAL "nginx:1.27"']);
  });

  it('is what an upgrade merged by line', () => {
    const file = (content: string): JsonObject => ({ configFiles: { '/c': { content } } });
    const scenario = new Scenario().version('1.0', { web: file('a\nb\nc\n') }).version('2.0', { web: file('A\nb\nc\n') });
    scenario.installed('1.0').after(edit(web, file('a\nb\nC\n')));
    scenario.after(scenario.upgrade('2.0'));
    expect(lines(scenario, ['1.0', '2.0'], web, '/configFiles/~1c/content')[0]).toBe('SET MERGE "A\\nb\\nC\\n"');
  });

  it('is what was chosen where it was installed', () => {
    const scenario = three();
    const manifest = scenario.manifest('1.0');
    const install = { installationId, templateId, templateRevision: 1, version: '1.0', manifest, manifestDigest: manifestDigest(manifest) };
    scenario.after((view, contents) => installTemplate({ ...install, keys: new Map([['web', 'site']]) }, view, contents));
    expect(lines(scenario, ALL, web, '/key')).toEqual(['SET INSTALL "site"']);
  });

  it('that is gone was removed by an edit, by a version, or never there', () => {
    const scenario = new Scenario()
      .version('1.0', { web: { env: { A: '1', B: '2' } } })
      .version('1.1', { web: { env: { A: '1', B: '2' }, title: 'Web' } })
      .version('1.2', { web: { env: { A: '1' }, title: 'Web' } })
      .installed('1.0')
      .after(edit(web, {}, ['/env/A']));
    scenario.after(scenario.upgrade('1.2'));
    expect(lines(scenario, ALL, web, '/env/A')).toEqual(['REMOVED LOCAL nothing', 'SET TEMPLATE "1" 1.0']);
    expect(lines(scenario, ALL, web, '/env/B')).toEqual(['REMOVED TEMPLATE nothing 1.2', 'SET TEMPLATE "2" 1.0']);
    expect(lines(scenario, ALL, web, '/env/C')).toEqual([]);
  });

  it('at a path above several fields is the object of them, which any of them changes', () => {
    const port = (alias: string): JsonObject => ({ ports: { '80/tcp': { exposed: true, alias } } });
    const scenario = new Scenario()
      .version('1.0', { web: port('www') })
      .installed('1.0')
      .after(edit(web, port('mine')));
    expect(lines(scenario, ['1.0'], web, '/ports/80~1tcp')).toEqual([
      'SET LOCAL {"exposed":true,"alias":"mine"}',
      'SET TEMPLATE {"exposed":true,"alias":"www"} 1.0',
    ]);
    expect(lines(scenario, ['1.0'], web, '/ports/80~1tcp/exposed')).toEqual(['SET TEMPLATE true 1.0']);
    expect(blame(scenario, ['1.0'], web, '').entries).toHaveLength(2);
  });

  it('within a field is nothing: a list and a variable are one value', () => {
    const draft = { command: ['a'], env: { A: { value: '1', description: 'd' } } };
    const scenario = new Scenario().version('1.0', { web: draft }).installed('1.0');
    expect(lines(scenario, ['1.0'], web, '/command/0')).toEqual([]);
    expect(lines(scenario, ['1.0'], web, '/env/A/value')).toEqual([]);
    expect(lines(scenario, ['1.0'], web, '/env/A')).toHaveLength(1);
  });

  it('of a dependency is found under the key that the other component has here now', () => {
    const scenario = new Scenario().version('1.0', { web: { dependsOn: { db: {} } }, db: {} }).installed('1.0');
    scenario.after(edit(installed('db'), { key: 'database' }));
    expect(lines(scenario, ['1.0'], web, '/dependsOn/database/condition')).toEqual(['SET TEMPLATE "service_started" 1.0']);
  });
});

describe('a component that', () => {
  const two = (): Scenario =>
    new Scenario()
      .version('1.0', { web: {}, old: { image: 'o' } })
      .version('2.0', { web: {} })
      .installed('1.0');
  const VERSIONS = ['1.0', '2.0'];
  const old = installed('old');

  it('the template removed is its doing', () => {
    const scenario = two();
    scenario.after(scenario.upgrade('2.0'));
    expect(lines(scenario, VERSIONS, old, '/image')).toEqual(['REMOVED TEMPLATE nothing 2.0', 'SET TEMPLATE "o" 1.0']);
  });

  it('is kept against the template is so by choice', () => {
    const scenario = two();
    scenario.after(scenario.upgrade('2.0', { resolutions: [{ componentKey: 'old', path: '', choice: 'LOCAL' }] }));
    expect(lines(scenario, VERSIONS, old, '/image')).toEqual(['KEPT RESOLUTION "o" chose LOCAL', 'SET TEMPLATE "o" 1.0']);
  });

  it('was removed here, and with its installation, is an edit’s doing', () => {
    const removed = two().after((view) => removeComponent(old, view));
    expect(lines(removed, VERSIONS, old, '/image')[0]).toBe('REMOVED LOCAL nothing');
    const uninstalled = two().after((view: AppView, contents) =>
      uninstallTemplate({ installationId, acceptDataLoss: false }, view, contents),
    );
    expect(lines(uninstalled, VERSIONS, old, '/image')[0]).toBe('REMOVED LOCAL nothing');
  });

  it('is the app’s own is its edits', () => {
    const scenario = new Scenario().added({ key: 'worker', image: 'a' }).after(edit(own('worker'), { replicas: 2 }));
    scenario.after(edit(own('worker'), { image: 'b' }));
    expect(lines(scenario, [], own('worker'), '/image')).toEqual(['SET LOCAL "b"', 'SET LOCAL "a"']);
  });

  it('was taken to other contents than its installation, or back, is read off its own events', () => {
    const scenario = new Scenario()
      .version('1.0', { web: { image: 'a' }, db: { image: 'd:1' } })
      .version('1.1', { web: { image: 'b' }, db: { image: 'd:2' } })
      .installed('1.0');
    const [before, after] = ['1.0', '1.1'].map((label) => scenario.manifest(label).components.get('web' as TemplateComponentId)?.digest);
    const move = (id: string, toVersion: string, base: Digest | undefined, target: Digest | undefined): void => {
      const common = { appId, upgradeId: id as UpgradeId, installationId, templateId };
      const started = { templateRevision: 1, fingerprint: digestOf({}), policy: 'ASK' as const, resolutions: [], acceptDataLoss: false };
      scenario.given(
        { type: 'UpgradeStarted', data: { ...common, ...started, fromVersion: '', toVersion } },
        {
          type: 'ComponentUpgraded',
          data: {
            ...{ ...common, componentId: web, templateComponentId: 'web' as TemplateComponentId, key: 'web', action: 'UPDATE' as const },
            ...(base && { base }),
            ...(target && { target }),
          },
        },
      );
    };
    move('to', '1.1', before, after);
    expect(lines(scenario, ['1.0', '1.1'], web, '/image')).toEqual(['SET TEMPLATE "b" 1.1', 'SET TEMPLATE "a" 1.0']);
    expect(lines(scenario, ['1.0', '1.1'], installed('db'), '/image')).toEqual(['SET TEMPLATE "d:1" 1.0']);
    move('back', '1.0', after, before);
    expect(lines(scenario, ['1.0', '1.1'], web, '/image')[0]).toBe('SET TEMPLATE "a" 1.0');
  });
});

describe('a value that was moved apart from the others, or put back', () => {
  const two = (): Scenario =>
    new Scenario()
      .version('1.0', { web: { image: 'web:1' }, db: { image: 'db:1' } })
      .version('1.1', { web: { image: 'web:2' }, db: { image: 'db:2' } })
      .installed('1.0');
  const VERSIONS = ['1.0', '1.1'];

  it('is the version’s from the partial upgrade on; the upgrade of the others adds nothing to it', () => {
    const scenario = two();
    scenario.after(scenario.upgrade('1.1', { chosen: new Set(['db' as TemplateComponentId]) }));
    expect(lines(scenario, VERSIONS, installed('db'), '/image')).toEqual(['SET TEMPLATE "db:2" 1.1', 'SET TEMPLATE "db:1" 1.0']);
    expect(lines(scenario, VERSIONS, web, '/image')).toEqual(['SET TEMPLATE "web:1" 1.0']);
    scenario.after(scenario.upgrade('1.1', { upgradeId: 'rest' as UpgradeId }));
    expect(lines(scenario, VERSIONS, installed('db'), '/image')).toEqual(['SET TEMPLATE "db:2" 1.1', 'SET TEMPLATE "db:1" 1.0']);
    expect(lines(scenario, VERSIONS, web, '/image')[0]).toBe('SET TEMPLATE "web:2" 1.1');
  });

  it('is the rollback’s where it put back what the app had made of it, and the version’s where that is the template’s', () => {
    const scenario = two().after(edit(web, { image: 'mine' }));
    scenario.after(scenario.upgrade('1.1', { policy: 'PREFER_TEMPLATE' })).after(scenario.rollback());
    expect(lines(scenario, VERSIONS, web, '/image')).toEqual([
      'SET ROLLBACK "mine"',
      'SET TEMPLATE "web:2" 1.1',
      'SET LOCAL "mine"',
      'SET TEMPLATE "web:1" 1.0',
    ]);
    const { entries } = blame(scenario, VERSIONS, installed('db'), '/image');
    expect(entries.map(line)[0]).toBe('SET TEMPLATE "db:1" 1.0');
    expect(entries[0]?.upgradeId).toBe(`rollback of ${upgradeId}`);
  });

  it('is what was chosen in the rollback, where that was asked', () => {
    const scenario = two();
    scenario.after(scenario.upgrade('1.1')).after(edit(web, { image: 'mine' }));
    const choose = (choice: 'LOCAL' | 'VALUE'): Decide =>
      scenario.rollback(upgradeId, {
        resolutions: [{ componentKey: 'web', path: '/image', choice, ...(choice === 'VALUE' && { value: 'web:0' }) }],
      });
    scenario.after(choose('VALUE'));
    expect(lines(scenario, VERSIONS, web, '/image')[0]).toBe('SET RESOLUTION "web:0" chose VALUE');
  });

  it('is still what it was where its component was said to be another of the template', () => {
    const scenario = new Scenario()
      .version('1.0', { old: { key: 'db', image: 'db:1' } })
      .version('1.1', { new: { key: 'db', image: 'db:2' } })
      .installed('1.0')
      .after(edit(installed('old'), { replicas: 3 }))
      .after((view, contents) =>
        mapComponent(
          { componentId: installed('old'), installationId, templateComponentId: 'new' as TemplateComponentId, published: true },
          view,
          contents,
        ),
      );
    const found = installed('new');
    expect(lines(scenario, VERSIONS, found, '/image')).toEqual(['SET TEMPLATE "db:1" 1.0']);
    expect(lines(scenario, VERSIONS, found, '/replicas')).toEqual(['SET LOCAL 3', 'SET TEMPLATE 1 1.0']);
    scenario.after(scenario.upgrade('1.1'));
    expect(lines(scenario, VERSIONS, found, '/image')).toEqual(['SET TEMPLATE "db:2" 1.1', 'SET TEMPLATE "db:1" 1.0']);
    expect(lines(scenario, VERSIONS, found, '/replicas').slice(0, 2)).toEqual(['KEPT LOCAL 3', 'SET LOCAL 3']);
  });

  it('is still who set it on the app’s own component, where that was said to be one of the template', () => {
    const scenario = two()
      .added({ key: 'cache', image: 'redis:7' })
      .after(edit(own('cache'), { replicas: 2 }))
      .after((view, contents) =>
        mapComponent(
          { componentId: own('cache'), installationId, templateComponentId: 'redis' as TemplateComponentId, published: true },
          view,
          contents,
        ),
      );
    const { entries } = blame(scenario, VERSIONS, installed('redis'), '/replicas');
    expect(entries.map(line)).toEqual(['SET LOCAL 2', 'SET LOCAL 1']);
    expect(entries.map(({ position }) => scenario.events[position]?.type)).toEqual(['ComponentChanged', 'ComponentAdded']);
  });
});

describe('app-level content', () => {
  const driver = (name: string): JsonObject => ({ extra: { networks: { net: { driver: name } } } });
  const path = '/extra/networks/net/driver';
  const change =
    (set: JsonObject, id?: InstallationId): Decide =>
    (view, contents) =>
      changeApp({ installationId: id, edit: { set, unset: [] } }, view, contents);

  it('is what the installation gives, under what the app says itself', () => {
    const scenario = new Scenario()
      .version('1.0', { web: {} }, { networks: { net: { driver: 'bridge' } } })
      .version('2.0', { web: {} }, { networks: { net: { driver: 'overlay' } } })
      .installed('1.0');
    scenario.after(scenario.upgrade('2.0'));
    scenario
      .after(change(driver('mine'), installationId))
      .after(change(driver('host')))
      .after(change(driver('other'), installationId));
    expect(lines(scenario, ['1.0', '2.0'], '', path)).toEqual([
      'SET LOCAL "host"',
      'SET LOCAL "mine"',
      'SET TEMPLATE "overlay" 2.0',
      'SET TEMPLATE "bridge" 1.0',
    ]);
  });
});

describe('what blame reads', () => {
  it('is what it comes to: the newest steps, of the paths that were touched', () => {
    const scenario = new Scenario().added({ key: 'web', image: 'i' });
    for (let n = 0; n < 100; n++) scenario.after(edit(own('web'), n % 2 === 0 ? { replicas: n + 2 } : { image: `i:${n}` }));
    expect(blame(scenario, [], own('web'), '/image', 1).asked.size).toBeLessThan(40);
    expect(blame(scenario, [], own('web'), '/title').asked.size).toBeLessThan(3);
  });
});
