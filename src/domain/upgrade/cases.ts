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
  const names = new Set(pairs.flatMap((pair) => (pair.local ? [keyOf(pair)] : [])));
  /** A component that is not at the install gives way to one that is. */
  const nameOf = (key: string, why: string): string => {
    const name = names.has(key) ? `${key} (${why})` : key;
    names.add(name);
    return name;
  };
  const inTarget = pairs.map((pair): ComponentCase => {
    const name = pair.local ? keyOf(pair) : nameOf(pair.target.key, pair.excluded ? 'excluded' : 'added');
    return { ...pair, name, current: current.get(pair.templateComponentId)?.digest };
  });
  const gone = [...local.values()].filter(({ templateComponentId }) => !target.components.has(templateComponentId));
  const rest = gone.map((component): ComponentCase => {
    const { templateComponentId, key, base } = component;
    const ancestor = ancestors?.get(templateComponentId);
    const name = nameOf(key, 'removed');
    const sides = { local: component, target: undefined, excluded: false, absent: undefined };
    return { name, templateComponentId, ...sides, current: base, ancestor };
  });
  const isAway = (id: TemplateComponentId): boolean => !local.has(id) && !target.components.has(id);
  const away = otherwiseAbsent(installation, target, ancestors).filter(({ id }) => isAway(id));
  const otherwise = away.map(({ id, absent }): ComponentCase => {
    const key = keyIn([requireManifest(target.manifests, target.version), manifestAt(view, installation)], id);
    const sides = { local: undefined, target: undefined, excluded: false, absent };
    return { name: nameOf(key, 'absent'), templateComponentId: id, ...sides, current: undefined, ancestor: undefined };
  });
  return [...inTarget, ...rest, ...otherwise];
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
