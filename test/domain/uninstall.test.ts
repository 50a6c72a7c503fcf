import { describe, expect, it } from 'vitest';
import { addComponent, updateComponent } from '../../src/domain/app/decide.js';
import { installTemplate } from '../../src/domain/app/decide-install.js';
import { uninstallTemplate } from '../../src/domain/app/decide-uninstall.js';
import type { AppView } from '../../src/domain/app/state.js';
import type { InstallationId } from '../../src/domain/ids.js';
import type { JsonObject } from '../../src/domain/json.js';
import { manifestDigest } from '../../src/domain/template/manifest.js';
import { component, installationId, installed, own, Scenario, templateId } from './scenario.js';

const uninstall =
  (id = installationId, acceptDataLoss = false) =>
  (view: AppView, contents: Scenario['contents']) =>
    uninstallTemplate({ installationId: id, acceptDataLoss }, view, contents);
const change = (id: string, set: JsonObject) => (view: AppView, contents: Scenario['contents']) =>
  updateComponent({ componentId: installed(id), edit: { set: { ...set }, unset: [] } }, view, contents);
const data = { '/data': { kind: 'PERSISTENT' as const, name: 'data', readOnly: false } };

describe('uninstalling', () => {
  it('takes the components of the installation out of the app, whatever was changed of them, and no other', () => {
    const scenario = new Scenario().version('1.0', { web: {}, db: {} }).installed('1.0').added({ key: 'worker' });
    const after = scenario
      .after(change('web', { image: 'mine' }))
      .when(uninstall())
      .then(['TemplateUninstalled', { installationId, templateId, version: '1.0', acceptDataLoss: false }]);
    expect(Object.keys(after.components)).toEqual(['worker']);
    expect(after.view.state.installations.size).toBe(0);
  });

  it('leaves another installation of the same template, and what that changed', () => {
    const second = 'j' as InstallationId;
    const scenario = new Scenario().version('1.0', { web: {} }).installed('1.0');
    const manifest = scenario.manifest('1.0');
    scenario.after((view, contents) =>
      installTemplate(
        {
          installationId: second,
          templateId,
          templateRevision: 1,
          version: '1.0',
          manifest,
          manifestDigest: manifestDigest(manifest),
          keys: new Map([['web', 'site']]),
        },
        view,
        contents,
      ),
    );
    const after = scenario.when(uninstall()).then(['TemplateUninstalled']);
    expect(after.components).toEqual({ site: component({ key: 'site' }) });
  });

  it('frees the keys', () => {
    const add = (view: AppView) => addComponent({ componentId: own('web'), definition: component({ key: 'web' }) }, view);
    const scenario = new Scenario().version('1.0', { web: {} }).installed('1.0');
    scenario.when(add).thenRefuses('KEY_TAKEN', { keys: ['web'] });
    scenario.when(uninstall()).then(['TemplateUninstalled']).when(add).then(['ComponentAdded']);
  });

  it('is refused while another component cannot be without one that goes', () => {
    const scenario = new Scenario()
      .version('1.0', { db: {} })
      .installed('1.0')
      .added({ key: 'worker', dependsOn: { db: {} } });
    const problems = [{ code: 'DEPENDENCY_MISSING', componentKey: 'worker', path: '/dependsOn/db' }];
    expect(uninstall()(scenario.view, scenario.contents)).toMatchObject({
      accepted: false,
      refusal: { code: 'PLAN_INAPPLICABLE', details: { problems } },
    });
  });

  it('is refused under the key that the component has in this app', () => {
    const scenario = new Scenario()
      .version('1.0', { db: {} })
      .installed('1.0')
      .after(change('db', { key: 'database' }));
    scenario.added({ key: 'worker', dependsOn: { database: {} } });
    scenario.when(uninstall()).thenRefuses('PLAN_INAPPLICABLE');
  });

  it('goes on where what depends on it goes, too, can be without it, or was without it before', () => {
    new Scenario()
      .version('1.0', { web: { dependsOn: { db: {} } }, db: {} })
      .installed('1.0')
      .added({ key: 'worker', dependsOn: { db: {} }, extra: { depends_on: { db: { required: false } } } })
      .added({ key: 'other', dependsOn: { elsewhere: {} } })
      .when(uninstall())
      .then(['TemplateUninstalled']);
  });

  it('loses persistent volumes only where that is accepted, also those that were added here', () => {
    const scenario = new Scenario().version('1.0', { web: {}, db: { volumes: data } }).installed('1.0');
    scenario.after(change('web', { volumes: { '/mine': { kind: 'PERSISTENT' }, '/tmp': { kind: 'EPHEMERAL' } } }));
    scenario.when(uninstall()).thenRefuses('DATA_LOSS_NOT_ACCEPTED', {
      volumes: [
        { componentKey: 'web', path: '/volumes/~1mine/kind' },
        { componentKey: 'db', path: '/volumes/~1data/kind' },
      ],
      messages: [
        'web: the persistent volume at /mine is removed, and its data with it',
        'db: the persistent volume at /data is removed, and its data with it',
      ],
    });
    scenario.when(uninstall(installationId, true)).then(['TemplateUninstalled', { acceptDataLoss: true }]);
  });

  it('is refused of what is not installed, and so the second time', () => {
    const scenario = new Scenario().version('1.0', { web: {} }).installed('1.0');
    scenario.when(uninstall('other' as InstallationId)).thenRefuses('NOT_FOUND');
    scenario.when(uninstall()).then(['TemplateUninstalled']).when(uninstall()).thenRefuses('NOT_FOUND', { installationId });
  });
});
