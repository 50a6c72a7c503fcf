import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Definition } from '../../src/domain/definition/definition.js';
import { flatten } from '../../src/domain/definition/leaves.js';
import { jsonEqual, type Json } from '../../src/domain/json.js';
import type { UpgradePlan } from '../../src/domain/upgrade/plan.js';
import { anUpgrade, anySteps, edits, editsAndMappings, Install, moves, versions } from './random-installs.js';

const RUNS = { numRuns: 150 };
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
        after(install, later);
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
      fc.property(versions, anySteps, anUpgrade, fc.option(anUpgrade), edits, (released, steps, upgrade, later, since) => {
        const install = after(new Install(released), steps);
        fc.pre(install.do(upgrade));
        const undone = lastRun(install);
        const early = install.definitions;
        after(install, since.slice(0, 2));
        const between = install.definitions;
        after(install, later ? [later] : []);
        const start = install.definitions;
        after(install, since.slice(2));
        const now = install.definitions;
        const plan = install.scenario.rollbackPlan(undone);
        fc.pre(plan.problems.length === 0);
        install.rollback(undone, 'PREFER_LOCAL');
        const result = install.definitions;
        // What comes to what it was at first is edited back.
        const stands: Edited['concerns'] = (id, path) => !jsonEqual(leafOf(early.get(id), path), leafOf(now.get(id), path));
        const lastly: Edited = { plan, start, end: now, result, concerns: stands };
        // What was edited before the later upgrade, and is now as it was edited then: what was deleted, and came again with the upgrade, is not.
        const concerns: Edited['concerns'] = (id, path) => jsonEqual(leafOf(between.get(id), path), leafOf(now.get(id), path));
        const before: Edited = { plan, start: early, end: between, result, concerns };
        for (const id of new Set([...early.keys(), ...start.keys()])) {
          edited += editsOf(id, lastly);
          if (between.has(id) === now.has(id)) edited += editsOf(id, before);
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
        editsAndMappings,
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

type Definitions = ReadonlyMap<string, Definition>;
interface Edited {
  readonly plan: UpgradePlan;
  readonly start: Definitions;
  readonly end: Definitions;
  readonly result: Definitions;
  readonly concerns: (id: string, path: string) => boolean;
}

/** How many leaves of a component were edited, or 1 where it was deleted; that each is where it should be. With PREFER_LOCAL, a conflict is the edit's. */
function editsOf(id: string, { plan, start, end, result, concerns }: Edited): number {
  const [before, edited, kept] = [start.get(id), end.get(id), result.get(id)];
  if (!before) return 0;
  if (!edited) expect(kept).toBeUndefined();
  if (!edited) return 1;
  const paths = new Set([before, edited].flatMap((definition) => [...flatten(definition).keys()]));
  const changed = [...paths].filter((path) => !jsonEqual(leafOf(before, path), leafOf(edited, path)) && concerns(id, path));
  const fields = plan.components.find(({ componentId }) => componentId === id)?.fields ?? [];
  for (const path of changed) {
    // Names of siblings follow their keys: what an edit said of them is the same under another name.
    if (path.startsWith('/dependsOn/')) continue;
    // Of a text, lines are kept: that is what `merge-texts` is tested for.
    const merged = fields.some((field) => field.path === path && (field.outcome === 'MERGED' || field.hunks));
    if (!merged) expect([path, leafOf(kept, path)]).toEqual([path, leafOf(edited, path)]);
  }
  return changed.length;
}

function leafOf(definition: Definition | undefined, path: string): Json | undefined {
  return definition && flatten(definition).get(path);
}
