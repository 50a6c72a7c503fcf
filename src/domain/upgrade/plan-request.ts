import type { AppView, Installation } from '../app/state.js';
import type { AppContent } from '../definition/definition.js';
import type { TemplateComponentId, UpgradeId } from '../ids.js';
import type { Ancestors } from './cases.js';
import type { ConflictPolicy, Resolution } from './plan.js';
import type { Target } from './target.js';

/** What a plan is made for. */
export interface PlanRequest {
  readonly view: AppView;
  readonly installation: Installation;
  readonly target: Target;
  /** Only these components are moved, and what they newly need; all of them where it is not given. */
  readonly chosen?: ReadonlySet<TemplateComponentId> | undefined;
  readonly resolutions: readonly Resolution[];
  readonly policy: ConflictPolicy;
  readonly rollsBack?: RollsBack | undefined;
}

/** The upgrade that a rollback undoes, and the state that local changes since then are told against: as it is now, without these changes. */
export interface RollsBack {
  readonly upgradeId: UpgradeId;
  readonly components: Ancestors;
  readonly content: AppContent;
}
