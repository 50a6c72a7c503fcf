import type { Change } from '../app/change-definition.js';
import type { RiskCode } from '../compare/risk.js';
import type { Patch } from '../definition/patch.js';
import type { ComponentId, Digest, InstallationId, TemplateComponentId } from '../ids.js';
import type { Json } from '../json.js';
import type { FieldMerge } from '../merge/merge-trees.js';
import type { Pointer } from '../pointer.js';

/** The computed three-way result of moving an installation to a version. */
export interface UpgradePlan {
  readonly installationId: InstallationId;
  readonly fromVersion: string;
  readonly toVersion: string;
  /** Hash of base, local, target and choices: equal exactly where the plan would be the same. */
  readonly fingerprint: Digest;
  readonly components: readonly ComponentPlan[];
  /** Components outside the installation that take over new keys of its components. */
  readonly followers: readonly FollowerPlan[];
  /** Of the app-level content. */
  readonly appFields: readonly FieldPlan[];
  /** Undefined where a partial plan leaves it as it is. */
  readonly appContentPatch: PatchChange | undefined;
  /** What is left to do afterwards. Nothing where the installation comes to stand at the version as a whole. */
  readonly pending: readonly PendingComponent[];
  /** Those of `components` and `appFields` that nobody settled. */
  readonly conflicts: readonly FieldPlan[];
  readonly problems: readonly PlanProblem[];
}

export type PlanAction = 'ADD' | 'UPDATE' | 'REMOVE' | 'KEEP' | 'EXCLUDED';

export interface ComponentPlan {
  /** The component at the install; undefined for one that is excluded. */
  readonly componentId: ComponentId | undefined;
  readonly templateComponentId: TemplateComponentId;
  /** The key it will have, or had where it goes; unique within the plan. */
  readonly key: string;
  readonly action: PlanAction;
  readonly fields: readonly FieldPlan[];
  /** What it comes to, for the event; undefined where the component is left as it is. */
  readonly change: ComponentChange | undefined;
}

/** What a partial upgrade has left to do. */
export interface PendingComponent {
  /** Undefined where it is to be added. */
  readonly componentId: ComponentId | undefined;
  readonly templateComponentId: TemplateComponentId;
  readonly key: string;
  readonly action: 'ADD' | 'UPDATE' | 'REMOVE';
  /** Label of the version that it stands at; undefined where it is to be added. */
  readonly fromVersion: string | undefined;
  readonly toVersion: string;
}

/** What an upgrade makes of a component: it stands on `base` with `basePatch`, and will stand on `target` with `targetPatch`. */
export interface ComponentChange {
  readonly key: string;
  readonly previousKey: string | undefined;
  readonly base: Digest | undefined;
  readonly basePatch: Digest | undefined;
  readonly target: Digest | undefined;
  readonly targetPatch: Patch | undefined;
  /** Label of the version that it will stand at, or that removes it. */
  readonly version: string | undefined;
  /** Whether it stays though its version of the template does not have it. */
  readonly kept: boolean;
  /** Whether what it will stand on is the app's own content. */
  readonly mapped: boolean;
  /** Whether what it stands on is the app's own content, so that it was merged with nothing in common. */
  readonly unrelated: boolean;
  /** Whether it goes since the install did without it. */
  readonly excluded: boolean;
}

/** A component outside the installation that depends on one which gets another key: it is changed with it, as when a key is edited. */
export interface FollowerPlan {
  readonly componentId: ComponentId;
  readonly key: string;
  readonly fields: readonly FieldPlan[];
  readonly change: Change;
}

export interface PatchChange {
  readonly before: Digest | undefined;
  readonly after: Patch | undefined;
}

export interface FieldPlan extends FieldMerge {
  /** Empty for app-level content. */
  readonly componentKey: string;
  readonly risk?: { readonly code: RiskCode; readonly message: string };
}

/** What makes a plan inapplicable besides conflicts. What was wrong with the app before is none: a plan does not answer for it. */
export interface PlanProblem {
  readonly code: 'DEPENDENCY_MISSING' | 'KEY_TAKEN';
  readonly message: string;
  readonly componentKey: string;
  readonly path: Pointer;
  /** Of a key that is taken. */
  readonly clash?: KeyClash;
}

export interface KeyClash {
  /** A key that is free. */
  readonly proposal: string;
  /** Keys of components that depend on it by the key that is taken: they follow to the other one. */
  readonly dependants: readonly string[];
  /** Texts that name it by the key that is taken: they do not follow. */
  readonly namedBy: readonly { readonly componentKey: string; readonly path: Pointer }[];
}

export type ConflictPolicy = 'ASK' | 'PREFER_LOCAL' | 'PREFER_TEMPLATE';

/** Settles one place of a plan, named as the plan shows it. */
export interface Resolution {
  readonly componentKey: string;
  readonly path: Pointer;
  readonly choice: 'LOCAL' | 'TEMPLATE' | 'VALUE';
  /** With VALUE only. */
  readonly value?: Json | undefined;
}
