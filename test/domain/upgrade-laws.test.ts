import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeDefinition } from '../../src/domain/app/change-definition.js';
import { removeComponent } from '../../src/domain/app/decide.js';
import { accept } from '../../src/domain/decision.js';
import type { Definition } from '../../src/domain/definition/definition.js';
import { flatten } from '../../src/domain/definition/leaves.js';
import { definitionOf, localDefinition } from '../../src/domain/app/components.js';
import { digestOf } from '../../src/domain/canonical.js';
import { isJsonObject } from '../../src/domain/json.js';
import type { TemplateComponentId } from '../../src/domain/ids.js';
import { definition } from './arbitraries.js';
import { installationId, installed, Scenario } from './scenario.js';

type Version = Readonly<Record<string, Definition>>;

/** A component that depends on nothing: whether what is needed is there is not what these laws are about. */
const content = definition.map(({ dependsOn: _none, ...rest }) => rest as Definition);
const ids = ['a', 'b', 'c', 'd'] as const;
const parts = ['title', 'image', 'command', 'replicas', 'env', 'ports', 'volumes', 'configFiles', 'probes', 'labels', 'extra'] as const;

/** Some parts of another content: of a component that came to be what it is by small steps. */
interface Step {
  readonly of: Definition;
  readonly taken: readonly (keyof Definition)[];
}
const step: fc.Arbitrary<Step> = fc.record({ of: content, taken: fc.subarray([...parts], { maxLength: 3 }) });

function take(definition: Definition, { of, taken }: Step): Definition {
  const rest = Object.fromEntries(Object.entries(definition).filter(([part]) => !taken.some((each) => each === part)));
  return { ...rest, ...Object.fromEntries(taken.filter((part) => part in of).map((part) => [part, of[part]])) } as Definition;
}

/** Versions of some of four components, each a few steps from the one before; one component may get another key. */
const history: fc.Arbitrary<Version[]> = fc
  .tuple(
    fc.array(content, { minLength: 4, maxLength: 4 }),
    fc.array(
      fc.record({
        present: fc.subarray([...ids], { minLength: 2 }),
        steps: fc.array(step, { minLength: 4, maxLength: 4 }),
        renamed: fc.boolean(),
      }),
      { minLength: 3, maxLength: 3 },
    ),
  )
  .map(([start, versions]) => {
    let now = start;
    return versions.map(({ present, steps, renamed }) => {
      now = now.map((each, i) => take(each, steps[i]!));
      const entries = present.map((id) => [id, { ...now[ids.indexOf(id)]!, key: renamed && id === 'a' ? 'renamed' : id }]);
      return Object.fromEntries(entries) as Version;
    });
  });
/** What an install makes of its components: a small step, or deletion. */
const edits = fc.dictionary(
  fc.constantFrom(...ids),
  fc.oneof({ weight: 4, arbitrary: step }, { weight: 1, arbitrary: fc.constant('removed' as const) }),
  {
    maxKeys: 3,
  },
);
type Edits = Readonly<Record<string, Step | 'removed'>>;

function given(versions: Readonly<Record<string, Version>>): Scenario {
  const scenario = new Scenario();
  for (const [label, components] of Object.entries(versions)) scenario.version(label, components, { of: label });
  return scenario.installed('1.0');
}

function edit(scenario: Scenario, changes: Edits): Scenario {
  for (const [id, after] of Object.entries(changes)) {
    const component = scenario.view.components.find(({ componentId }) => componentId === installed(id));
    if (!component) continue;
    if (after === 'removed') {
      scenario.after((view) => removeComponent(installed(id), view));
      continue;
    }
    scenario.after((view, lookup) => {
      const change = changeDefinition(component, take(definitionOf(component, view, lookup), after), view, view.names, lookup);
      return change ? accept([change.event], change.contents) : accept([]);
    });
  }
  return scenario;
}

/** The whole install: digests and keys of its components, how it differs from its version, its app-level content. */
function stateOf(scenario: Scenario): object {
  const { version: label, pendingVersion, contentPatch, overrides } = scenario.view.state.installations.get(installationId) ?? {};
  const components = Object.entries(scenario.components).map(([key, each]) => [key, digestOf(each)]);
  return { label, pendingVersion, contentPatch, components: components.sort(), overrides: [...(overrides ?? [])].sort() };
}

/** Whether one place is the other, or in it: an object that was emptied is told by what was in it. */
function overlap(one: string, other: string): boolean {
  return `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
}

describe('an upgrade', () => {
  it('comes to what its plan shows', () => {
    fc.assert(
      fc.property(history, edits, fc.constantFrom('PREFER_LOCAL', 'PREFER_TEMPLATE'), ([before = {}, after = {}], changes, policy) => {
        const scenario = edit(given({ '1.0': before, '2.0': after }), changes);
        const plan = scenario.plan('2.0', { policy });
        fc.pre(plan.problems.length === 0);
        scenario.after(scenario.upgrade('2.0', { policy, acceptDataLoss: true }));
        for (const { key, action, fields } of plan.components) {
          const result = scenario.components[key];
          expect(result !== undefined).toBe(action !== 'REMOVE' && action !== 'EXCLUDED');
          if (!result) continue;
          const leaves = flatten(result);
          for (const { path, result: shown } of fields) if (!isJsonObject(shown)) expect(leaves.get(path)).toEqual(shown);
        }
        const shown = plan.components.filter(({ action }) => action !== 'REMOVE' && action !== 'EXCLUDED').map(({ key }) => key);
        expect(Object.keys(scenario.components).sort()).toEqual(shown.sort());
      }),
    );
  });

  it('loses no local change silently: each is kept, came to the same, or is a conflict', () => {
    fc.assert(
      fc.property(history, edits, ([before = {}, after = {}], changes) => {
        const scenario = edit(given({ '1.0': before, '2.0': after }), changes);
        const plan = scenario.plan('2.0');
        for (const component of scenario.view.components) {
          if (component.origin === 'own' || !component.patch) continue;
          const base = flatten(scenario.contents.definition(component.base));
          const local = flatten(localDefinition(component, scenario.contents));
          const planned = plan.components.find(({ componentId }) => componentId === component.componentId);
          const conflicts = (planned?.fields ?? []).filter(({ outcome }) => outcome === 'CONFLICT').map(({ path }) => path);
          const isAsked = (path: string): boolean => conflicts.some((place) => place === '' || overlap(place, path));
          const target = after[component.templateComponentId];
          const wanted = target && flatten(target);
          for (const path of new Set([...base.keys(), ...local.keys()])) {
            if (digestOf([base.get(path) ?? null, base.has(path)]) === digestOf([local.get(path) ?? null, local.has(path)])) continue;
            const told = planned?.fields.find((field) => overlap(field.path, path));
            const kept = told?.outcome === 'KEEP_LOCAL' || told?.outcome === 'MERGED' || told?.outcome === 'CONVERGED';
            const same = wanted && digestOf([local.get(path) ?? null]) === digestOf([wanted.get(path) ?? null]);
            expect(isAsked(path) || kept || same, `${component.key} ${path}`).toBe(true);
          }
        }
      }),
    );
  });

  it('of some components and then of the others is one of all', () => {
    fc.assert(
      fc.property(
        history,
        edits,
        fc.subarray([...ids], { minLength: 1 }),
        fc.constantFrom('PREFER_LOCAL', 'PREFER_TEMPLATE'),
        ([before = {}, after = {}], changes, first, policy) => {
          const start = (): Scenario => edit(given({ '1.0': before, '2.0': after }), changes);
          const common = { policy, acceptDataLoss: true } as const;
          const whole = start();
          fc.pre(whole.plan('2.0', { policy }).problems.length === 0);
          const halves = start();
          const chosen = new Set(first as readonly string[] as TemplateComponentId[]);
          fc.pre(halves.plan('2.0', { policy, chosen }).problems.length === 0);
          halves.after(halves.upgrade('2.0', { ...common, chosen }));
          if (halves.view.state.installations.get(installationId)?.version === '1.0') halves.after(halves.upgrade('2.0', common));
          expect(stateOf(halves)).toEqual(stateOf(whole.after(whole.upgrade('2.0', common))));
        },
      ),
    );
  });

  it('by way of a version between comes to the same as one at once, where nothing clashes or converges on the way', () => {
    fc.assert(
      fc.property(history, edits, ([a = {}, b = {}, c = {}], changes) => {
        const start = (): Scenario => edit(given({ '1.0': a, '2.0': b, '3.0': c }), changes);
        const clean = (scenario: Scenario, to: string): boolean => {
          const { conflicts, problems, components } = scenario.plan(to);
          const fields = components.flatMap((component) => component.fields);
          return conflicts.length + problems.length === 0 && !fields.some(({ outcome }) => outcome === 'CONVERGED' || outcome === 'MERGED');
        };
        // What was gone at one version and comes back is another component to whoever went by way of it.
        fc.pre(ids.every((id) => !(id in a) || id in b || !(id in c)));
        const [once, twice] = [start(), start()];
        fc.pre(clean(once, '3.0') && clean(twice, '2.0'));
        twice.after(twice.upgrade('2.0', { acceptDataLoss: true }));
        fc.pre(clean(twice, '3.0'));
        twice.after(twice.upgrade('3.0', { acceptDataLoss: true }));
        expect(stateOf(twice)).toEqual(stateOf(once.after(once.upgrade('3.0', { acceptDataLoss: true }))));
      }),
    );
  });
});
