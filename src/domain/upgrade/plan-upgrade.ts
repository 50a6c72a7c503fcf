import { digestsOf } from '../app/components.js';
import type { ContentLookup } from '../definition/content.js';
import type { Digest } from '../ids.js';
import { casesOf, pendingOf, withNewNeeds } from './cases.js';
import { PlanChoices } from './choices.js';
import { has, type ComponentCase } from './component-case.js';
import { fingerprintOf } from './fingerprint.js';
import { besideOf, planFollowers } from './followers.js';
import { componentsBeside } from './installed-of.js';
import { Keyspaces } from './keyspaces.js';
import { withStaleReferences } from './new-keys.js';
import { digestsOfContent, planAppContent, type PlannedContent } from './plan-app-content.js';
import { isUntouched, planComponent, planStill } from './plan-component.js';
import type { PlanRequest } from './plan-request.js';
import type { PendingComponent, UpgradePlan } from './plan.js';
import { findProblems } from './problems.js';
import { targetManifest } from './target.js';

/**
 * Plans the move of an installation to a target: pure, and the same for the same request.
 * @param lookup holds at least what `digestsToPlan` names.
 * @throws Refusal BAD_USER_INPUT for a resolution that names nothing in the plan or gives a value that does not fit.
 */
export function planUpgrade(request: PlanRequest, lookup: ContentLookup): UpgradePlan {
  const { view, installation, target } = request;
  const choices = new PlanChoices(request.resolutions, request.policy);
  const { moving, still, pending } = scopeOf(request);
  const complete = pending.length === 0;
  const keyspaces = new Keyspaces(view, installation, target);
  const context = {
    target,
    current: installation.version,
    keptIn: complete ? target.version : installation.version,
    keyspaces,
    choices,
    lookup,
  };
  const planned = [
    ...moving.map((each) => planComponent(each, context)),
    ...still.flatMap((each) => (has(each, 'local') ? [planStill(each, context)] : [])),
  ];
  const beside = besideOf(planned, view, installation, lookup);
  const content: PlannedContent | undefined = complete ? planAppContent(contentCase(request), choices, lookup) : undefined;
  const components = withStaleReferences(planned, beside);
  const appFields = content?.appFields ?? [];
  choices.refuseUnused([...components, { key: '', action: 'UPDATE', fields: appFields }]);
  const fields = [...appFields, ...components.flatMap((component) => component.fields)];
  return {
    installationId: installation.installationId,
    fromVersion: installation.version,
    toVersion: target.version,
    fingerprint: fingerprintOf(request),
    components,
    followers: planFollowers(beside, view, lookup),
    appFields,
    appContentPatch: content?.appContentPatch,
    pending,
    conflicts: fields.filter(({ outcome }) => outcome === 'CONFLICT'),
    problems: findProblems({ planned, beside, view, keyspaces, target }),
  };
}

interface Scope {
  readonly moving: readonly ComponentCase[];
  /** Components that a partial upgrade leaves where they are. */
  readonly still: readonly ComponentCase[];
  readonly pending: readonly PendingComponent[];
}

/** What moves: everything, where nothing is left to do beside what was chosen. */
function scopeOf({ view, installation, target, chosen, rollsBack }: PlanRequest): Scope {
  const cases = casesOf(view, installation, target, rollsBack?.components);
  if (!chosen) return { moving: cases, still: [], pending: [] };
  const { components } = targetManifest(target);
  const moving = withNewNeeds(chosen, cases, (id) => components.get(id)?.needs ?? []);
  const isMoving = ({ templateComponentId }: ComponentCase): boolean => moving.has(templateComponentId);
  const still = cases.filter((each) => !isMoving(each));
  const pending = still.flatMap((each) => pendingOf(each, target.version) ?? []);
  if (pending.length === 0) return { moving: cases, still: [], pending };
  const chosenOnes = cases.filter(isMoving);
  return { moving: chosenOnes, still: underOwnKeys(still, chosenOnes), pending };
}

/** What stays is told under the key that it has, and not the one that the target has for it. */
function underOwnKeys(still: readonly ComponentCase[], moving: readonly ComponentCase[]): ComponentCase[] {
  const names = new Set(moving.map(({ name }) => name));
  return still.map((each) => {
    if (!each.local) return each;
    const { key } = each.local;
    return { ...each, name: names.has(key) ? `${key} (stays)` : key };
  });
}

/** The contents that a plan reads: those of what changed on either side, and of the app's other components. */
export function digestsToPlan(request: PlanRequest): Digest[] {
  const { view, installation, target } = request;
  const wanted = new Set<Digest>();
  const want = (...digests: readonly (Digest | undefined)[]): void => {
    for (const digest of digests) if (digest) wanted.add(digest);
  };
  const { moving, still, pending } = scopeOf(request);
  const all = mayGiveNewKeys(request, moving);
  for (const each of moving) {
    const context = { target, current: installation.version };
    if (!all && has(each, 'local') && has(each, 'target') && isUntouched(each, context)) continue;
    want(each.local?.base, each.local?.patch, each.target?.base, each.target?.patch, each.excluded ? each.current : undefined);
  }
  for (const { local } of still) if (local && (all || local.patch || local.kept)) want(local.base, local.patch);
  want(...componentsBeside(view, installation.installationId).flatMap(digestsOf));
  if (pending.length === 0) want(...digestsOfContent(contentCase(request)));
  return [...wanted];
}

/** Whether texts have to be read to see who names a component by a key that it will not have. */
function mayGiveNewKeys({ view, target: { kind }, resolutions }: PlanRequest, moving: readonly ComponentCase[]): boolean {
  const taken = new Set(view.components.map(({ key }) => key));
  const renamed = moving.some(({ local, target }) => {
    if (!target) return false;
    if (local) return target.key !== (kind === 'UPGRADE' ? local.templateKey : local.key);
    return taken.has(target.key) || target.key !== target.templateKey;
  });
  return renamed || resolutions.some(({ path }) => path === '/key');
}

function contentCase({ view, installation, target, rollsBack }: PlanRequest): Parameters<typeof planAppContent>[0] {
  return { view, installation, target, ancestor: rollsBack?.content };
}
