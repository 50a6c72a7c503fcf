import type { Digest, InstallationId, UpgradeId } from '../ids.js';
import { jsonEqual, type Json } from '../json.js';
import type { Pointer } from '../pointer.js';
import type { Release } from '../template/state.js';
import type { Resolution } from '../upgrade/plan.js';
import type { Asking } from './asking.js';
import { digestsOfStanding, layerValue, templateValue, valueOf, type Place } from './standing.js';
import type { Step } from './steps.js';
import { settingRelease, type Templates } from './template-settings.js';

/** SET and REMOVED changed what is there. KEPT: an upgrade left it against another value of the template. CONVERGED: the template came to it, too. */
export type BlameAction = 'SET' | 'REMOVED' | 'KEPT' | 'CONVERGED';
/**
 * Where the value is from: the template; an edit of this app; what was chosen where it was installed, or in an upgrade; an upgrade that merged
 * what both sides had made of it; a rollback that put back what the app had made of it.
 */
export type BlameOrigin = 'TEMPLATE' | 'LOCAL' | 'INSTALL' | 'RESOLUTION' | 'MERGE' | 'ROLLBACK';

/** What one event did to a place. */
export interface BlameEntry {
  /** Of the event. */
  readonly position: number;
  readonly action: BlameAction;
  readonly origin: BlameOrigin;
  /** What is there since; undefined where nothing is. */
  readonly value: Json | undefined;
  /** The release that gave the template this value, where it is the template's. */
  readonly release: Release | undefined;
  readonly installationId: InstallationId | undefined;
  readonly upgradeId: UpgradeId | undefined;
  /** What was chosen in the upgrade for this place, or for one above or below it. */
  readonly choice: Resolution['choice'] | undefined;
}

/** What is asked about. */
export interface Blamed extends Place {
  /** Oldest first. */
  readonly steps: readonly Step[];
  readonly templates: Templates;
}

interface Wanted {
  /** Older than this position. */
  readonly before?: number | undefined;
  readonly first: number;
  /** Only what changed the value. */
  readonly changesOnly?: boolean;
}

/** Steps whose contents are read at once. */
const BATCH = 16;

/** What happened to a place, newest first: what changed it, and upgrades that came to a decision about it. */
export function* entriesOf(blamed: Blamed, { before = Infinity, first, changesOnly = false }: Wanted): Asking<BlameEntry[]> {
  const steps = blamed.steps.filter((step) => step.position < before && mayTouch(step, blamed.path)).reverse();
  const entries: BlameEntry[] = [];
  for (let from = 0; from < steps.length; from += BATCH) {
    const batch = steps.slice(from, from + BATCH);
    const lookup = yield batch.flatMap(digestsOfStep);
    for (const step of batch) {
      const entry = entryOf(step, blamed, lookup);
      if (!entry || (changesOnly && entry.action !== 'SET' && entry.action !== 'REMOVED')) continue;
      entries.push(
        isOfTemplate(entry)
          ? { ...entry, release: yield* settingRelease(templateSide(step), step.templateComponentId, blamed, blamed.templates) }
          : entry,
      );
      if (entries.length === first) return entries;
    }
  }
  return entries;
}

/** Whether the step may have changed the place, by the paths that an edit tells. References are told in keys that may have changed since. */
function mayTouch({ event: { type, data } }: Step, path: Pointer): boolean {
  if (type !== 'ComponentChanged' && type !== 'AppChanged') return true;
  if (path.startsWith('/dependsOn') || path.startsWith('/extra')) return true;
  return [...data.set, ...data.unset].some((touched) => related(touched, path));
}

/** Whether one path is the other, or above it. */
function related(left: Pointer, right: Pointer): boolean {
  return left === right || left.startsWith(`${right}/`) || right.startsWith(`${left}/`);
}

function digestsOfStep({ before, after }: Step): Digest[] {
  return [...digestsOfStanding(before), ...digestsOfStanding(after)];
}

function entryOf(step: Step, place: Blamed, lookup: Parameters<typeof valueOf>[2]): BlameEntry | undefined {
  const { position, from, to, upgrade } = step;
  const value = valueOf(step.after, place, lookup);
  const changed = !jsonEqual(valueOf(step.before, place, lookup), value);
  const offered = templateValue(to, place, lookup);
  const isTemplates = jsonEqual(to && layerValue(to, place, lookup), offered);
  const choice = upgrade && choiceOf(step, place.path);
  const common = {
    position,
    value,
    release: undefined,
    installationId: (to ?? from)?.template?.installationId,
    upgradeId: upgrade?.upgradeId,
    choice,
  };
  if (changed) return { ...common, action: value === undefined ? 'REMOVED' : 'SET', origin: originOf(step, isTemplates, choice) };
  if (!upgrade || jsonEqual(templateValue(from, place, lookup), offered)) return undefined;
  if (isTemplates) return { ...common, action: 'CONVERGED', origin: 'TEMPLATE' };
  return { ...common, action: 'KEPT', origin: choice ? 'RESOLUTION' : 'LOCAL' };
}

function originOf({ event: { type }, upgrade }: Step, isTemplates: boolean, choice: BlameEntry['choice']): BlameOrigin {
  if (type === 'TemplateInstalled') return isTemplates ? 'TEMPLATE' : 'INSTALL';
  if (type !== 'ComponentUpgraded') return 'LOCAL';
  if (isTemplates) return 'TEMPLATE';
  if (choice) return 'RESOLUTION';
  return upgrade?.rollsBack ? 'ROLLBACK' : 'MERGE';
}

function isOfTemplate({ origin }: BlameEntry): boolean {
  return origin === 'TEMPLATE';
}

/** What the template has after the step: of a component that an upgrade took away nothing, at the version that it went to. */
function templateSide({ from, to, upgrade }: Step): Parameters<typeof settingRelease>[0] {
  if (to) return to;
  const template = from?.template && { ...from.template, version: upgrade?.toVersion ?? from.template.version };
  return { base: undefined, template };
}

/** The choice for the place itself or the nearest one above it, else for one below it. */
function choiceOf({ event: { data }, upgrade }: Step, path: Pointer): BlameEntry['choice'] {
  const names = new Set('key' in data ? [data.key, 'previousKey' in data ? data.previousKey : undefined] : []);
  const here = upgrade?.resolutions.filter((resolution) => names.has(resolution.componentKey) && related(resolution.path, path)) ?? [];
  const above = here.filter((resolution) => resolution.path.length <= path.length).sort((a, b) => b.path.length - a.path.length);
  return (above[0] ?? here[0])?.choice;
}
