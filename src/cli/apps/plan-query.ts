import type { ApiCaller } from '../api/caller.js';

type MergeSide = 'BASE' | 'LOCAL' | 'TARGET' | 'RESULT';

export interface HunkLines {
  readonly start: number;
  readonly lines: readonly string[];
}

export interface FieldPlan {
  readonly componentKey: string;
  readonly path: string;
  readonly outcome: 'CONFLICT' | 'CONVERGED' | 'KEEP_LOCAL' | 'MERGED' | 'RESOLVED' | 'TAKE_TEMPLATE';
  readonly presentIn: readonly MergeSide[];
  readonly secret: boolean;
  readonly base: unknown;
  readonly local: unknown;
  readonly target: unknown;
  readonly result: unknown;
  readonly risk: { readonly code: string; readonly message: string } | null;
  readonly hunks: readonly { readonly base: HunkLines; readonly local: HunkLines; readonly target: HunkLines }[] | null;
}

export interface ComponentPlan {
  readonly componentId: string | null;
  readonly templateComponentId: string | null;
  readonly key: string;
  readonly action: 'ADD' | 'EXCLUDED' | 'KEEP' | 'REMOVE' | 'UPDATE';
  readonly fields: readonly FieldPlan[];
}

/** A plan as the API has it: what `plan --json` prints. */
export interface Plan {
  readonly appId: string;
  readonly installationId: string;
  readonly fromVersion: string;
  readonly toVersion: string;
  readonly fingerprint: string;
  readonly applicable: boolean;
  readonly components: readonly ComponentPlan[];
  readonly appFields: readonly FieldPlan[];
  readonly conflicts: readonly FieldPlan[];
  readonly problems: readonly {
    readonly code: string;
    readonly componentKey: string | null;
    readonly path: string | null;
    readonly message: string;
    readonly proposal: string | null;
  }[];
  readonly risks: readonly { readonly code: string; readonly message: string }[];
  readonly notes: readonly { readonly version: string; readonly notes: string | null }[];
  readonly pending: readonly {
    readonly key: string;
    readonly action: string;
    readonly fromVersion: string | null;
    readonly toVersion: string;
  }[];
}

export interface Choices {
  readonly policy: 'ASK' | 'PREFER_LOCAL' | 'PREFER_TEMPLATE';
  readonly resolutions: readonly Resolution[];
}

export interface Resolution {
  readonly componentKey: string;
  readonly path: string;
  readonly choice: 'LOCAL' | 'TEMPLATE' | 'VALUE';
  readonly value?: unknown;
}

const HUNK = '{ start lines }';
const FIELD = `{
  componentKey path outcome presentIn secret base local target result risk { code message }
  hunks { base ${HUNK} local ${HUNK} target ${HUNK} }
}`;
const PLAN = `{
  appId installationId fromVersion toVersion fingerprint applicable
  components { componentId templateComponentId key action fields ${FIELD} }
  appFields ${FIELD}
  conflicts ${FIELD}
  problems { code componentKey path message proposal }
  risks { code message }
  notes { version notes }
  pending { key action fromVersion toVersion }
}`;

export const UPGRADE_PLAN = `query ($appId: ID!, $installationId: ID, $toVersion: String!, $components: [ID!], $policy: ConflictPolicy, $resolutions: [ResolutionInput!]) {
  plan: upgradePlan(appId: $appId, installationId: $installationId, toVersion: $toVersion, components: $components, policy: $policy, resolutions: $resolutions) ${PLAN}
}`;
export const ROLLBACK_PLAN = `query ($appId: ID!, $upgradeId: ID!, $policy: ConflictPolicy, $resolutions: [ResolutionInput!]) {
  plan: rollbackPlan(appId: $appId, upgradeId: $upgradeId, policy: $policy, resolutions: $resolutions) ${PLAN}
}`;

/** What a plan is asked for by, beside the choices. */
export type PlanRequest =
  | {
      readonly kind: 'upgrade';
      readonly appId: string;
      readonly installationId: string;
      readonly toVersion: string;
      readonly components?: readonly string[] | undefined;
    }
  | { readonly kind: 'rollback'; readonly appId: string; readonly upgradeId: string };

export async function askPlan(caller: ApiCaller, { kind, ...request }: PlanRequest, choices: Choices): Promise<Plan> {
  const { plan } = await caller.ask<{ plan: Plan }>(kind === 'upgrade' ? UPGRADE_PLAN : ROLLBACK_PLAN, { ...request, ...choices });
  return plan;
}
