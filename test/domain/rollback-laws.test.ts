import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Definition } from '../../src/domain/definition/definition.js';
import { flatten } from '../../src/domain/definition/leaves.js';
import { jsonEqual } from '../../src/domain/json.js';
import type { UpgradePlan } from '../../src/domain/upgrade/plan.js';
import { anUpgrade, anySteps, edits, Install, moves, versions } from './random-installs.js';

const RUNS = { numRuns: Number(process.env.LAWS ?? 150) };
const after = (install: Install, steps: readonly Parameters<Install['do']>[0][]): Install => {
  for (const step of steps) install.do(step);
  return install;
};
const lastRun = ({ runs }: Install): string => runs.at(-1) ?? '';

describe('whatever was done before', () => {
  it('an upgrade, whole or partial, and its rollback leave everything as it was; the rollback of that, as it was upgraded', () => {
    let upgrades = 0;
    fc.assert(
      fc.property(versions, anySteps, anUpgrade, (released, steps, upgrade) => {
        const install = after(new Install(released), steps);
        const before = install.state;
        fc.pre(install.do(upgrade));
        upgrades += 1;
        const upgraded = install.state;
        const back = install.rollback(lastRun(install));
        expect(install.state).toEqual(before);
        const forth = install.rollback(back);
        expect(install.state).toEqual(upgraded);
        install.rollback(forth);
        expect(install.state).toEqual(before);
      }),
      RUNS,
    );
    expect(upgrades).toBeGreaterThan(100);
  });

  it('the rollback of an older upgrade leaves everything as it was before it, where nothing was edited since', () => {
    fc.assert(
      fc.property(versions, anySteps, anUpgrade, moves, (released, steps, upgrade, later) => {
        const install = after(new Install(released), steps);
        const before = install.state;
        fc.pre(install.do(upgrade));
        const older = lastRun(install);
        after(
          install,
          later.filter((step) => !(step.kind === 'rollback' && step.run < install.runs.length)),
        );
        for (const step of later) install.do(step);
        const stands = install.scenario.events.every(
          (event) => event.type !== 'AppRolledBack' || !event.data.undone.some((undone) => undone === older),
        );
        fc.pre(stands);
        install.rollback(older);
        expect(install.state).toEqual(before);
      }),
      RUNS,
    );
  });

  it('no edit made after an upgrade is lost silently by its rollback: each is kept, converged, or in the conflicts', () => {
    let edited = 0;
    fc.assert(
      fc.property(versions, anySteps, anUpgrade, moves, edits, (released, steps, upgrade, later, since) => {
        const install = after(new Install(released), steps);
        fc.pre(install.do(upgrade));
        const undone = lastRun(install);
        after(
          install,
          later.filter(({ kind }) => kind === 'upgrade'),
        );
        const start = install.definitions;
        after(install, since);
        const now = install.definitions;
        const plan = install.scenario.rollbackPlan(undone);
        fc.pre(plan.problems.length === 0);
        install.rollback(undone, 'PREFER_LOCAL');
        const result = install.definitions;
        for (const id of new Set([...start.keys(), ...now.keys()])) {
          edited += lostLeaves(plan, id, start.get(id), now.get(id), result.get(id));
        }
      }),
      RUNS,
    );
    expect(edited).toBeGreaterThan(100);
  });

  it('a rollback comes to what its plan shows', () => {
    fc.assert(
      fc.property(
        versions,
        anySteps,
        anUpgrade,
        edits,
        fc.constantFrom('PREFER_LOCAL' as const, 'PREFER_TEMPLATE' as const),
        (...given) => {
          const [released, steps, upgrade, since, policy] = given;
          const install = after(new Install(released), steps);
          fc.pre(install.do(upgrade));
          const undone = lastRun(install);
          after(install, since);
          const before = install.definitions;
          const plan = install.scenario.rollbackPlan(undone, { policy });
          fc.pre(plan.problems.length === 0);
          install.rollback(undone, policy);
          const { installation, definitions } = install;
          expect(installation.version).toBe(plan.toVersion);
          for (const { componentId, key, action, fields } of plan.components) {
            const result = componentId && definitions.get(componentId);
            if (action === 'REMOVE' || action === 'EXCLUDED') expect(result).toBeUndefined();
            if (!result || !componentId) continue;
            expect(result.key).toBe(key);
            const [leaves, stood] = [flatten(result), flatten(before.get(componentId) ?? result)];
            const told = fields.filter(({ path, field }) => field !== 'DEPENDENCY' && path !== '');
            for (const field of told)
              if (stood.has(field.path) || leaves.has(field.path)) expect(leaves.get(field.path)).toEqual(field.result);
            for (const [path, value] of leaves) {
              const shown = fields.some((field) => path === field.path || path.startsWith(`${field.path}/`));
              if (!shown && !path.startsWith('/dependsOn/')) expect(stood.get(path)).toEqual(value);
            }
          }
        },
      ),
      RUNS,
    );
  });
});

/** How many leaves of a component were edited; that each of them is where it should be. With PREFER_LOCAL, a conflict is the edit's. */
function lostLeaves(
  plan: UpgradePlan,
  id: string,
  start: Definition | undefined,
  now: Definition | undefined,
  result: Definition | undefined,
): number {
  if (!start || (!now && start)) {
    if (start && !now) expect(result).toBeUndefined();
    return start ? 1 : 0;
  }
  if (!now) return 0;
  const [before, edited, kept] = [flatten(start), flatten(now), result && flatten(result)];
  const paths = [...new Set([...before.keys(), ...edited.keys()])].filter((path) => !jsonEqual(before.get(path), edited.get(path)));
  const component = plan.components.find(({ componentId }) => componentId === id);
  for (const path of paths) {
    // Names of siblings follow their keys: what an edit said of them is the same under another name.
    if (path.startsWith('/dependsOn/')) continue;
    const isText = path.startsWith('/configFiles/') && path.endsWith('/content');
    if (isText && kept?.get(path) !== undefined) {
      const field = component?.fields.find((each) => each.path === path);
      expect(['KEEP_LOCAL', 'CONVERGED', 'MERGED', 'CONFLICT', undefined]).toContain(field?.outcome);
    } else expect([path, kept?.get(path)]).toEqual([path, edited.get(path)]);
  }
  return paths.length;
}
