import type { Pointer } from '../pointer.js';
import type { FieldPlan, PlanProblem, UpgradePlan } from '../upgrade/plan.js';

/**
 * What a release would mean for an install: upgrading it as it is would succeed (CLEAN), or succeed and change nothing that it runs (UNCHANGED);
 * it would need choices (CONFLICTS); it would be refused whatever is chosen for its conflicts, for a problem of the plan or for data that would
 * be lost, or while another upgrade is under way (BLOCKED); or the version would be none that it can move to (NOT_OFFERED).
 */
export type RehearsalOutcome = 'CLEAN' | 'UNCHANGED' | 'CONFLICTS' | 'BLOCKED' | 'NOT_OFFERED';

export type BlockingCode = PlanProblem['code'] | 'DATA_LOSS' | 'UPGRADE_RUNNING';

/** A place that somebody would have to look at, named as the plan of that install shows it. */
export interface RehearsalPlace {
  readonly componentKey: string;
  readonly path: Pointer;
  /** Why: a conflict, or the code of what blocks. */
  readonly code: 'CONFLICT' | BlockingCode;
}

export interface Judgement {
  readonly outcome: RehearsalOutcome;
  /** How many of each the plan has. */
  readonly conflicts: number;
  readonly problems: number;
  readonly losses: number;
  /** The first few of them: what blocks, then conflicts. */
  readonly places: readonly RehearsalPlace[];
}

const PLACES = 5;

export const NOT_OFFERED: Judgement = { outcome: 'NOT_OFFERED', conflicts: 0, problems: 0, losses: 0, places: [] };

/** An install of which an integration carries out another upgrade: no plan is made for it until that is over. */
export const UNDER_WAY: Judgement = {
  outcome: 'BLOCKED',
  conflicts: 0,
  problems: 1,
  losses: 0,
  places: [{ componentKey: '', path: '', code: 'UPGRADE_RUNNING' }],
};

/** Judges a plan that was made without any choice. */
export function judge(plan: UpgradePlan): Judgement {
  const { conflicts, problems } = plan;
  const losses = lossesOf(plan);
  const places = [
    ...problems.map(({ componentKey, path, code }) => ({ componentKey, path, code })),
    ...losses.map(({ componentKey, path }) => ({ componentKey, path, code: 'DATA_LOSS' as const })),
    ...conflicts.map(({ componentKey, path }) => ({ componentKey, path, code: 'CONFLICT' as const })),
  ];
  return {
    outcome: outcomeOf(plan, losses),
    conflicts: conflicts.length,
    problems: problems.length,
    losses: losses.length,
    places: places.slice(0, PLACES),
  };
}

function outcomeOf(plan: UpgradePlan, losses: readonly FieldPlan[]): RehearsalOutcome {
  if (plan.problems.length > 0 || losses.length > 0) return 'BLOCKED';
  if (plan.conflicts.length > 0) return 'CONFLICTS';
  return fieldsOf(plan).every(staysAsItIs) ? 'UNCHANGED' : 'CLEAN';
}

/** The places whose data an upgrade loses, for which it wants an explicit yes. */
export function lossesOf(plan: UpgradePlan): FieldPlan[] {
  return plan.components.flatMap(({ fields }) => fields).filter(({ risk }) => risk?.code === 'DATA_LOSS');
}

function fieldsOf({ components, followers, appFields }: UpgradePlan): FieldPlan[] {
  return [...components.flatMap(({ fields }) => fields), ...followers.flatMap(({ fields }) => fields), ...appFields];
}

function staysAsItIs({ outcome }: FieldPlan): boolean {
  return outcome === 'KEEP_LOCAL' || outcome === 'CONVERGED';
}
