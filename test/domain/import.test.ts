import { describe, expect, it } from 'vitest';
import type { ReplaceComponents } from '../../src/domain/app/commands.js';
import { differencesOfImport, replaceComponents } from '../../src/domain/app/decide-import.js';
import { digestOf } from '../../src/domain/canonical.js';
import type { DefinitionDraft } from '../../src/domain/definition/normalize.js';
import { updateComponent } from '../../src/domain/app/decide.js';
import { component, installed, own, Scenario } from './scenario.js';

function project(components: readonly DefinitionDraft[], renames: Readonly<Record<string, string>> = {}): ReplaceComponents {
  return {
    components: components.map(component),
    content: {},
    renames: new Map(Object.entries(renames)),
    freshIds: new Map(components.map(({ key }) => [key, own(key)])),
  };
}
const replace = (command: ReplaceComponents) => (view: Parameters<typeof replaceComponents>[1], contents: Scenario['contents']) =>
  replaceComponents(command, view, contents);

describe('importing a project', () => {
  const scenario = (): Scenario => new Scenario().added({ key: 'web', image: 'web:1' }).added({ key: 'db', image: 'db:1' });

  it('adds, changes and removes components, those that go first', () => {
    const command = project([{ key: 'web', image: 'web:2' }, { key: 'redis' }]);
    const { view, contents } = scenario();
    expect(differencesOfImport(command, view, contents).map(({ key, change }) => [key, change])).toEqual([
      ['db', 'REMOVED'],
      ['web', 'CHANGED'],
      ['redis', 'ADDED'],
    ]);
    const done = scenario()
      .when(replace(command))
      .then(
        ['ComponentRemoved', { key: 'db' }],
        ['ComponentChanged', { key: 'web', set: ['/image'] }],
        ['ComponentAdded', { key: 'redis' }],
      );
    expect(Object.keys(done.components)).toEqual(['web', 'redis']);
  });

  it('has no event for what is as it was', () => {
    scenario()
      .when(
        replace(
          project([
            { key: 'db', image: 'db:1' },
            { key: 'web', image: 'web:1' },
          ]),
        ),
      )
      .then();
  });

  it('keeps the identity of what is renamed, even where two take each other’s key', () => {
    scenario()
      .when(
        replace(
          project(
            [
              { key: 'web', image: 'db:1' },
              { key: 'db', image: 'web:1' },
            ],
            { web: 'db', db: 'web' },
          ),
        ),
      )
      .then(
        ['ComponentChanged', { componentId: own('db'), key: 'web', previousKey: 'db' }],
        ['ComponentChanged', { componentId: own('web'), key: 'db', previousKey: 'web' }],
      );
  });

  it('sets the app-level content', () => {
    const content = { extra: { networks: { front: 'x' } } };
    scenario()
      .when(
        replace({
          ...project([
            { key: 'web', image: 'web:1' },
            { key: 'db', image: 'db:1' },
          ]),
          content,
        }),
      )
      .then(['AppChanged', { content: digestOf(content), set: ['/extra/networks/front'] }]);
  });

  it('leaves the components of installations alone, and refuses their keys', () => {
    const beside = (): Scenario => new Scenario().version('1.0', { cache: {} }).installed('1.0').added({ key: 'web' });
    const done = beside()
      .when(replace(project([])))
      .then(['ComponentRemoved', { key: 'web' }]);
    expect(Object.keys(done.components)).toEqual(['cache']);
    beside()
      .when(replace(project([{ key: 'cache' }])))
      .thenRefuses('KEY_TAKEN', { keys: ['cache'] });
  });

  it('takes references of installed components along to a new key', () => {
    const done = new Scenario()
      .version('1.0', { web: {} })
      .installed('1.0')
      .added({ key: 'cache' })
      .after((view, contents) =>
        updateComponent({ componentId: installed('web'), edit: { set: { dependsOn: { cache: {} } }, unset: [] } }, view, contents),
      )
      .when(replace(project([{ key: 'redis' }], { cache: 'redis' })))
      .then(['ComponentChanged', { key: 'redis' }], ['ComponentChanged', { key: 'web', set: ['/dependsOn/redis/condition'] }]);
    expect(Object.keys(done.components['web']?.dependsOn ?? {})).toEqual(['redis']);
  });

  it('refuses to rename what is not there', () => {
    scenario()
      .when(replace(project([{ key: 'web' }], { redis: 'web' })))
      .thenRefuses('BAD_USER_INPUT', { from: 'redis', to: 'web' });
    scenario()
      .when(replace(project([{ key: 'web' }], { db: 'redis' })))
      .thenRefuses('BAD_USER_INPUT', { from: 'db', to: 'redis' });
  });
});
