import { digestOf } from '../canonical.js';
import type { AppComponent, AppView, InstalledComponent, Installation } from '../app/state.js';
import { compareTrees } from '../compare/compare-trees.js';
import type { ContentLookup } from '../definition/content.js';
import { applyPatch, diffTrees } from '../definition/patch.js';
import { toAppContent } from '../definition/schema.js';
import type { Digest, TemplateComponentId } from '../ids.js';
import { mergeTrees } from '../merge/merge-trees.js';
import { keysInTarget, type Manifest } from '../template/manifest.js';
import { PlanChoices } from './choices.js';
import { besideOf, planFollowers } from './followers.js';
import { planComponent, type ComponentCase } from './plan-component.js';
import type { ConflictPolicy, FieldPlan, PatchChange, Resolution, UpgradePlan } from './plan.js';
import { findProblems } from './problems.js';

export interface PlanRequest {
  readonly view: AppView;
  readonly installation: Installation;
  readonly target: { readonly version: string; readonly manifest: Manifest };
  readonly resolutions: readonly Resolution[];
  readonly policy: ConflictPolicy;
}

/**
 * Plans the move of an installation to a version: pure, and the same for the same request.
 * @param lookup holds at least what `digestsToPlan` names.
 * @throws Refusal BAD_USER_INPUT for a resolution that names nothing in the plan or gives a value that does not fit.
 */
export function planUpgrade(request: PlanRequest, lookup: ContentLookup): UpgradePlan {
  const { view, installation, target } = request;
  const choices = new PlanChoices(request.resolutions, request.policy);
  const cases = casesOf(request);
  const base = baseManifest(request);
  const context = { base, target: target.manifest, choices, clashing: clashingKeys(view, base, target.manifest), lookup };
  const planned = cases.map((each) => planComponent(each, context));
  const beside = besideOf(planned, view, installation, lookup);
  const { appFields, appContentPatch } = planAppContent(request, base, choices, lookup);
  const components = planned.map(({ plan }) => plan);
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
    appContentPatch,
    conflicts: fields.filter(({ outcome }) => outcome === 'CONFLICT'),
    problems: findProblems({ planned, beside, view, installation, toTarget: keysInTarget(base, target.manifest) }),
  };
}

/** The components of the target in its order, then those that only the install has. */
function casesOf({ view, installation, target }: PlanRequest): ComponentCase[] {
  const local = installedOf(view, installation);
  const base = view.manifests.get(installation.installationId);
  const pairs = [...target.manifest.components.values()].map((entry) => {
    const { templateComponentId } = entry;
    return { entry, local: local.get(templateComponentId), before: base?.components.get(templateComponentId), templateComponentId };
  });
  const names = new Set(pairs.flatMap(({ entry, local: here, before }) => (here ? [plannedKey(before?.key, here.key, entry.key)] : [])));
  /** A component that is not at the install gives way to one that is. */
  const nameOf = (key: string, why: string): string => {
    const name = names.has(key) ? `${key} (${why})` : key;
    names.add(name);
    return name;
  };
  const inTarget = pairs.map(({ entry, local: here, before, templateComponentId }): ComponentCase => {
    const name = here ? plannedKey(before?.key, here.key, entry.key) : nameOf(entry.key, before ? 'excluded' : 'added');
    return { name, entry, local: here, base: here?.base ?? before?.digest, templateComponentId };
  });
  const gone = [...local.values()].filter(({ templateComponentId }) => !target.manifest.components.has(templateComponentId));
  const rest = gone.map((component): ComponentCase => {
    const { templateComponentId, key, base: standsOn } = component;
    return { name: nameOf(key, 'removed'), entry: undefined, local: component, base: standsOn, templateComponentId };
  });
  return [...inTarget, ...rest];
}

/** The key by three-way merge, a conflict left as it is locally. */
function plannedKey(base: string | undefined, local: string | undefined, target: string): string {
  return local === undefined || local === base ? target : local;
}

export function installedOf(view: AppView, { installationId }: Installation): Map<TemplateComponentId, InstalledComponent> {
  const components = view.components.filter(
    (component: AppComponent): component is InstalledComponent =>
      component.origin === 'installed' && component.installationId === installationId,
  );
  return new Map(components.map((component) => [component.templateComponentId, component]));
}

function baseManifest({ view, installation }: PlanRequest): Manifest {
  const manifest = view.manifests.get(installation.installationId);
  if (!manifest) throw new Error(`no manifest for installation ${installation.installationId}`);
  return manifest;
}

/** Keys that are taken in the app, and new in the target. */
function clashingKeys(view: AppView, base: Manifest, target: Manifest): Set<string> {
  const keys = new Set([...target.components.values()].map(({ key }) => key));
  for (const { key } of base.components.values()) keys.delete(key);
  const taken = new Set(view.components.map(({ key }) => key));
  return new Set([...keys].filter((key) => taken.has(key)));
}

/** The contents that a plan reads: those of what changed on either side, and of the app's other components. */
export function digestsToPlan(request: PlanRequest): Digest[] {
  const wanted = new Set<Digest>();
  const want = (...digests: readonly (Digest | undefined)[]): void => {
    for (const digest of digests) if (digest) wanted.add(digest);
  };
  for (const { entry, local, base } of casesOf(request)) {
    const unchanged = local && entry && base === entry.digest && !local.patch;
    if (!unchanged) want(base, local?.patch, entry?.digest);
  }
  const { installationId } = request.installation;
  for (const component of request.view.components) {
    if (component.origin === 'own') want(component.digest);
    else if (component.installationId !== installationId) want(component.base, component.patch);
  }
  const content = baseManifest(request).content;
  if (content !== request.target.manifest.content || request.installation.contentPatch) {
    want(content, request.target.manifest.content, request.installation.contentPatch);
  }
  return [...wanted];
}

function planAppContent(
  { installation, target }: PlanRequest,
  base: Manifest,
  choices: PlanChoices,
  lookup: ContentLookup,
): { appFields: readonly FieldPlan[]; appContentPatch: PatchChange } {
  const before = installation.contentPatch;
  if (base.content === target.manifest.content && !before) return { appFields: [], appContentPatch: { before, after: undefined } };
  const from = lookup.appContent(base.content);
  const to = lookup.appContent(target.manifest.content);
  const local = applyPatch(from, before && lookup.patch(before));
  const merged = mergeTrees({ base: from, local, target: to }, choices.of(''));
  const result = toAppContent(merged.result);
  const risks = new Map(compareTrees(local, result).map(({ path, risk }) => [path, risk]));
  const appFields = merged.fields.map((field): FieldPlan => {
    const risk = risks.get(field.path);
    return { ...field, componentKey: '', ...(risk && { risk }) };
  });
  return { appFields, appContentPatch: { before, after: diffTrees(to, result) } };
}

/** Goes up when the same sides come to merge otherwise, so that no upgrade applies another plan than was shown. */
const MERGE_RULES = 3;

/** Everything that the plan rests on: how it is merged, where each side stands (the content of a version never changes), and what was chosen. */
function fingerprintOf({ view, installation, target, resolutions, policy }: PlanRequest): Digest {
  const { overrides, contentPatch } = installation;
  return digestOf({
    rules: MERGE_RULES,
    app: view.state.appId,
    installation: installation.installationId,
    template: installation.templateId,
    base: installation.version,
    target: target.version,
    local: { overrides: Object.fromEntries([...overrides]), contentPatch: contentPatch ?? null },
    beside: Object.fromEntries(
      view.components
        .filter((component) => component.origin === 'own' || component.installationId !== installation.installationId)
        .map((component) => [component.key, component.origin === 'own' ? component.digest : [component.base, component.patch ?? null]]),
    ),
    policy,
    resolutions: Object.fromEntries(
      resolutions.map(({ componentKey, path, choice, value }) => [JSON.stringify([componentKey, path]), [choice, value ?? null]]),
    ),
  });
}
