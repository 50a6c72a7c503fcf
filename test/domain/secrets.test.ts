import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindingKey, bindingOfGroup, bindValues, type Binding } from '../../src/domain/app/bindings.js';
import { editComponent, defineComponent } from '../../src/domain/app/edit.js';
import { evolveApp } from '../../src/domain/app/evolve.js';
import { digestOf } from '../../src/domain/canonical.js';
import { openValuesOf } from '../../src/domain/definition/open-values.js';
import { diffTrees } from '../../src/domain/definition/patch.js';
import { toDefinition } from '../../src/domain/definition/schema.js';
import type { ComponentId } from '../../src/domain/ids.js';
import type { Json, JsonObject } from '../../src/domain/json.js';
import { definition } from './arbitraries.js';
import { appId, component, installationId, installed, own, planned, Scenario, outcomesOf } from './scenario.js';

/** The variable `A` after an edit, and the value that is bound to it. */
function edited(before: Json, said: JsonObject): [Json | undefined, string | undefined] {
  const definitionBefore = toDefinition({ key: 'web', env: { A: before } });
  const { definition: after, bound } = editComponent(definitionBefore, { set: { env: { A: said } }, unset: [] });
  return [after.env?.['A'] as Json, bound.get('/env/A')];
}

describe('a variable that is edited', () => {
  const secret = { secret: true };
  const generated = { generated: true, group: 'g' };

  it.each<[string, Json, JsonObject, Json, string | undefined]>([
    ['becomes secret with its value', 'plain', { secret: true }, secret, 'plain'],
    ['becomes secret with another value', 'plain', { secret: true, value: 'x' }, secret, 'x'],
    ['becomes secret, left open as it was', null, { secret: true }, secret, undefined],
    ['is secret, and has another value', secret, { value: 'x' }, secret, 'x'],
    ['is secret, and has an empty value', secret, { value: '' }, secret, ''],
    ['is secret, and has a description', secret, { description: 'd' }, { secret: true, description: 'd' }, undefined],
    ['becomes plain, left open', secret, { secret: false }, null, undefined],
    [
      'becomes plain with a value',
      { secret: true, description: 'd' },
      { secret: false, value: 'x' },
      { value: 'x', description: 'd' },
      undefined,
    ],
    ['becomes generated, whatever it was', 'plain', { generate: true }, { generated: true }, undefined],
    [
      'is secret, and becomes generated, too',
      secret,
      { generate: true, generateGroup: 'h' },
      { generated: true, group: 'h', secret: true },
      undefined,
    ],
    ['is generated, and has a value of its own', generated, { value: 'x' }, generated, 'x'],
    ['is generated, and becomes secret', generated, { secret: true }, { ...generated, secret: true }, undefined],
    ['is generated no longer, but secret', { ...generated, secret: true }, { generate: false, value: 'x' }, secret, 'x'],
    ['is generated no longer', generated, { generate: false, value: 'x' }, 'x', undefined],
  ])('%s', (_what, before, said, after, bound) => expect(edited(before, said)).toEqual([after, bound]));
});

describe('a config file that is edited', () => {
  const editFile = (before: JsonObject, said: JsonObject): unknown[] => {
    const { definition: after, bound } = editComponent(toDefinition({ key: 'web', configFiles: { '/f': before } }), {
      set: { configFiles: { '/f': said } },
      unset: [],
    });
    return [after.configFiles?.['/f'], bound.get('/configFiles/~1f')];
  };

  it.each<[string, JsonObject, JsonObject, JsonObject, string | undefined]>([
    ['becomes secret with its content', { content: 'text', mode: '0444' }, { secret: true }, { secret: true, mode: '0444' }, 'text'],
    ['is secret, and has another content', { secret: true }, { content: 'x', mode: '0400' }, { secret: true, mode: '0400' }, 'x'],
    ['is secret, and has another mode', { secret: true }, { mode: '0400' }, { secret: true, mode: '0400' }, undefined],
    ['becomes plain', { secret: true, mode: '0400' }, { secret: false, content: 'x' }, { content: 'x', mode: '0400' }, undefined],
    ['becomes plain, its content not known', { secret: true }, { secret: false }, { content: null }, undefined],
  ])('%s', (_what, before, said, after, bound) => expect(editFile(before, said)).toEqual([after, bound]));
});

describe('the normal form', () => {
  it('has no value of a secret, in whatever form it is given', () => {
    const set = { key: 'web', env: { A: { value: 'hunter2', secret: true } }, configFiles: { '/f': { content: 'hunter2', secret: true } } };
    expect(JSON.stringify(defineComponent(set))).not.toContain('hunter2');
  });

  it.each<[string, JsonObject]>([
    ['a secret that has a value', { env: { A: { secret: true, value: 'x' } } }],
    ['a secret that is none', { env: { A: { secret: false } } }],
    ['a generated variable that is none', { env: { A: { generated: false } } }],
    ['a group of nothing', { env: { A: { secret: true, group: 'g' } } }],
    ['a secret config file that has a content', { configFiles: { '/f': { secret: true, content: 'x' } } }],
  ])('is refused with %s', (_what, tree) => expect(() => toDefinition({ key: 'web', replicas: 1, ...tree })).toThrow(/must|stand here/));

  it('tells forms apart by digest, and an empty description does not count', () => {
    const forms: Json[] = [
      'x',
      null,
      { secret: true },
      { generated: true },
      { generated: true, group: 'g' },
      { generated: true, secret: true },
    ];
    const digests = forms.map((form) => digestOf(toDefinition({ key: 'web', env: { A: form } })));
    expect(new Set(digests).size).toBe(forms.length);
    expect(toDefinition({ key: 'web', env: { A: { secret: true, description: '' } } }).env).toEqual({ A: { secret: true } });
  });

  it('says what it leaves open: each variable and config file that has no value, and no other', () =>
    fc.assert(
      fc.property(definition, (each) => {
        const open = new Set(openValuesOf(each).map(({ path }) => path));
        expect(openValuesOf(each)).toHaveLength(open.size);
        const isOpen = (value: unknown): boolean => typeof value !== 'string' && (value as { value?: unknown } | null)?.value === undefined;
        const variables = Object.values(each.env ?? {}).filter(isOpen);
        const files = Object.values(each.configFiles ?? {}).filter((file) => !('content' in file) || file.content === null);
        expect(open.size).toBe(variables.length + files.length);
      }),
    ));
});

describe('bindings', () => {
  const binding = (componentId: ComponentId, path: string, value: string, more: Partial<Binding> = {}): Binding => ({
    componentId,
    path,
    origin: 'GENERATED',
    sealed: { keyId: 'k', ciphertext: `of ${value}`, nonce: 'n', mac: `mac of ${path} ${value}` },
    ...more,
  });
  const db = own('db');

  it('are events where the value is another one, and fold to what is bound', () => {
    const first = bindValues(appId, [binding(db, '/env/A', '1'), binding(db, '/env/B', '1', { group: 'g' })], new Map());
    const created = { type: 'AppCreated', data: { appId, name: 'n', team: 't' } } as const;
    const state = evolveApp(undefined, [created, ...first, { type: 'ComponentRemoved', data: { appId, componentId: db, key: 'db' } }]);
    expect([...(state?.bindings.keys() ?? [])]).toEqual([
      bindingKey({ componentId: db, path: '/env/A' }),
      bindingKey({ componentId: db, path: '/env/B' }),
    ]);
    const again = bindValues(appId, [binding(db, '/env/A', '1'), binding(db, '/env/B', '2')], state?.bindings ?? new Map());
    expect(again.map(({ data }) => 'path' in data && data.path)).toEqual(['/env/B']);
  });

  it('of a group are shared within an install, or among the components of the app itself', () => {
    const all = [
      binding(db, '/env/A', 'own', { group: 'g' }),
      binding(installed('db'), '/env/A', 'given', { group: 'g', origin: 'GIVEN' }),
      binding(installed('web'), '/env/A', 'generated', { group: 'g' }),
    ];
    const bindings = new Map(all.map((each) => [bindingKey(each), each]));
    expect(bindingOfGroup(bindings, own('other'), 'g')).toBe(all[0]);
    expect(bindingOfGroup(bindings, installed('other'), 'g')).toBe(all[2]);
    expect(bindingOfGroup(bindings, installed('other'), 'h')).toBeUndefined();
  });
});

describe('an upgrade of a config file', () => {
  const file = (value: JsonObject): { configFiles: { '/f': never } } => ({ configFiles: { '/f': value as never } });
  const plan = (base: JsonObject, local: JsonObject, target: JsonObject): Record<string, string> => {
    const scenario = new Scenario().version('1', { web: file(base) }).version('2', { web: file(target) });
    const changed = component({ key: 'web', ...file(local) });
    const patch = diffTrees(component({ key: 'web', ...file(base) }), changed);
    if (!patch) throw new Error('the install changed nothing');
    const data = { appId, componentId: installed('web'), installationId, key: 'web', set: [], unset: [] };
    const change = { ...data, digest: digestOf(changed), patch: scenario.contents.add(patch) };
    scenario.installed('1').given({ type: 'ComponentChanged', data: change });
    return outcomesOf(planned(scenario.plan('2'), 'web'));
  };

  it('that the template makes a secret takes it where the install left it alone', () => {
    expect(plan({ content: 'a' }, { content: 'a', mode: '0400' }, { secret: true })).toEqual({
      '/configFiles/~1f/content': 'TAKE_TEMPLATE',
      '/configFiles/~1f/mode': 'KEEP_LOCAL',
      '/configFiles/~1f/secret': 'TAKE_TEMPLATE',
    });
  });

  it('is one conflict where the install changed the content', () => {
    expect(plan({ content: 'a' }, { content: 'b' }, { secret: true })).toEqual({ '/configFiles/~1f': 'CONFLICT' });
    expect(plan({ content: 'a' }, { secret: true }, { content: 'b' })).toEqual({ '/configFiles/~1f': 'CONFLICT' });
  });
});
