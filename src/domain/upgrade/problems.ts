import { definitionOf } from '../app/components.js';
import { ReferenceNames } from '../app/references.js';
import type { AppView, Installation } from '../app/state.js';
import type { ContentLookup } from '../definition/content.js';
import { pointerOf } from '../pointer.js';
import type { PlannedComponent } from './plan-component.js';
import type { PlanProblem } from './plan.js';

/** What would be wrong with the app afterwards: a key that two components have, a dependency on what is not there. */
export function findProblems(
  planned: readonly PlannedComponent[],
  view: AppView,
  installation: Installation,
  lookup: ContentLookup,
): PlanProblem[] {
  const present = planned.flatMap(({ plan, key, templateKey, needs }) => (key === undefined ? [] : [{ plan, key, templateKey, needs }]));
  const beside = view.components.filter(
    (component) => component.origin === 'own' || component.installationId !== installation.installationId,
  );
  const keys = new Set(beside.map(({ key }) => key));
  const problems: PlanProblem[] = [];
  for (const { key, plan } of present) {
    if (keys.has(key)) problems.push(keyTaken(plan.key, key, keys));
    keys.add(key);
  }
  const names = new ReferenceNames(
    present.map(({ key, templateKey }) => ({ key, templateKey: templateKey ?? key, kept: templateKey === undefined })),
  );
  for (const { plan, needs } of present) {
    problems.push(
      ...missing(
        plan.key,
        needs.map((need) => names.toApp(need)),
        keys,
      ),
    );
  }
  for (const component of beside) {
    const { dependsOn = {} } = definitionOf(component, view, lookup);
    problems.push(...missing(component.key, Object.keys(dependsOn), keys));
  }
  return problems;
}

function missing(componentKey: string, needs: readonly string[], keys: ReadonlySet<string>): PlanProblem[] {
  return needs
    .filter((need) => !keys.has(need))
    .map((need) => ({
      code: 'DEPENDENCY_MISSING',
      message: `"${componentKey}" depends on "${need}", which would not be there: remove the dependency, or add a component of that key`,
      componentKey,
      path: pointerOf('dependsOn', need),
    }));
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
