import { describe, expect, it } from 'vitest';
import { addComponent, changeApp, createApp, deleteApp, removeComponent, updateComponent } from '../../src/domain/app/decide.js';
import { installTemplate } from '../../src/domain/app/decide-install.js';
import type { Edit } from '../../src/domain/app/edit.js';
import { evolveApp } from '../../src/domain/app/evolve.js';
import { digestOf } from '../../src/domain/canonical.js';
import type { ComponentId, InstallationId } from '../../src/domain/ids.js';
import { manifestDigest } from '../../src/domain/template/manifest.js';
import { appId, component, installationId, installed, own, Scenario, templateId } from './scenario.js';

const NONE: Edit = { set: {}, unset: [] };
const edit =
  (componentId: ComponentId, change: Partial<Edit>) => (view: Parameters<typeof updateComponent>[1], contents: Scenario['contents']) =>
    updateComponent({ componentId, edit: { ...NONE, ...change } }, view, contents);

describe('an app', () => {
  it('is created, and gone once it is deleted', () => {
    expect(createApp({ appId, name: 'shop', team: 'team' })).toMatchObject({
      accepted: true,
      events: [{ type: 'AppCreated', data: { appId, name: 'shop', team: 'team' } }],
    });
    const scenario = new Scenario();
    scenario.given({ type: 'AppDeleted', data: { appId } });
    expect(evolveApp(undefined, scenario.events)).toBeUndefined();
    expect(deleteApp(new Scenario().view)).toMatchObject({ accepted: true, events: [{ type: 'AppDeleted' }] });
  });

  it('gets another name, and no event for the name that it has', () => {
    const rename = (name: string) => (view: Parameters<typeof changeApp>[1], contents: Scenario['contents']) =>
      changeApp({ name, edit: NONE }, view, contents);
    const renamed = new Scenario().when(rename('store')).then(['AppChanged', { name: 'store', set: [], unset: [] }]);
    expect(renamed.view.state.name).toBe('store');
    renamed.when(rename('store')).then();
  });
});

describe('app-level content', () => {
  const change =
    (set: Edit['set'], unset: Edit['unset'] = [], id?: InstallationId) =>
    (view: Parameters<typeof changeApp>[1], contents: Scenario['contents']) =>
      changeApp({ installationId: id, edit: { set, unset } }, view, contents);
  const networks = { extra: { networks: { front: { internal: true } } } };
  const scenario = (): Scenario => new Scenario().version('1.0', { web: {} }, networks.extra).installed('1.0');

  it('of the app itself is edited leaf by leaf', () => {
    scenario()
      .when(change(networks))
      .then(['AppChanged', { content: digestOf(networks), set: ['/extra/networks/front/internal'] }])
      .when(change({}, ['/extra/networks/front/internal']))
      .then(['AppChanged', { content: digestOf({}), unset: ['/extra/networks/front/internal'] }]);
  });

  it('of an installation is a patch against the template, and none where it is the template’s again', () => {
    const path = '/extra/networks/front/internal';
    const changed = scenario()
      .when(change({ extra: { networks: { front: { internal: false } } } }, [], installationId))
      .then(['AppChanged', { installationId, patch: digestOf({ set: { [path]: false }, unset: [] }), set: [path] }]);
    expect(changed.view.state.content).toBeUndefined();
    const back = changed.when(change(networks, [], installationId)).then(['AppChanged', { installationId, patch: null }]);
    expect(back.view.state.installations.get(installationId)?.contentPatch).toBeUndefined();
  });

  it('has no event for an edit that changes nothing', () =>
    void scenario()
      .when(change(networks, [], installationId))
      .then());

  it('is refused for an installation that is not there, and for a path that names nothing', () => {
    scenario()
      .when(change({}, [], 'other' as InstallationId))
      .thenRefuses('NOT_FOUND');
    scenario()
      .when(change({}, ['/extra/volumes']))
      .thenRefuses('BAD_USER_INPUT', { path: '/extra/volumes' });
    scenario()
      .when(change({ extra: 'x' }))
      .thenRefuses('BAD_USER_INPUT', { path: '/extra' });
  });
});

describe('adding a component', () => {
  const web = component({ key: 'web', image: 'web:1' });
  const add = (view: Parameters<typeof addComponent>[1]) => addComponent({ componentId: own('web'), definition: web }, view);

  it('names its content by digest', () => {
    const scenario = new Scenario().when(add).then(['ComponentAdded', { componentId: own('web'), key: 'web', digest: digestOf(web) }]);
    expect(scenario.components).toEqual({ web });
  });

  it('is refused where another component has the key, an own or an installed one', () => {
    new Scenario()
      .added({ key: 'web' })
      .when(add)
      .thenRefuses('KEY_TAKEN', { keys: ['web'] });
    new Scenario()
      .version('1.0', { web: {} })
      .installed('1.0')
      .when(add)
      .thenRefuses('KEY_TAKEN', { keys: ['web'] });
  });
});

describe('editing a component', () => {
  const scenario = (): Scenario =>
    new Scenario()
      .version('1.0', { web: { image: 'web:1', dependsOn: { db: {} } }, db: { image: 'db:1' } })
      .installed('1.0')
      .added({ key: 'worker', image: 'worker:1', dependsOn: { db: {} } });

  it('of the app’s own names its new content, and the paths that were set and unset', () => {
    const after = component({ key: 'worker', image: 'worker:2' });
    scenario()
      .when(edit(own('worker'), { set: { image: 'worker:2' }, unset: ['/dependsOn/db'] }))
      .then(['ComponentChanged', { key: 'worker', digest: digestOf(after), set: ['/image'], unset: ['/dependsOn/db/condition'] }]);
  });

  it('of an installation names its patch against the template, and none where it is the template’s again', () => {
    const patch = digestOf({ set: { '/image': 'web:mine' }, unset: [] });
    const changed = scenario()
      .when(edit(installed('web'), { set: { image: 'web:mine' } }))
      .then(['ComponentChanged', { installationId, key: 'web', patch, set: ['/image'] }]);
    expect(changed.components['web']?.image).toBe('web:mine');
    const back = changed.when(edit(installed('web'), { set: { image: 'web:1' } })).then(['ComponentChanged', { patch: null }]);
    expect(back.view.state.installations.get(installationId)?.overrides.size).toBe(0);
  });

  it('to what it is has no event', () => {
    scenario()
      .when(edit(own('worker'), { set: { image: 'worker:1' } }))
      .then();
    scenario()
      .when(edit(installed('web'), { set: { image: 'web:1' } }))
      .then();
  });

  it('to another key is followed by all that depend on it', () => {
    const renamed = scenario()
      .when(edit(installed('db'), { set: { key: 'database' } }))
      .then(
        ['ComponentChanged', { key: 'database', previousKey: 'db' }],
        ['ComponentChanged', { key: 'worker', set: ['/dependsOn/database/condition'], unset: ['/dependsOn/db/condition'] }],
      );
    expect(Object.keys(renamed.components['web']?.dependsOn ?? {})).toEqual(['database']);
    const of = new Scenario().version('1.0', { web: {} }).installed('1.0').added({ key: 'cache' });
    of.after(edit(installed('web'), { set: { dependsOn: { cache: {} } } }))
      .when(edit(own('cache'), { set: { key: 'redis' } }))
      .then(['ComponentChanged', { key: 'redis' }], ['ComponentChanged', { key: 'web', installationId }]);
  });

  it('to another key takes what an importer said of the dependency along', () => {
    const extra = { depends_on: { db: { required: false } } };
    const renamed = new Scenario()
      .added({ key: 'db' })
      .added({ key: 'web', dependsOn: { db: {} }, extra })
      .after(edit(own('db'), { set: { key: 'database' } }));
    expect(renamed.components['web']?.extra).toEqual({ depends_on: { database: { required: false } } });
  });

  it('is refused for a component that is not there, a key that is taken, and what makes no definition', () => {
    scenario()
      .when(edit(own('other'), {}))
      .thenRefuses('NOT_FOUND', { componentId: own('other') });
    scenario()
      .when(edit(own('worker'), { set: { key: 'web' } }))
      .thenRefuses('KEY_TAKEN', { keys: ['web'] });
    for (const [change, path] of [
      [{ set: { replicas: -1 } }, '/replicas'],
      [{ set: { key: 'a b' } }, '/key'],
      [{ unset: ['/key'] }, '/key'],
      [{ unset: ['/env/A'] }, '/env/A'],
      [{ unset: ['env'] }, 'env'],
    ] as const) {
      scenario()
        .when(edit(own('worker'), change))
        .thenRefuses('BAD_USER_INPUT', { path });
    }
  });
});

describe('removing a component', () => {
  const remove = (id: ComponentId) => (view: Parameters<typeof removeComponent>[1]) => removeComponent(id, view);

  it('of the app’s own forgets it', () => {
    const scenario = new Scenario()
      .added({ key: 'web' })
      .when(remove(own('web')))
      .then(['ComponentRemoved', { key: 'web' }]);
    expect(scenario.components).toEqual({});
  });

  it('of an installation excludes it from the template', () => {
    const scenario = new Scenario().version('1.0', { web: {}, db: {} }).installed('1.0');
    scenario.when(remove(installed('db'))).then(['ComponentRemoved', { installationId, key: 'db' }]);
    expect(Object.keys(scenario.components)).toEqual(['web']);
    expect([...(scenario.view.state.installations.get(installationId)?.overrides ?? [])]).toEqual([['db', { kind: 'excluded' }]]);
  });

  it('that is kept against the template forgets it', () => {
    const scenario = new Scenario().version('1.0', { web: {}, db: {} }).version('2.0', { web: {} }).installed('1.0');
    scenario.after(scenario.upgrade('2.0', { resolutions: [{ componentKey: 'db', path: '', choice: 'LOCAL' }] }));
    scenario.after(remove(installed('db')));
    expect(scenario.view.state.installations.get(installationId)?.overrides.size).toBe(0);
    expect(Object.keys(scenario.components)).toEqual(['web']);
  });

  it('is refused for one that is not there', () => void new Scenario().when(remove(own('web'))).thenRefuses('NOT_FOUND'));
});

describe('installing a template', () => {
  const scenario = (): Scenario => new Scenario().version('1.0', { web: { dependsOn: { db: {} } }, db: { image: 'db:1' } });
  const install =
    (keys: Readonly<Record<string, string>> = {}) =>
    (view: Parameters<typeof installTemplate>[1], contents: Scenario['contents']) => {
      const manifest = contents.manifest({ web: { dependsOn: { db: {} } }, db: { image: 'db:1' } });
      const digest = manifestDigest(manifest);
      const common = { installationId, templateId, templateRevision: 3, version: '1.0', manifest, manifestDigest: digest };
      return installTemplate({ ...common, keys: new Map(Object.entries(keys)) }, view, contents);
    };

  it('copies nothing: it names the version and its content', () => {
    const done = scenario()
      .when(install())
      .then(['TemplateInstalled', { templateId, version: '1.0', templateRevision: 3, keys: [] }]);
    expect(Object.keys(done.components)).toEqual(['web', 'db']);
    expect(done.view.components.map(({ componentId }) => componentId)).toEqual([installed('web'), installed('db')]);
  });

  it('gives other keys where they are said, and references follow', () => {
    const done = scenario()
      .added({ key: 'db' })
      .when(install({ db: 'database' }))
      .then(['TemplateInstalled', { keys: [{ key: 'database' }] }]);
    expect(done.components['database']?.image).toBe('db:1');
    expect(Object.keys(done.components['web']?.dependsOn ?? {})).toEqual(['database']);
  });

  it('refuses keys that are taken, by the app or by one another, and proposes free ones', () => {
    const details = { keys: ['db'], proposals: [{ key: 'db', proposal: 'db-2', dependants: ['web'], namedBy: [] }] };
    scenario().added({ key: 'db' }).when(install()).thenRefuses('KEY_TAKEN', details);
    scenario()
      .when(install({ db: 'web' }))
      .thenRefuses('KEY_TAKEN', { keys: ['web'] });
  });

  it('refuses keys for what the version does not have, and keys that are none', () => {
    scenario()
      .when(install({ redis: 'cache' }))
      .thenRefuses('BAD_USER_INPUT', { from: 'redis' });
    scenario()
      .when(install({ db: 'a b' }))
      .thenRefuses('BAD_USER_INPUT', { to: 'a b' });
  });
});
