import { requireManifest } from '../app/names.js';
import type { AppView, Installation } from '../app/state.js';
import { manifestAt } from '../app/state.js';
import type { Definition } from '../definition/definition.js';
import type { TemplateComponentId } from '../ids.js';
import { jsonEqual } from '../json.js';
import type { Manifest } from '../template/manifest.js';
import { has, type ComponentCase } from './component-case.js';
import { installedOf } from './installed-of.js';
import type { PendingComponent } from './plan.js';
import { absenceIn, type Absence, type Target } from './target.js';

/** What local changes of a component are told against, where that is not what it stands on; undefined where it was not there. */
export type Ancestors = ReadonlyMap<TemplateComponentId, Definition>;

/**
 * The components of the target in its order, then those that only the install has, then of a rollback those that neither has and that are to be absent
 * otherwise. Each has a name of its own.
 */
export function casesOf(view: AppView, installation: Installation, target: Target, ancestors?: Ancestors): ComponentCase[] {
  const local = installedOf(view, installation);
  const current = manifestAt(view, installation).components;
  const isExcluded = (id: TemplateComponentId): boolean =>
    ancestors ? ancestors.has(id) && !local.has(id) : installation.overrides.get(id)?.kind === 'excluded';
  const pairs = [...target.components.values()].map((standing) => {
    const { templateComponentId } = standing;
    const ancestor = ancestors?.get(templateComponentId);
    return {
      templateComponentId,
      target: standing,
      local: local.get(templateComponentId),
      excluded: isExcluded(templateComponentId),
      absent: absenceNow(installation, templateComponentId),
      ancestor,
    };
  });
  const keyOf = ({ local: here, target: there, ancestor }: (typeof pairs)[number]): string =>
    here ? plannedKey(ancestor?.key ?? here.templateKey, here.key, there.key) : there.key;
  const gone = [...local.values()].filter(({ templateComponentId }) => !target.components.has(templateComponentId));
  const isAway = (id: TemplateComponentId): boolean => !local.has(id) && !target.components.has(id);
  const away = otherwiseAbsent(installation, target, ancestors).filter(({ id }) => isAway(id));

  const names = new Names(pairs.flatMap((pair) => (pair.local ? [[pair.templateComponentId, keyOf(pair)] as const] : [])));
  const absentHere = Map.groupBy(
    pairs.filter((pair) => !pair.local),
    ({ excluded }) => (excluded ? 'excluded' : 'added'),
  );
  for (const pair of absentHere.get('added') ?? []) names.add(pair.templateComponentId, pair.target.key, 'added');
  for (const { templateComponentId, key } of gone) names.add(templateComponentId, key, 'removed');
  for (const pair of absentHere.get('excluded') ?? []) names.add(pair.templateComponentId, pair.target.key, 'excluded');
  const manifests = [requireManifest(target.manifests, target.version), manifestAt(view, installation)];
  for (const { id } of away) names.add(id, keyIn(manifests, id), 'absent');

  const inTarget = pairs.map((pair): ComponentCase => {
    const { templateComponentId } = pair;
    return { ...pair, name: names.of(templateComponentId), current: current.get(templateComponentId)?.digest };
  });
  const rest = gone.map((component): ComponentCase => {
    const { templateComponentId, base } = component;
    const ancestor = ancestors?.get(templateComponentId);
    const sides = { local: component, target: undefined, excluded: false, absent: undefined };
    return { name: names.of(templateComponentId), templateComponentId, ...sides, current: base, ancestor };
  });
  const otherwise = away.map(({ id, absent }): ComponentCase => {
    const sides = { local: undefined, target: undefined, excluded: false, absent };
    return { name: names.of(id), templateComponentId: id, ...sides, current: undefined, ancestor: undefined };
  });
  return [...inTarget, ...rest, ...otherwise];
}

/** What a plan calls components by: their keys, where one that has the key already does not make them give way to it. */
class Names {
  readonly #names: Map<TemplateComponentId, string>;
  readonly #taken: Set<string>;

  constructor(names: readonly (readonly [TemplateComponentId, string])[]) {
    this.#names = new Map(names);
    this.#taken = new Set(this.#names.values());
  }

  add(id: TemplateComponentId, key: string, why: string): void {
    const name = this.#taken.has(key) ? `${key} (${why})` : key;
    this.#names.set(id, name);
    this.#taken.add(name);
  }

  of(id: TemplateComponentId): string {
    const name = this.#names.get(id);
    if (name === undefined) throw new Error(`component ${id} has no name in the plan`);
    return name;
  }
}

/** How a component that is not at the install is absent there. */
function absenceNow({ overrides }: Installation, id: TemplateComponentId): Absence {
  const override = overrides.get(id);
  return override?.kind === 'excluded' || override?.kind === 'removed' ? override : { kind: 'unknown' };
}

/** What is absent in a way that a rollback changes: but for what the install deleted since, which stays so. */
function otherwiseAbsent(
  installation: Installation,
  target: Target,
  ancestors?: Ancestors,
): { id: TemplateComponentId; absent: Absence }[] {
  if (target.kind === 'UPGRADE') return [];
  const ids = new Set([...target.absent.keys(), ...installation.overrides.keys()]);
  return [...ids]
    .map((id) => ({ id, absent: absenceNow(installation, id) }))
    .filter(
      ({ id, absent }) => !(absent.kind === 'excluded' && ancestors?.has(id)) && !jsonEqual({ ...absent }, { ...absenceIn(target, id) }),
    );
}

function keyIn(manifests: readonly Manifest[], id: TemplateComponentId): string {
  for (const { components } of manifests) {
    const entry = components.get(id);
    if (entry) return entry.key;
  }
  return id;
}

/** The key by three-way merge, a conflict left as it is locally. */
function plannedKey(base: string, local: string, target: string): string {
  return local === base ? target : local;
}

/** What there is to do with a component so that it is as its target has it; undefined where nothing is. */
export function pendingOf(each: ComponentCase, toVersion: string): PendingComponent | undefined {
  const { local, target, templateComponentId, excluded } = each;
  if (!local) {
    if (!target || excluded) return undefined;
    return { componentId: undefined, templateComponentId, key: target.key, action: 'ADD', fromVersion: undefined, toVersion };
  }
  const action = !target ? (local.kept ? undefined : 'REMOVE') : target.base !== local.base || local.kept ? 'UPDATE' : undefined;
  if (!action) return undefined;
  return { componentId: local.componentId, templateComponentId, key: local.key, action, fromVersion: local.version, toVersion };
}

/**
 * The components that a partial upgrade moves: those that were chosen, and what the template makes them need that is new.
 * @param needsOf the keys, in the target, that a component of the target cannot be without.
 */
export function withNewNeeds(
  chosen: ReadonlySet<TemplateComponentId>,
  cases: readonly ComponentCase[],
  needsOf: (id: TemplateComponentId) => readonly string[],
): Set<TemplateComponentId> {
  const byKey = new Map(cases.flatMap((each) => (has(each, 'target') ? [[each.target.templateKey, each] as const] : [])));
  const moving = new Set<TemplateComponentId>();
  const open = [...chosen];
  for (let id = open.pop(); id; id = open.pop()) {
    if (moving.has(id)) continue;
    moving.add(id);
    for (const need of needsOf(id)) {
      const needed = byKey.get(need);
      if (needed && !needed.local && !needed.excluded) open.push(needed.templateComponentId);
    }
  }
  return moving;
}
