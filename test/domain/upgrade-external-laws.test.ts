import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/domain/errors.js';
import type { JsonObject } from '../../src/domain/json.js';
import { pendingIn } from '../../src/domain/upgrade/pending.js';
import { isReportable } from '../../src/domain/upgrade/running.js';
import type { Draft } from './contents.js';
import { edit, external, remove, report, retry, runOf } from './external.js';
import { installationId, installed, Scenario } from './scenario.js';

const IDS = ['a', 'b', 'c', 'd', 'e'] as const;
const id = fc.constantFrom(...IDS);

/** A component in both versions: where it is, under which keys and images, and what it depends on. */
const component = fc.record({
  in: fc.constantFrom('both', 'both', 'both', 'first', 'second'),
  renamed: fc.boolean(),
  image: fc.tuple(fc.nat(1), fc.nat(1)),
  needs: fc.tuple(fc.subarray([...IDS], { maxLength: 2 }), fc.subarray([...IDS], { maxLength: 2 })),
});
type Component = typeof component extends fc.Arbitrary<infer T> ? T : never;

const story = fc.record({
  components: fc.tuple(component, component, component, component, component),
  content: fc.tuple(fc.nat(1), fc.nat(1)),
  edits: fc.array(fc.record({ id, kind: fc.constantFrom('replicas', 'needs', 'remove'), other: id }), { maxLength: 4 }),
  workers: fc.array(id, { maxLength: 2 }),
});
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

function version(components: readonly Component[], n: 0 | 1): Record<string, Draft> {
  const isThere = (of: Component): boolean => of.in === 'both' || of.in === (n === 0 ? 'first' : 'second');
  const keyOf = (each: string): string => (n === 1 && components[IDS.indexOf(each as 'a')]?.renamed ? `${each}-new` : each);
  const entries = components.flatMap((each, i): [string, Draft][] => {
    const needs = each.needs[n].filter((need) => {
      const other = components[IDS.indexOf(need)];
      return other && other !== each && isThere(other);
    });
    const dependsOn = Object.fromEntries(needs.map((need) => [keyOf(need), {}]));
    return isThere(each) ? [[IDS[i] ?? '', { key: keyOf(IDS[i] ?? ''), image: `i:${each.image[n]}`, dependsOn }]] : [];
  });
  return Object.fromEntries(entries);
}

/** An install of the first version, edited, with components of the app's own beside it. */
function install({ components, content, edits, workers }: Story): Scenario {
  const scenario = new Scenario()
    .version('1.0', version(components, 0), { a: content[0] })
    .version('1.1', version(components, 1), { a: content[1] })
    .installed('1.0');
  const isHere = (each: string): boolean => scenario.view.components.some(({ componentId }) => componentId === installed(each));
  for (const { id: of, kind, other } of edits) {
    if (!isHere(of)) continue;
    if (kind === 'remove') scenario.after(remove(installed(of)));
    else if (kind === 'replicas') scenario.after(edit(installed(of), { replicas: 3 }));
    else if (isHere(other) && other !== of) scenario.after(edit(installed(of), { dependsOn: { [other]: {} } }));
  }
  for (const [n, need] of workers.entries()) scenario.added({ key: `worker-${n}`, ...(isHere(need) && { dependsOn: { [need]: {} } }) });
  return scenario;
}

const upgrade = (scenario: Scenario): Scenario => scenario.after(scenario.upgrade('1.1', { policy: 'PREFER_LOCAL', acceptDataLoss: true }));

/** The same story upgraded by the record alone, and started for an integration; nothing where the plan cannot be applied. */
function both(given: Story): { recorded: Scenario; started: Scenario } | undefined {
  try {
    return { recorded: upgrade(install(given)), started: upgrade(external(install(given))) };
  } catch (error) {
    if (error instanceof Refusal && error.code === 'PLAN_INAPPLICABLE') return undefined;
    throw error;
  }
}

const toReport = (scenario: Scenario): string[] => {
  const run = scenario.view.state.installations.get(installationId)?.run;
  return run ? [...run.steps.values()].filter(isReportable).map(({ templateComponentId }) => templateComponentId) : [];
};

/** Whether a component depends on what is not there. */
function isBroken({ components }: Scenario): boolean {
  return Object.values(components).some(({ dependsOn = {} }) => Object.keys(dependsOn).some((key) => !components[key]));
}

/** Where an app stands: without the order in which things came, and without what is known of the run. */
function state({ view }: Scenario): object {
  const { components, installations } = view.state;
  const byId = (left: readonly [string, unknown], right: readonly [string, unknown]): number => (left[0] < right[0] ? -1 : 1);
  return {
    components: [...components],
    installations: [...installations.values()].map(({ run: _, overrides, ...installation }) => ({
      ...installation,
      overrides: [...overrides].sort(byId),
    })),
  };
}

/** A number for each thing that decides about it: where it comes in the order, whether it fails. */
const order = fc.array(fc.nat(1000), { minLength: 12, maxLength: 12 });
const inOrder = <T>(things: readonly T[], by: readonly number[]): T[] =>
  things
    .map((thing, i) => [thing, by[i] ?? 0] as const)
    .sort((left, right) => left[1] - right[1])
    .map(([thing]) => thing);

describe('an upgrade that an integration carries out', () => {
  it('ends where one of the record ends, when all is reported done, in any order and again and again', () => {
    let applied = 0;
    fc.assert(
      fc.property(story, order, order, (given, first, again) => {
        const upgraded = both(given);
        if (!upgraded) return;
        const { recorded, started } = upgraded;
        const ids = toReport(started);
        applied += ids.length > 1 ? 1 : 0;
        // Each of them twice.
        for (const each of inOrder([...ids, ...ids], [...first, ...again])) started.after(report(each));
        expect(state(started)).toEqual(state(recorded));
        expect(started.components).toEqual(recorded.components);
      }),
      { numRuns: 400 },
    );
    expect(applied).toBeGreaterThan(100);
  });

  it('shows from its start what it ends with, but for references that were to nobody before', () => {
    fc.assert(
      fc.property(story, (given) => {
        const upgraded = isBroken(install(given)) ? undefined : both(given);
        if (upgraded) expect(upgraded.started.components).toEqual(upgraded.recorded.components);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves exactly what failed pending, moves nothing where all did, and ends as if nothing had failed once that is retried', () => {
    let partly = 0;
    fc.assert(
      fc.property(story, order, fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), (given, by, fails) => {
        const upgraded = both(given);
        if (!upgraded) return;
        const { recorded, started } = upgraded;
        const ids = toReport(started);
        const failing = ids.filter((_, i) => fails[i]);
        for (const each of inOrder(ids, by)) started.after(report(each, failing.includes(each) ? 'FAILED' : 'COMPLETED'));
        if (failing.length > 0 && failing.length < ids.length) {
          partly += 1;
          const pending = pendingIn(started.view, installationId).map(({ templateComponentId }) => templateComponentId as string);
          expect(pending.sort()).toEqual(failing.sort());
        }
        if (failing.length === ids.length && ids.length > 0) {
          expect(state(started)).toEqual(state(install(given)));
          expect(started.components).toEqual(install(given).components);
        }
        if (failing.length === 0) return;
        started.after(retry());
        for (const each of failing) started.after(report(each));
        expect(state(started)).toEqual(state(recorded));
        expect(started.components).toEqual(recorded.components);
      }),
      { numRuns: 400 },
    );
    expect(partly).toBeGreaterThan(50);
  });

  it('never has a reference to a sibling, or from beside it, to what that is not called at the time', () => {
    fc.assert(
      fc.property(story, order, fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), (given, by, fails) => {
        const upgraded = both(given);
        if (!upgraded) return;
        const { started } = upgraded;
        const ids = toReport(started);
        const old = (): string[] => {
          const keys = new Set(Object.keys(started.components));
          const outdated = IDS.filter((each) => keys.has(`${each}-new`) && !keys.has(each));
          const needs = Object.entries(started.components).flatMap(([key, { dependsOn }]) =>
            Object.keys(dependsOn ?? {}).map((need) => `${key} ${need}`),
          );
          return needs.filter((need) => outdated.some((each) => need.endsWith(` ${each}`)));
        };
        const before = old();
        for (const [i, each] of inOrder(ids, by).entries()) {
          started.after(report(each, fails[i] ? 'FAILED' : 'COMPLETED'));
          expect(old()).toEqual(before);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('and an edit meanwhile of what it leaves alone come to the same as the edit afterwards', () => {
    let edited = 0;
    fc.assert(
      fc.property(story, order, fc.nat(4), fc.nat(4), (given, by, which, other) => {
        const upgraded = both(given);
        if (!upgraded) return;
        const { recorded, started } = upgraded;
        const held = new Set(runOfOrNone(started));
        const free = recorded.view.components.filter(({ componentId }) => !started.view.underWay.holding(componentId));
        const [edit1, target] = [free[which % Math.max(free.length, 1)], recorded.view.components[other % recorded.view.components.length]];
        if (!edit1 || !target || target === edit1 || held.size === 0) return;
        edited += 1;
        const set: JsonObject = { replicas: 7, dependsOn: { [target.key]: {} } };
        const ids = inOrder(toReport(started), by);
        for (const each of ids.slice(0, 1)) started.after(report(each));
        if (ids.length > 1) started.after(edit(edit1.componentId, set));
        else return;
        for (const each of ids.slice(1)) started.after(report(each));
        recorded.after(edit(edit1.componentId, set));
        expect(started.components).toEqual(recorded.components);
      }),
      { numRuns: 400 },
    );
    expect(edited).toBeGreaterThan(50);
  });
});

function runOfOrNone(scenario: Scenario): Iterable<string> {
  return scenario.view.underWay.runs.length > 0 ? runOf(scenario).steps.keys() : [];
}
