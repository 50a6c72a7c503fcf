import type { AppContent, Definition } from '../definition/definition.js';
import type { Patch } from '../definition/patch.js';
import type { AppId, ComponentId, Digest, InstallationId, TemplateComponentId, TemplateId, UpgradeId } from '../ids.js';
import type { Manifest } from '../template/manifest.js';
import type { ConflictPolicy, Resolution, UpgradePlan } from '../upgrade/plan.js';
import type { Undoing } from '../upgrade/undoing.js';
import type { Version } from '../version.js';
import type { Edit } from './edit.js';
import type { UpgradeTarget } from './events.js';

export interface CreateApp {
  readonly appId: AppId;
  readonly name: string;
  readonly team: string;
  readonly target?: UpgradeTarget | undefined;
}

export interface ChangeApp {
  readonly name?: string | undefined;
  readonly target?: UpgradeTarget | undefined;
  /** Edits the app-level content of this installation; the app's own where it is not given. */
  readonly installationId?: InstallationId | undefined;
  readonly edit: Edit;
}

export interface AddComponent {
  readonly componentId: ComponentId;
  readonly definition: Definition;
}

export interface UpdateComponent {
  readonly componentId: ComponentId;
  readonly edit: Edit;
}

/** Brings the app's own components, and its own app-level content, to what is given. */
export interface ReplaceComponents {
  readonly components: readonly Definition[];
  readonly content: AppContent;
  /** Old key to new key, of components that were renamed. */
  readonly renames: ReadonlyMap<string, string>;
  /** An id for each component, by key, used where it is new. */
  readonly freshIds: ReadonlyMap<string, ComponentId>;
}

export interface InstallTemplate {
  readonly installationId: InstallationId;
  readonly templateId: TemplateId;
  readonly templateRevision: number;
  readonly version: string;
  readonly manifest: Manifest;
  readonly manifestDigest: Digest;
  /** Template key to key in the app, of components whose key is taken. */
  readonly keys: ReadonlyMap<string, string>;
  /** Local patches of values that were given, by component. */
  readonly patches?: ReadonlyMap<TemplateComponentId, Patch>;
}

export interface UninstallTemplate {
  readonly installationId: InstallationId;
  readonly acceptDataLoss: boolean;
}

/** What an upgrade and a rollback have in common. */
export interface ApplyPlan {
  readonly upgradeId: UpgradeId;
  readonly templateId: TemplateId;
  readonly templateRevision: number;
  /** Of the version that the installation then stands at. */
  readonly manifestDigest: Digest;
  readonly plan: UpgradePlan;
  readonly policy: ConflictPolicy;
  readonly resolutions: readonly Resolution[];
  readonly planFingerprint?: string | undefined;
  readonly acceptDataLoss: boolean;
  readonly reason?: string | undefined;
}

/** How long an integration that carries out an upgrade may be silent. */
export interface Lease {
  /** ISO 8601, UTC. */
  readonly now: string;
  /** `DEFAULT_LEASE_SECONDS` where it is not given. */
  readonly seconds?: number | undefined;
}

/** Reports, retries and settles name the upgrade. */
interface ToUpgrade {
  readonly upgradeId: UpgradeId;
}

export interface ReportComponentUpgrade extends ToUpgrade {
  readonly componentId: ComponentId;
  readonly state: 'RUNNING' | 'COMPLETED' | 'FAILED';
  readonly message?: string | undefined;
  /** ISO 8601, UTC. */
  readonly now: string;
}

export interface RetryUpgrade extends ToUpgrade {
  readonly lease: Lease;
  readonly reason?: string | undefined;
}

export interface SettleUpgrade extends ToUpgrade {
  /** Of the components that are not named. */
  readonly outcome?: 'COMPLETED' | 'FAILED' | undefined;
  readonly components: ReadonlyMap<ComponentId, 'COMPLETED' | 'FAILED'>;
  readonly reason?: string | undefined;
}

export interface UpgradeApp extends ApplyPlan {
  readonly lease: Lease;
  /** Of a partial upgrade: what was asked for. */
  readonly chosen?: ReadonlySet<TemplateComponentId> | undefined;
}

export interface RollBackUpgrade extends ApplyPlan {
  /** The upgrade that was asked to be undone. */
  readonly rollsBack: UpgradeId;
  readonly undoing: Undoing;
  /** Where a partial upgrade was under way before that upgrade. */
  readonly pendingVersion: string | undefined;
}

export interface ReleaseHold {
  readonly installationId: InstallationId;
  /** In any spelling. */
  readonly version: Version;
  readonly reason?: string | undefined;
}
