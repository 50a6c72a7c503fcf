import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeApp, removeComponent, updateComponent } from '../../src/domain/app/decide.js';
import { viewApp, type AppOutline, type AppView } from '../../src/domain/app/state.js';
import type { AppId, ComponentId, InstallationId } from '../../src/domain/ids.js';
import { caseKey } from '../../src/domain/rehearsal/case-key.js';
import { digestsToPlan, planUpgrade } from '../../src/domain/upgrade/plan-upgrade.js';
import { versionTarget } from '../../src/domain/upgrade/target.js';
import { installationId, installed, Scenario } from './scenario.js';

type Step = (scenario: Scenario) => Scenario;
const other = 'other' as InstallationId;

const base = (): Scenario =>
  new Scenario()
    .version('1.0', { web: { image: 'a', env: { A: '1' } }, db: { volumes: { '/data': { name: 'data' } } } }, { x: 1 })
    .version('1.1', { web: { image: 'a', env: { A: '2' } }, db: { volumes: { '/data': { name: 'data' } } } }, { x: 1 })
    .version('2.0', { web: { image: 'b', dependsOn: { redis: {} } }, redis: {} }, { x: 2 });

/** What may happen to an app that has the template installed, each of which a plan may depend on. */
const STEPS: Readonly<Record<string, Step>> = {
  'an edit': (s) => s.after((view, contents) => editOf('web', { image: 'mine' })(view, contents)),
  'another edit': (s) => s.after((view, contents) => editOf('web', { image: 'yours' })(view, contents)),
  'another key': (s) => s.after((view, contents) => editOf('db', { key: 'mine' })(view, contents)),
  'a removed component': (s) => s.after((view) => removeComponent(installed('web'), view)),
  'app-level content': (s) =>
    s.after((view, contents) => changeApp({ installationId, edit: { set: { extra: { x: 3 } }, unset: [] } }, view, contents)),
  'a component of its own': (s) => s.added({ key: 'redis' }),
  'another component of its own': (s) => s.added({ key: 'worker', dependsOn: { db: {} } }),
  'another install': (s) => s.installed('1.1', other),
};
function editOf(id: string, set: Parameters<typeof updateComponent>[0]['edit']['set']) {
  return (view: AppView, contents: Scenario['contents']): ReturnType<typeof updateComponent> =>
    updateComponent({ componentId: installed(id), edit: { set, unset: [] } }, view, contents);
}

const keyOf = (state: AppOutline): string => caseKey(state, [...state.installations.keys()][0] ?? installationId);
const scenarioOf = (steps: readonly string[], version = '1.0'): Scenario =>
  steps.reduce((scenario, step) => STEPS[step]?.(scenario) ?? scenario, base().installed(version));

/** The same app under other ids. */
function copyOf(state: AppOutline, n: number): AppOutline {
  return {
    ...state,
    appId: `app ${n}` as AppId,
    name: `copy ${n}`,
    team: `team ${n}`,
    components: new Map(
      [...state.components.values()].map((each) => {
        const componentId = `${each.componentId} ${n}` as ComponentId;
        return [componentId, { ...each, componentId }] as const;
      }),
    ),
    installations: new Map(
      [...state.installations.values()].map((each) => {
        const id = `${each.installationId} ${n}` as InstallationId;
        return [id, { ...each, installationId: id }] as const;
      }),
    ),
  };
}

describe('the key of what a plan depends on', () => {
  it('is the same for apps that differ in nothing but their names and ids', () => {
    const { state } = scenarioOf(['an edit', 'a component of its own', 'another install']).view;
    expect(keyOf(copyOf(state, 1))).toBe(keyOf(state));
  });

  it('is another one for another version, and for each thing that is otherwise', () => {
    const plain = keyOf(scenarioOf([]).view.state);
    const keys = Object.keys(STEPS).map((step) => keyOf(scenarioOf([step]).view.state));
    expect(new Set([plain, keyOf(scenarioOf([], '1.1').view.state), ...keys]).size).toBe(keys.length + 2);
  });

  it('does not tell the order in which an app came to what is beside the install', () => {
    const own = ['a component of its own', 'another component of its own'];
    expect(keyOf(scenarioOf(own.toReversed()).view.state)).toBe(keyOf(scenarioOf(own).view.state));
  });

  it('tells installs of one app apart, where they have different neighbours', () => {
    const { state } = scenarioOf(['another install', 'an edit']).view;
    expect(caseKey(state, installationId)).not.toBe(caseKey(state, other));
  });

  it('law: installs of the same key have the same plan, but for its ids', () => {
    const steps = fc.uniqueArray(fc.constantFrom(...Object.keys(STEPS)), { maxLength: 4 });
    fc.assert(
      fc.property(steps, (taken) => {
        const scenario = allowed(taken);
        const { view } = scenario;
        const copied = copyOf(view.state, 1);
        expect(keyOf(copied)).toBe(keyOf(view.state));
        const manifests = [...copied.installations.values()].map(
          ({ installationId: id, version }) => [id, new Map([[version, scenario.manifest(version)]])] as const,
        );
        expect(planOf(scenario, viewApp(copied, new Map(manifests)))).toEqual(planOf(scenario, view));
      }),
      { numRuns: 60 },
    );
  });
});

/** The steps that can be taken one after the other: what is removed is not edited. */
function allowed(steps: readonly string[]): Scenario {
  const scenario = base().installed('1.0');
  for (const step of steps) {
    try {
      STEPS[step]?.(scenario);
    } catch (error) {
      if (!(error instanceof Error && error.name === 'Refusal')) throw error;
    }
  }
  return scenario;
}

function planOf(scenario: Scenario, view: AppView): object {
  const [installation] = view.state.installations.values();
  if (!installation) throw new Error('nothing is installed');
  const target = versionTarget('2.0', scenario.manifest('2.0'));
  const request = { view, installation, target, resolutions: [], policy: 'ASK' } as const;
  const { components, appFields, conflicts, problems, followers } = planUpgrade(request, scenario.contents.only(digestsToPlan(request)));
  return {
    components: components.map(({ componentId: _, ...rest }) => rest),
    followers: followers.map(({ key, fields }) => ({ key, fields })),
    appFields,
    conflicts,
    problems,
  };
}
