import { describe, expect, it } from 'vitest';
import { changeApp, removeComponent, updateComponent } from '../../src/domain/app/decide.js';
import type { Installation } from '../../src/domain/app/state.js';
import type { TemplateComponentId, UpgradeId } from '../../src/domain/ids.js';
import type { JsonObject } from '../../src/domain/json.js';
import type { Resolution } from '../../src/domain/upgrade/plan.js';
import { appId, installationId, installed, outcomesOf, own, planned, Scenario } from './scenario.js';

type View = Scenario['view'];
type Decider = Parameters<Scenario['after']>[0];
const edit =
  (componentId: ReturnType<typeof installed>, set: JsonObject, unset: readonly string[] = []): Decider =>
  (view, contents) =>
    updateComponent({ componentId, edit: { set, unset } }, view, contents);
const remove = (id: string) => (view: View) => removeComponent(installed(id), view);
const whole = (componentKey: string, choice: Resolution['choice']): Resolution => ({ componentKey, path: '', choice });
const only = (...ids: readonly string[]): ReadonlySet<TemplateComponentId> => new Set(ids as TemplateComponentId[]);
const id = (name: string): { upgradeId: UpgradeId } => ({ upgradeId: name as UpgradeId });

const installation = ({ view }: Scenario): Installation => {
  const found = view.state.installations.get(installationId);
  if (!found) throw new Error('nothing is installed');
  return found;
};
/** All that a rollback is to restore. */
const whatThereIs = (scenario: Scenario): object => {
  const { version, pendingVersion, contentPatch, overrides } = installation(scenario);
  const own = scenario.view.state.components;
  return { version, pendingVersion, contentPatch, overrides, own, components: scenario.components };
};

/** 1.1 changes web and db, adds redis (which web then needs), drops cron, and has other networks; 1.2 changes web again. */
const shop = (): Scenario =>
  new Scenario()
    .version('1.0', { web: { image: 'web:1' }, db: { image: 'db:1' }, cron: {}, api: {} }, { networks: 1 })
    .version('1.1', { web: { image: 'web:2', dependsOn: { redis: {} } }, db: { image: 'db:2' }, api: {}, redis: {} }, { networks: 2 })
    .version('1.2', { web: { image: 'web:3', dependsOn: { redis: {} } }, db: { image: 'db:2' }, api: {}, redis: {} }, { networks: 3 })
    .installed('1.0');
const content =
  (extra: JsonObject): Decider =>
  (view, contents) =>
    changeApp({ installationId, edit: { set: { extra }, unset: [] } }, view, contents);

describe('rolling back an upgrade', () => {
  it('is told as it happens: what started it, each component, that it is over', () => {
    const scenario = shop();
    scenario.after(scenario.upgrade('1.1'));
    scenario
      .when(scenario.rollback('upgrade', { reason: 'slow' }))
      .then(
        ['RollbackStarted', { rollsBack: 'upgrade', undoes: ['upgrade'], fromVersion: '1.1', toVersion: '1.0', reason: 'slow' }],
        ['ComponentUpgraded', { key: 'web', action: 'UPDATE' }],
        ['ComponentUpgraded', { key: 'db', action: 'UPDATE' }],
        ['ComponentUpgraded', { key: 'cron', action: 'ADD' }],
        ['ComponentUpgraded', { key: 'redis', action: 'REMOVE' }],
        ['ComponentUpgraded', { key: '' }],
        ['AppRolledBack', { fromVersion: '1.1', toVersion: '1.0', undone: ['upgrade'], held: ['1.1'], reason: 'slow' }],
      );
  });

  it('puts back content and local changes: added components are gone, removed ones there', () => {
    const scenario = shop()
      .after(edit(installed('web'), { replicas: 3 }))
      .after(edit(installed('cron'), { title: 'mine' }))
      .after(content({ mine: true }));
    const before = whatThereIs(scenario);
    scenario.after(scenario.upgrade('1.1', { resolutions: [whole('cron', 'TEMPLATE')] }));
    scenario.after(scenario.rollback());
    expect(whatThereIs(scenario)).toEqual(before);
    expect(scenario.components).toMatchObject({ web: { image: 'web:1', replicas: 3 }, cron: { title: 'mine' } });
  });

  it('puts back what was settled by hand', () => {
    const scenario = shop().after(edit(installed('web'), { image: 'mine' }));
    const before = whatThereIs(scenario);
    scenario.after(scenario.upgrade('1.1', { resolutions: [{ componentKey: 'web', path: '/image', choice: 'TEMPLATE' }] }));
    expect(scenario.components['web']?.image).toBe('web:2');
    const plan = scenario.rollbackPlan();
    expect(planned(plan, 'web').fields).toContainEqual(
      expect.objectContaining({ path: '/image', base: 'web:2', local: 'web:2', target: 'mine', result: 'mine', outcome: 'TAKE_TEMPLATE' }),
    );
    scenario.after(scenario.rollback());
    expect(whatThereIs(scenario)).toEqual(before);
  });

  it('puts back what was deleted at the install, and what was kept against the template', () => {
    const scenario = shop().after(remove('db'));
    scenario.after(scenario.upgrade('1.1', { ...id('first'), resolutions: [whole('cron', 'LOCAL')] }));
    const before = whatThereIs(scenario);
    scenario.after(scenario.upgrade('1.2', { ...id('second'), resolutions: [whole('db', 'TEMPLATE')] }));
    expect(Object.keys(scenario.components)).toContain('db');
    scenario.after(scenario.rollback('second'));
    expect(whatThereIs(scenario)).toEqual(before);
    expect(Object.keys(scenario.components)).toEqual(['web', 'api', 'redis', 'cron']);
  });

  it('brings keys back, and what depends on them beside the installation', () => {
    const scenario = new Scenario()
      .version('1.0', { web: { dependsOn: { db: {} } }, db: {} })
      .version('1.1', { web: { dependsOn: { database: {} } }, db: { key: 'database' } })
      .installed('1.0')
      .added({ key: 'job', dependsOn: { db: {} } });
    const before = whatThereIs(scenario);
    scenario.after(scenario.upgrade('1.1'));
    expect(scenario.components['job']?.dependsOn).toHaveProperty('database');
    expect(scenario.rollbackPlan().followers).toMatchObject([{ key: 'job', fields: [{ local: expect.anything() as object }, {}] }]);
    scenario.after(scenario.rollback());
    expect(whatThereIs(scenario)).toEqual(before);
  });

  it('may put back a dependency that was broken then, and breaks no other', () => {
    const scenario = new Scenario()
      .version('1.0', { web: { dependsOn: { db: {} } }, db: {} })
      .version('1.1', { web: {}, db: {}, redis: {} })
      .installed('1.0')
      .after(remove('db'));
    scenario.after(scenario.upgrade('1.1'));
    expect(scenario.rollbackPlan().problems).toEqual([]);
    scenario.after(edit(installed('web'), { dependsOn: { redis: {} } }));
    expect(scenario.rollbackPlan().problems).toMatchObject([{ code: 'DEPENDENCY_MISSING', componentKey: 'web', path: '/dependsOn/redis' }]);
    scenario.when(scenario.rollback()).thenRefuses('PLAN_INAPPLICABLE');
  });

  it('may leave a component of the app without what it was without then', () => {
    const scenario = new Scenario()
      .version('1.0', { web: {} })
      .version('1.1', { web: {}, redis: {} })
      .installed('1.0')
      .added({ key: 'early', dependsOn: { redis: {} } });
    scenario.after(scenario.upgrade('1.1')).added({ key: 'late', dependsOn: { redis: {} } });
    expect(scenario.rollbackPlan().problems).toMatchObject([{ code: 'DEPENDENCY_MISSING', componentKey: 'late' }]);
  });

  it('asks for another key where one that comes back is taken since', () => {
    const scenario = shop();
    scenario.after(scenario.upgrade('1.1')).added({ key: 'cron' });
    expect(scenario.rollbackPlan().problems).toMatchObject([{ code: 'KEY_TAKEN', componentKey: 'cron' }]);
    scenario.after(
      scenario.rollback('upgrade', { resolutions: [{ componentKey: 'cron', path: '/key', choice: 'VALUE', value: 'cron-2' }] }),
    );
    expect(Object.keys(scenario.components)).toContain('cron-2');
  });

  it('loses the volumes of what was added only with an explicit yes', () => {
    const scenario = new Scenario()
      .version('1.0', { web: {} })
      .version('1.1', { web: {}, db: { volumes: { '/data': { kind: 'PERSISTENT', name: 'data' } } } })
      .installed('1.0');
    scenario.after(scenario.upgrade('1.1'));
    expect(planned(scenario.rollbackPlan(), 'db').fields).toContainEqual(
      expect.objectContaining({ risk: expect.objectContaining({ code: 'DATA_LOSS' }) as object }),
    );
    scenario.when(scenario.rollback()).thenRefuses('DATA_LOSS_NOT_ACCEPTED');
    scenario.after(scenario.rollback('upgrade', { acceptDataLoss: true }));
    expect(Object.keys(scenario.components)).toEqual(['web']);
  });

  it('is refused where anything moved since it was planned', () => {
    const scenario = shop();
    scenario.after(scenario.upgrade('1.1'));
    const { fingerprint } = scenario.rollbackPlan();
    scenario.after(edit(installed('api'), { replicas: 2 }));
    scenario.when(scenario.rollback('upgrade', { planFingerprint: fingerprint })).thenRefuses('PLAN_OUTDATED');
    expect(scenario.plan('1.2').fingerprint).not.toBe(fingerprint);
  });

  it('reads nothing of components that neither it nor anybody touched', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`c${n}`, { image: `c:${n}` }]));
    const scenario = new Scenario()
      .version('1.0', { ...many, web: { image: 'a' }, api: { image: 'api' } })
      .version('1.1', { ...many, web: { image: 'b' }, api: { image: 'api' } })
      .installed('1.0');
    scenario.after(scenario.upgrade('1.1')).after(edit(installed('api'), { replicas: 2 }));
    const digests = scenario.rollbackDigests();
    const read = ['1.0', '1.1'].flatMap((version) =>
      [...scenario.manifest(version).components.values()].filter(({ digest }) => digests.has(digest)).map(({ key }) => `${key} ${version}`),
    );
    expect(read).toEqual(['web 1.0', 'api 1.0', 'web 1.1', 'api 1.1']);
  });
});

describe('local edits made after the upgrade', () => {
  it('are kept where they do not clash, and listed as kept', () => {
    const scenario = shop();
    scenario
      .after(scenario.upgrade('1.1'))
      .after(edit(installed('web'), { replicas: 5 }))
      .after(edit(installed('api'), { title: 'mine' }))
      .after(content({ mine: true }));
    const plan = scenario.rollbackPlan();
    expect(outcomesOf(planned(plan, 'web'))).toMatchObject({ '/image': 'TAKE_TEMPLATE', '/replicas': 'KEEP_LOCAL' });
    expect(outcomesOf({ fields: plan.appFields })).toEqual({ '/extra/mine': 'KEEP_LOCAL', '/extra/networks': 'TAKE_TEMPLATE' });
    expect(plan.conflicts).toEqual([]);
    scenario.after(scenario.rollback());
    expect(scenario.components).toMatchObject({ web: { image: 'web:1', replicas: 5 }, api: { title: 'mine' } });
  });

  it('are conflicts where they are of what the upgrade changed', () => {
    const scenario = shop();
    scenario.after(scenario.upgrade('1.1')).after(edit(installed('web'), { image: 'mine' }));
    expect(scenario.rollbackPlan().conflicts).toMatchObject([
      { componentKey: 'web', path: '/image', base: 'web:2', local: 'mine', target: 'web:1' },
    ]);
    scenario.when(scenario.rollback()).thenRefuses('CONFLICTS_UNRESOLVED', { conflicts: [{ componentKey: 'web', path: '/image' }] });
    scenario.after(scenario.rollback('upgrade', { policy: 'PREFER_LOCAL' }));
    expect(scenario.components['web']?.image).toBe('mine');
  });

  it('are none where they were taken back, or come to what was there before', () => {
    const scenario = shop();
    const before = whatThereIs(scenario);
    scenario
      .after(scenario.upgrade('1.1'))
      .after(edit(installed('web'), { image: 'mine' }))
      .after(edit(installed('web'), { image: 'web:2' }))
      .after(edit(installed('db'), { image: 'db:1' }));
    expect(outcomesOf(planned(scenario.rollbackPlan(), 'db'))).toEqual({ '/image': 'CONVERGED' });
    scenario.after(scenario.rollback());
    expect(whatThereIs(scenario)).toEqual(before);
  });

  it('of a component that was added are asked about: it goes with them, or stays', () => {
    const scenario = shop();
    scenario.after(scenario.upgrade('1.1')).after(edit(installed('redis'), { replicas: 2 }));
    expect(scenario.rollbackPlan().conflicts).toMatchObject([{ componentKey: 'redis', path: '', local: { replicas: 2 } }]);
    scenario.after(scenario.rollback('upgrade', { resolutions: [whole('redis', 'LOCAL')] }));
    expect(scenario.components['redis']?.replicas).toBe(2);
    expect(installation(scenario).overrides.get('redis' as TemplateComponentId)).toMatchObject({ kind: 'kept', version: '1.1' });
  });

  it('of a component that stays are told under its key, which one that was deleted since had before', () => {
    const scenario = new Scenario()
      .version('1.0', { old: { key: 'mine' } })
      .version('1.1', { web: {} })
      .installed('1.0');
    scenario
      .after(edit(installed('old'), { title: 'kept' }))
      .after(scenario.upgrade('1.1', { policy: 'PREFER_LOCAL' }))
      .after(remove('old'))
      .after(edit(installed('web'), { key: 'mine' }));
    const { components } = scenario.rollbackPlan('upgrade', { policy: 'PREFER_LOCAL' });
    expect(components.map(({ key, action }) => [key, action])).toEqual([
      ['mine (excluded)', 'EXCLUDED'],
      ['mine', 'KEEP'],
    ]);
  });

  it('that deleted a component are kept, and listed', () => {
    const scenario = shop();
    scenario.after(scenario.upgrade('1.1')).after(remove('db')).after(remove('redis'));
    expect(planned(scenario.rollbackPlan(), 'db')).toMatchObject({ action: 'EXCLUDED', fields: [{ path: '/image' }] });
    scenario.after(scenario.rollback());
    expect(Object.keys(scenario.components)).toEqual(['web', 'cron', 'api']);
    const back = shop();
    back.after(back.upgrade('1.1')).after(remove('db'));
    back.after(back.rollback('upgrade', { resolutions: [whole('db', 'TEMPLATE')] }));
    expect(back.components['db']?.image).toBe('db:1');
  });

  it('that deleted what had been kept against the template are kept, too', () => {
    const scenario = shop();
    scenario.after(scenario.upgrade('1.1', { resolutions: [whole('cron', 'LOCAL')] })).after(remove('cron'));
    scenario.after(scenario.rollback());
    expect(Object.keys(scenario.components)).toEqual(['web', 'db', 'api']);
    expect(installation(scenario).overrides.get('cron' as TemplateComponentId)).toEqual({ kind: 'excluded' });
  });

  it('of a text are merged by line', () => {
    const text = (...lines: string[]): JsonObject => ({ configFiles: { '/c': { content: lines.join('\n') } } });
    const scenario = new Scenario()
      .version('1.0', { web: text('a', 'b', 'c', 'd', 'e', '') })
      .version('1.1', { web: text('A', 'b', 'c', 'd', 'e', '') })
      .version('1.2', { web: text('A', 'b', 'C', 'd', 'e', '') })
      .installed('1.0');
    scenario
      .after(scenario.upgrade('1.1', id('first')))
      .after(edit(installed('web'), text('A', 'b', 'c', 'd', 'mine', '')))
      .after(scenario.upgrade('1.2', id('second')));
    scenario.after(scenario.rollback('first'));
    expect(scenario.components['web']?.configFiles?.['/c']).toEqual({ content: 'a\nb\nc\nd\nmine\n' });
  });

  it('stay told apart from what later upgrades changed', () => {
    const scenario = shop();
    scenario
      .after(scenario.upgrade('1.1', id('first')))
      .after(edit(installed('web'), { replicas: 4 }))
      .after(edit(installed('api'), { title: 'mine' }))
      .after(scenario.upgrade('1.2', id('second')))
      .after(edit(installed('api'), { replicas: 2 }));
    const plan = scenario.rollbackPlan('first');
    expect(outcomesOf(planned(plan, 'web'))).toMatchObject({ '/image': 'TAKE_TEMPLATE', '/replicas': 'KEEP_LOCAL' });
    expect(plan).toMatchObject({ fromVersion: '1.2', toVersion: '1.0', conflicts: [] });
    scenario.after(scenario.rollback('first'));
    expect(scenario.components).toMatchObject({ web: { image: 'web:1', replicas: 4 }, api: { title: 'mine', replicas: 2 } });
  });
});

describe('what was edited between two upgrades that are undone', () => {
  it('is no edit any more once the later upgrade changed it', () => {
    const scenario = shop();
    scenario.after(scenario.upgrade('1.1', id('first'))).after(edit(installed('web'), { image: 'mine' }));
    scenario.after(scenario.upgrade('1.2', { ...id('second'), policy: 'PREFER_TEMPLATE' }));
    expect(scenario.rollbackPlan('first').conflicts).toEqual([]);
    scenario.after(scenario.rollback('first'));
    expect(scenario.components['web']?.image).toBe('web:1');
  });

  it('is none either once it was edited back', () => {
    const scenario = shop();
    const before = whatThereIs(scenario);
    scenario.after(scenario.upgrade('1.1', id('first'))).after(edit(installed('web'), { replicas: 4 }));
    scenario.after(scenario.upgrade('1.2', id('second'))).after(edit(installed('web'), { replicas: 1 }));
    expect(outcomesOf(planned(scenario.rollbackPlan('first'), 'web'))).not.toHaveProperty('/replicas');
    scenario.after(scenario.rollback('first'));
    expect(whatThereIs(scenario)).toEqual(before);
  });

  it('is none where it deleted what the later upgrade brought again, and is one where it did not', () => {
    const kept = (): Scenario => {
      const scenario = new Scenario()
        .version('1.0', { web: {}, cron: {} })
        .version('1.1', { web: {} })
        .version('1.2', { web: {}, cron: {} })
        .version('1.3', { web: { image: 'web:3' } })
        .installed('1.0')
        .after(edit(installed('cron'), { title: 'mine' }));
      scenario.after(scenario.upgrade('1.1', { ...id('first'), policy: 'PREFER_LOCAL' })).after(remove('cron'));
      return scenario;
    };
    const again = kept();
    again.after(again.upgrade('1.2', id('second')));
    expect(again.components['cron']).toMatchObject({ key: 'cron' });
    again.after(again.rollback('first'));
    expect(again.components['cron']).toMatchObject({ title: 'mine' });
    const gone = kept();
    gone.after(gone.upgrade('1.3', id('second')));
    gone.after(gone.rollback('first'));
    expect(Object.keys(gone.components)).toEqual(['web']);
  });

  it('is told under the keys that its siblings have now', () => {
    const scenario = new Scenario()
      .version('1.0', { web: { image: 'a' }, db: {} })
      .version('1.1', { web: { image: 'b' }, db: {} })
      .version('1.2', { web: { image: 'c' }, db: { key: 'database' } })
      .installed('1.0');
    scenario.after(scenario.upgrade('1.1', id('first'))).after(edit(installed('web'), { dependsOn: { db: {} } }));
    scenario.after(scenario.upgrade('1.2', id('second')));
    expect(scenario.components['web']?.dependsOn).toHaveProperty('database');
    scenario.after(scenario.rollback('first'));
    expect(scenario.components['web']).toMatchObject({ image: 'a', dependsOn: { db: {} } });
  });
});

describe('which upgrade is undone', () => {
  const twice = (): Scenario => {
    const scenario = shop();
    return scenario.after(scenario.upgrade('1.1', id('first'))).after(scenario.upgrade('1.2', id('second')));
  };

  it('an older one is undone with those after it', () => {
    const scenario = twice();
    scenario
      .when(scenario.rollback('first'))
      .then(
        ['RollbackStarted', { rollsBack: 'first', undoes: ['first', 'second'] }],
        ['ComponentUpgraded'],
        ['ComponentUpgraded'],
        ['ComponentUpgraded'],
        ['ComponentUpgraded'],
        ['ComponentUpgraded'],
        ['AppRolledBack', { toVersion: '1.0', undone: ['first', 'second'], held: ['1.1', '1.2'] }],
      );
  });

  it('a partial one: components go back, and what was pending is no longer', () => {
    const scenario = shop();
    const before = whatThereIs(scenario);
    scenario.after(scenario.upgrade('1.1', { chosen: only('db', 'cron') }));
    expect(Object.keys(scenario.components)).toEqual(['web', 'db', 'api']);
    scenario.after(scenario.rollback());
    expect(whatThereIs(scenario)).toEqual(before);
    expect([...installation(scenario).holds.keys()]).toEqual(['1.1']);
  });

  it('one that completed a partial one: some components are ahead again, or removed, and the rest is pending', () => {
    const scenario = shop();
    scenario.after(scenario.upgrade('1.1', { ...id('some'), chosen: only('db', 'cron') })).after(edit(installed('db'), { replicas: 2 }));
    const before = whatThereIs(scenario);
    scenario.after(scenario.upgrade('1.1', id('rest')));
    scenario.after(scenario.rollback('rest'));
    expect(whatThereIs(scenario)).toEqual(before);
    expect(installation(scenario)).toMatchObject({ version: '1.0', pendingVersion: '1.1' });
  });

  it('a rollback: the upgrade is there again', () => {
    const scenario = shop().after(edit(installed('web'), { replicas: 2 }));
    scenario.after(scenario.upgrade('1.1'));
    const upgraded = whatThereIs(scenario);
    scenario.after(scenario.rollback('upgrade', id('back')));
    scenario.after(scenario.rollback('back', id('forth')));
    expect(whatThereIs(scenario)).toEqual(upgraded);
    scenario.when(scenario.rollback('back')).thenRefuses('ALREADY_ROLLED_BACK');
    scenario.after(scenario.rollback('upgrade', id('again')));
    expect(installation(scenario).version).toBe('1.0');
  });

  it('a rollback that did without what had been kept against the template, and was deleted: it is not done without any more', () => {
    const scenario = shop().after(edit(installed('cron'), { title: 'mine' }));
    scenario.after(scenario.upgrade('1.1', { resolutions: [whole('cron', 'LOCAL')] })).after(remove('cron'));
    const upgraded = whatThereIs(scenario);
    scenario.after(scenario.rollback('upgrade', id('back')));
    expect(installation(scenario).overrides).toEqual(new Map([['cron', { kind: 'excluded' }]]));
    scenario.after(scenario.rollback('back', id('forth')));
    expect(whatThereIs(scenario)).toEqual(upgraded);
  });

  it('which ones stand is what stood before the one that is undone', () => {
    const scenario = twice();
    const events = (of: string, as: string): object => {
      scenario.after(scenario.rollback(of, id(as)));
      return scenario.events.at(-1)?.data ?? {};
    };
    expect(events('second', 'a')).toMatchObject({ undone: ['second'], reinstated: [], held: ['1.2'], released: [] });
    expect(events('first', 'b')).toMatchObject({ undone: ['first', 'a'], reinstated: [], held: ['1.1'], released: [] });
    expect(events('b', 'c')).toMatchObject({ undone: ['b'], reinstated: ['first', 'a'], held: [], released: ['1.1'] });
    expect(events('c', 'd')).toMatchObject({ undone: ['first', 'a', 'c'], reinstated: ['b'], held: ['1.1'], released: [] });
    expect([...installation(scenario).holds.keys()]).toEqual(['1.2', '1.1']);
  });

  it('one that the app does not have, or that is rolled back already, is refused', () => {
    const scenario = shop();
    scenario.after(scenario.upgrade('1.1'));
    scenario.when(scenario.rollback('another')).thenRefuses('NOT_FOUND');
    scenario.after(scenario.rollback());
    scenario.when(scenario.rollback()).thenRefuses('ALREADY_ROLLED_BACK', { upgradeId: 'upgrade' });
  });

  it('none while one is running', () => {
    const scenario = shop();
    scenario.after(scenario.upgrade('1.1'));
    const started = scenario.events.find(({ type }) => type === 'UpgradeStarted');
    if (started?.type !== 'UpgradeStarted') throw new Error('no upgrade');
    scenario.given({ type: 'UpgradeStarted', data: { ...started.data, upgradeId: 'running' as UpgradeId } });
    scenario.when(scenario.rollback()).thenRefuses('UPGRADE_RUNNING', { upgradeId: 'running' });
  });

  it('another installation of the app is left alone', () => {
    const other = 'other' as typeof installationId;
    const scenario = new Scenario()
      .version('1.0', { web: { image: 'a' } })
      .version('1.1', { web: { image: 'b' } })
      .installed('1.0')
      .added({ key: 'mine' });
    scenario.after(scenario.upgrade('1.1'));
    scenario.after(edit(installed('web'), { key: 'first' })).installed('1.0', other);
    scenario.after(edit(own('mine'), { replicas: 2 })).after(scenario.rollback());
    expect(scenario.components).toMatchObject({ first: { image: 'a' }, web: { image: 'a' }, mine: { replicas: 2 } });
    expect(scenario.view.state).toMatchObject({ appId });
  });
});
