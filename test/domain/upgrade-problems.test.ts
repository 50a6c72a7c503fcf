import { describe, expect, it } from 'vitest';
import { removeComponent, updateComponent } from '../../src/domain/app/decide.js';
import { installed, Scenario } from './scenario.js';

const problems = (scenario: Scenario): string[] =>
  scenario.plan('2.0').problems.map(({ code, componentKey, path }) => `${code} ${componentKey} ${path}`);
const remove = (id: string) => (view: Parameters<typeof removeComponent>[1]) => removeComponent(installed(id), view);
const needs = (id: string, need: string) => (view: Parameters<typeof updateComponent>[1], contents: Scenario['contents']) =>
  updateComponent({ componentId: installed(id), edit: { set: { dependsOn: { [need]: {} } }, unset: [] } }, view, contents);

describe('a key that is taken', () => {
  it('is a problem of the component that would have it, mended by another key', () => {
    const scenario = new Scenario()
      .version('1.0', { web: {} })
      .version('2.0', { web: {}, redis: {} })
      .installed('1.0')
      .added({ key: 'redis' });
    expect(problems(scenario)).toEqual(['KEY_TAKEN redis /key']);
    scenario.when(scenario.upgrade('2.0')).thenRefuses('PLAN_INAPPLICABLE', { problems: [{ code: 'KEY_TAKEN' }] });
    scenario.after(scenario.upgrade('2.0', { resolutions: [{ componentKey: 'redis', path: '/key', choice: 'VALUE', value: 'cache' }] }));
    expect(Object.keys(scenario.components)).toEqual(['redis', 'web', 'cache']);
  });

  it('is told apart in the plan from the component of the install that has it', () => {
    const scenario = new Scenario().version('1.0', { web: {} }).version('2.0', { web: {}, cache: {} }).installed('1.0');
    scenario.after((view, contents) =>
      updateComponent({ componentId: installed('web'), edit: { set: { key: 'cache' }, unset: [] } }, view, contents),
    );
    expect(scenario.plan('2.0').components.map(({ key }) => key)).toEqual(['cache', 'cache (added)']);
    expect(problems(scenario)).toEqual(['KEY_TAKEN cache (added) /key']);
    const resolutions = [{ componentKey: 'cache (added)', path: '/key', choice: 'VALUE', value: 'redis' }] as const;
    scenario.after(scenario.upgrade('2.0', { resolutions }));
    expect(scenario.view.components.map(({ componentId, key }) => [componentId, key])).toEqual([
      [installed('web'), 'cache'],
      [installed('cache'), 'redis'],
    ]);
  });

  it('leaves what depended on the one that had it with that one', () => {
    const scenario = new Scenario()
      .version('1.0', { web: { image: 'a' } })
      .version('2.0', { web: { image: 'b' }, redis: { image: 'theirs' } })
      .installed('1.0')
      .added({ key: 'redis', image: 'mine' })
      .after(needs('web', 'redis'));
    scenario.after(scenario.upgrade('2.0', { resolutions: [{ componentKey: 'redis', path: '/key', choice: 'VALUE', value: 'cache' }] }));
    expect(scenario.components['cache']?.image).toBe('theirs');
    expect(Object.keys(scenario.components['web']?.dependsOn ?? {})).toEqual(['redis']);
  });
});

describe('a dependency on what is not there', () => {
  it('is a problem where the template adds it', () => {
    const added = new Scenario()
      .version('1.0', { web: {}, db: {} })
      .version('2.0', { web: { dependsOn: { db: {} } }, db: {} })
      .installed('1.0')
      .after(remove('db'));
    expect(problems(added)).toEqual(['DEPENDENCY_MISSING web /dependsOn/db']);
    added.when(added.upgrade('2.0')).thenRefuses('PLAN_INAPPLICABLE', { problems: [{ componentKey: 'web', path: '/dependsOn/db' }] });
  });

  it('is a problem where the template adds a component that has it', () => {
    const scenario = new Scenario()
      .version('1.0', { web: {} })
      .version('2.0', { web: {}, job: { dependsOn: { queue: {} } } })
      .installed('1.0');
    expect(problems(scenario)).toEqual(['DEPENDENCY_MISSING job /dependsOn/queue']);
    expect(problems(scenario.added({ key: 'queue' }))).toEqual([]);
  });

  it('is a problem where the template removes what the install, or a component beside it, depends on', () => {
    const removed = (): Scenario => new Scenario().version('1.0', { web: {}, db: {} }).version('2.0', { web: {} }).installed('1.0');
    expect(problems(removed().after(needs('web', 'db')))).toEqual(['DEPENDENCY_MISSING web /dependsOn/db']);
    expect(problems(removed().added({ key: 'worker', dependsOn: { db: {} } }))).toEqual(['DEPENDENCY_MISSING worker /dependsOn/db']);
  });

  it('is none that the plan answers for where it was missing before', () => {
    const changed = (): Scenario =>
      new Scenario()
        .version('1.0', { web: { image: 'a' } })
        .version('2.0', { web: { image: 'b' } })
        .installed('1.0');
    expect(problems(changed().added({ key: 'worker', dependsOn: { gone: {} } }))).toEqual([]);
    expect(problems(changed().after(needs('web', 'gone')))).toEqual([]);
    const excluded = new Scenario()
      .version('1.0', { web: { dependsOn: { db: {} } }, db: {} })
      .version('2.0', { web: { dependsOn: { database: {} }, image: 'b' }, db: { key: 'database' } })
      .installed('1.0')
      .after(remove('db'));
    expect(problems(excluded)).toEqual([]);
  });

  it('is none where Compose does not require it', () => {
    const optional = { dependsOn: { db: {} }, extra: { depends_on: { db: { required: false } } } };
    const scenario = new Scenario().version('1.0', { web: {}, db: {} }).version('2.0', { web: optional }).installed('1.0');
    expect(problems(scenario)).toEqual([]);
    expect(
      problems(
        new Scenario()
          .version('1.0', { db: {} })
          .version('2.0', { web: {} })
          .installed('1.0')
          .added({ key: 'worker', ...optional }),
      ),
    ).toEqual([]);
  });
});

describe('the clash of a key', () => {
  const clash = (): Scenario =>
    new Scenario()
      .version('1.0', { web: {} })
      .version('2.0', { web: { dependsOn: { redis: {} }, env: { URL: 'redis://redis:6379' } }, redis: {} })
      .installed('1.0')
      .added({ key: 'redis' })
      .added({ key: 'worker', env: { URL: 'redis://redis:6379' } });

  it('comes with a free key, the dependants that follow, and the texts that do not', () => {
    expect(clash().added({ key: 'redis-2' }).plan('2.0').problems).toMatchObject([
      { code: 'KEY_TAKEN', clash: { proposal: 'redis-3', dependants: ['web'], namedBy: [{ componentKey: 'web', path: '/env/URL' }] } },
    ]);
  });

  it('is a stale reference in the installation alone once another key is chosen', () => {
    const plan = clash().plan('2.0', { resolutions: [{ componentKey: 'redis', path: '/key', choice: 'VALUE', value: 'cache' }] });
    const risks = plan.components.flatMap(({ fields }) => fields.flatMap(({ path, risk }) => (risk ? [{ path, ...risk }] : [])));
    expect(risks).toEqual([{ path: '/key', code: 'STALE_REFERENCE', message: '"redis" is now "cache", still named by web /env/URL' }]);
  });
});

describe('a component that the template renames', () => {
  it('is told where texts still name it by its old key, also of components that nobody changed', () => {
    const scenario = new Scenario()
      .version('1.0', { web: { env: { DB: 'db:5432' } }, db: {} })
      .version('2.0', { web: { env: { DB: 'db:5432' } }, db: { key: 'database' } })
      .installed('1.0')
      .added({ key: 'worker', command: ['wait', 'db'] });
    const [field] = scenario.plan('2.0').components.find(({ key }) => key === 'database')?.fields ?? [];
    expect(field).toMatchObject({
      path: '/key',
      risk: { code: 'STALE_REFERENCE', message: '"db" is now "database", still named by web /env/DB, worker /command' },
    });
  });
});
