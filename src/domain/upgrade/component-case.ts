import type { InstalledComponent } from '../app/state.js';
import type { ContentLookup } from '../definition/content.js';
import type { Definition } from '../definition/definition.js';
import type { Digest, TemplateComponentId } from '../ids.js';
import type { PlanChoices } from './choices.js';
import type { Keyspaces } from './keyspaces.js';
import type { ComponentPlan } from './plan.js';
import type { Absence, Standing, Target } from './target.js';

/** One component as the three sides have it. */
export interface ComponentCase {
  /** The key that the plan shows where no resolution changes it, unique within the plan. */
  readonly name: string;
  readonly templateComponentId: TemplateComponentId;
  readonly local: InstalledComponent | undefined;
  readonly target: Standing | undefined;
  /** Whether the install deleted it. */
  readonly excluded: boolean;
  /** How it is absent now, where it is. */
  readonly absent: Absence | undefined;
  /** Of one that is excluded: what the current version has. */
  readonly current: Digest | undefined;
  /** What local changes are told against where it is not what the component stands on: of a rollback. In the keys that `local` is written in. */
  readonly ancestor: Definition | undefined;
}

export interface PlanContext {
  readonly target: Target;
  /** Label of the version that the installation stands at. */
  readonly current: string;
  /** Label of the version in whose keys components that are kept against the template are written afterwards. */
  readonly keptIn: string;
  readonly keyspaces: Keyspaces;
  readonly choices: PlanChoices;
  readonly lookup: ContentLookup;
}

/** A component's plan, with what the checks of the plan as a whole need to know of the result. */
export interface PlannedComponent {
  readonly plan: ComponentPlan;
  /** The component as it is at the install. */
  readonly local: InstalledComponent | undefined;
  /** As it is in the app afterwards; undefined where it is not there. */
  readonly after: PlannedStanding | undefined;
  /** What it could not be without before, in the keys that `local` is written in. */
  readonly needed: readonly string[];
}

export interface PlannedStanding {
  /** Key in the app. */
  readonly key: string;
  /** Key in the version that it stands at. */
  readonly templateKey: string;
  /** Label of the version in whose keys its references are written. */
  readonly keyspace: string;
  /** What it cannot be without, in these keys. */
  readonly needs: readonly string[];
  /** Of these, what it was without in the past that a rollback goes back to. */
  readonly lacked?: readonly string[];
  /** Where its contents were read: they are for what a plan changes, and for all where a key changes. */
  readonly definition: () => Definition;
}

export function identityOf(each: ComponentCase): Pick<ComponentPlan, 'componentId' | 'templateComponentId' | 'key'> {
  return { componentId: each.local?.componentId, templateComponentId: each.templateComponentId, key: each.name };
}

/** Of what a component needs, what it was without in the past that a rollback goes back to. */
export function lackedOf({ templateComponentId }: Standing, needs: readonly string[], { target }: Pick<PlanContext, 'target'>): string[] {
  return needs.filter((need) => target.lacked(templateComponentId, need));
}

/** A component that has both an install's side and a target's, or one of them: whichever a planner is for. */
export type CaseWith<Side extends 'local' | 'target'> = ComponentCase & { readonly [S in Side]: NonNullable<ComponentCase[S]> };

export function has<Side extends 'local' | 'target'>(each: ComponentCase, side: Side): each is CaseWith<Side> {
  return each[side] !== undefined;
}
