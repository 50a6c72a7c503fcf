import { ReferenceNames, requiredNeeds } from '../app/references.js';
import type { AppView, Installation } from '../app/state.js';
import { pointerOf } from '../pointer.js';
import type { Beside } from './followers.js';
import type { PlannedComponent } from './plan-component.js';
import type { PlanProblem } from './plan.js';

export interface PlannedApp {
  readonly planned: readonly PlannedComponent[];
  readonly beside: readonly Beside[];
  readonly view: AppView;
  readonly installation: Installation;
  /** From the keys of the base to those of the target. */
  readonly toTarget: (key: string) => string;
}

/** What the plan would break: a key that two components have, a dependency on what is not there and that was not broken before. */
export function findProblems({ planned, beside, view, installation, toTarget }: PlannedApp): PlanProblem[] {
  const present = planned.flatMap((each) => (each.key === undefined ? [] : [{ ...each, key: each.key }]));
  const keysBefore = new Set(view.components.map(({ key }) => key));
  const keys = new Set(beside.map(({ component }) => component.key));
  const problems: PlanProblem[] = [];
  for (const { key, plan } of present) {
    if (keys.has(key)) problems.push(keyTaken(plan.key, key, keys));
    keys.add(key);
  }
  const names = new ReferenceNames(
    present.map(({ key, templateKey }) => ({ key, templateKey: templateKey ?? key, kept: templateKey === undefined })),
  );
  const namesBefore = view.names.get(installation.installationId);
  for (const { plan, needs, needed } of present) {
    const missing = needs.filter((need) => !keys.has(names.toApp(need)));
    if (missing.length === 0) continue;
    const broken = new Set(needed.filter((need) => !keysBefore.has(namesBefore?.toApp(need) ?? need)).map(toTarget));
    for (const need of missing) if (!broken.has(need)) problems.push(dependencyMissing(plan.key, names.toApp(need)));
  }
  for (const { component, before, after } of beside) {
    const broken = new Set(requiredNeeds(before).filter((need) => !keysBefore.has(need)));
    for (const need of requiredNeeds(after)) {
      if (!keys.has(need) && !broken.has(need)) problems.push(dependencyMissing(component.key, need));
    }
  }
  return problems;
}

export function dependencyMissing(componentKey: string, need: string): PlanProblem {
  return {
    code: 'DEPENDENCY_MISSING',
    message: `"${componentKey}" depends on "${need}", which would not be there: remove the dependency, or add a component of that key`,
    componentKey,
    path: pointerOf('dependsOn', need),
  };
}

function keyTaken(componentKey: string, key: string, keys: ReadonlySet<string>): PlanProblem {
  return {
    code: 'KEY_TAKEN',
    message: `another component has the key "${key}": give this one another by a resolution of /key, such as "${freeKey(key, keys)}"`,
    componentKey,
    path: '/key',
  };
}

/** A key like the one given that nobody has. */
export function freeKey(key: string, taken: ReadonlySet<string>): string {
  for (let number = 2; ; number++) {
    const candidate = `${key.slice(0, 120)}-${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}
