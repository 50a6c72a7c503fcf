import { refuse } from '../decision.js';
import { pointerOf, type Pointer } from '../pointer.js';
import type { Manifest } from './manifest.js';

/** What a version would break at every install of it. */
export interface PublishProblem {
  readonly code: 'DEPENDENCY_MISSING' | 'KEY_TAKEN';
  readonly message: string;
  readonly componentKey: string;
  /** Within the component's definition. */
  readonly path: Pointer;
  /** The key of the component that is missing, or there twice. */
  readonly key: string;
}

/** A version is whole: each of its components has a key of its own, and what any of them cannot be without is among them. */
export function findPublishProblems({ components }: Manifest): PublishProblem[] {
  const keys = new Set<string>();
  const problems: PublishProblem[] = [];
  for (const { key } of components.values()) {
    if (keys.has(key)) problems.push(keyTwice(key));
    keys.add(key);
  }
  for (const { key, needs } of components.values()) {
    for (const need of needs) if (!keys.has(need)) problems.push(missing(key, need));
  }
  return problems;
}

/** Refuses a version that is not whole, with all that is wrong. */
export function refuseBroken(manifest: Manifest): ReturnType<typeof refuse> | undefined {
  const problems = findPublishProblems(manifest);
  if (problems.length === 0) return undefined;
  const message = problems.map((problem) => problem.message).join('; ');
  const of = (code: PublishProblem['code']): readonly PublishProblem[] => problems.filter((problem) => problem.code === code);
  const keys = of('KEY_TAKEN').map(({ key }) => key);
  const lacking = of('DEPENDENCY_MISSING').map(({ componentKey, key }) => ({ component: componentKey, need: key }));
  return refuse(lacking.length > 0 ? 'DEPENDENCY_MISSING' : 'KEY_TAKEN', message, {
    ...(lacking.length > 0 && { missing: lacking }),
    ...(keys.length > 0 && { keys }),
  });
}

function missing(componentKey: string, need: string): PublishProblem {
  return {
    code: 'DEPENDENCY_MISSING',
    message: `"${componentKey}" depends on "${need}", which would not be in the version: publish a component of that key with it, or remove the dependency`,
    componentKey,
    path: pointerOf('dependsOn', need),
    key: need,
  };
}

/** Only where some components are taken from the app and others are as they were before. */
function keyTwice(key: string): PublishProblem {
  return {
    code: 'KEY_TAKEN',
    message: `the version would have two components named "${key}": publish both of them, so that one has its new key`,
    componentKey: key,
    path: '/key',
    key,
  };
}
