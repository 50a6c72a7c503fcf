import { namesIn } from '../app/names.js';
import { requiredNeeds } from '../app/references.js';
import type { AppView, InstalledComponent } from '../app/state.js';
import { pointerOf } from '../pointer.js';
import type { PlannedComponent, PlannedStanding } from './component-case.js';
import type { Beside } from './followers.js';
import type { Keyspaces } from './keyspaces.js';
import { namedBy } from './new-keys.js';
import type { ComponentPlan, PlanProblem } from './plan.js';
import type { Target } from './target.js';

export interface PlannedApp {
  readonly planned: readonly PlannedComponent[];
  readonly beside: readonly Beside[];
  readonly view: AppView;
  readonly keyspaces: Keyspaces;
  readonly target: Target;
}

/** What the plan would break: a key that two components have, a dependency on what is not there and that was not broken before. */
export function findProblems({ planned, beside, view, keyspaces, target }: PlannedApp): PlanProblem[] {
  const present = planned.flatMap((each) => (each.after ? [{ ...each, after: each.after }] : []));
  const keysBefore = new Set(view.components.map(({ key }) => key));
  const keys = new Set(beside.map(({ component }) => component.key));
  const problems: PlanProblem[] = [];
  for (const { after, plan } of present) {
    if (keys.has(after.key)) problems.push(keyTaken(plan, after, planned, keys));
    keys.add(after.key);
  }
  const keysAfter = new Map(present.map(({ plan, after }) => [plan.templateComponentId, after.key]));
  const namesAfter = lazily((version) => namesIn(keyspaces.manifest(version), keysAfter));
  for (const { plan, local, after, needed } of present) {
    const names = namesAfter(after.keyspace);
    const missing = after.needs.filter((need) => !keys.has(names.toApp(need)));
    if (missing.length === 0) continue;
    const broken = new Set(
      local && brokenBefore(local, needed, view, keysBefore).map(keyspaces.ofTemplate(local.keyspace, after.keyspace)),
    );
    for (const need of after.lacked ?? []) broken.add(need);
    for (const need of missing) if (!broken.has(need)) problems.push(dependencyMissing(plan.key, names.toApp(need)));
  }
  for (const { component, before, after } of beside) {
    const broken = new Set(requiredNeeds(before).filter((need) => !keysBefore.has(need)));
    for (const need of requiredNeeds(after)) {
      if (keys.has(need) || broken.has(need) || target.lackedBeside(component.componentId, need)) continue;
      problems.push(dependencyMissing(component.key, need));
    }
  }
  return problems;
}

function brokenBefore(local: InstalledComponent, needed: readonly string[], view: AppView, keys: ReadonlySet<string>): string[] {
  const names = view.names.of(local);
  return needed.filter((need) => !keys.has(names.toApp(need)));
}

function lazily<Value>(make: (key: string) => Value): (key: string) => Value {
  const made = new Map<string, Value>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
}

export function dependencyMissing(componentKey: string, need: string): PlanProblem {
  return {
    code: 'DEPENDENCY_MISSING',
    message: `"${componentKey}" depends on "${need}", which would not be there: remove the dependency, or add a component of that key`,
    componentKey,
    path: pointerOf('dependsOn', need),
  };
}

function keyTaken(
  { key: componentKey, action }: ComponentPlan,
  { key, templateKey }: PlannedStanding,
  planned: readonly PlannedComponent[],
  keys: ReadonlySet<string>,
): PlanProblem {
  const proposal = freeKey(key, new Set([...keys, ...planned.flatMap(({ after }) => (after ? [after.key] : []))]));
  const { dependants, places } = namedBy(templateKey, planned);
  const mapping = action === 'ADD' ? ', or say by mapComponent that the one that has it is this one' : '';
  return {
    code: 'KEY_TAKEN',
    message: `another component has the key "${key}": give this one another by a resolution of /key, such as "${proposal}"${mapping}`,
    componentKey,
    path: '/key',
    clash: { proposal, dependants, namedBy: places },
  };
}

/** A key like the one given that nobody has. */
export function freeKey(key: string, taken: ReadonlySet<string>): string {
  for (let number = 2; ; number++) {
    const candidate = `${key.slice(0, 120)}-${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}
