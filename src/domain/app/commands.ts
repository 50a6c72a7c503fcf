import type { AppContent, Definition } from '../definition/definition.js';
import type { AppId, ComponentId, Digest, InstallationId, TemplateComponentId, TemplateId, UpgradeId } from '../ids.js';
import type { Manifest } from '../template/manifest.js';
import type { ConflictPolicy, Resolution, UpgradePlan } from '../upgrade/plan.js';
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
}

export interface UpgradeApp {
  readonly upgradeId: UpgradeId;
  readonly templateId: TemplateId;
  readonly templateRevision: number;
  readonly manifestDigest: Digest;
  readonly plan: UpgradePlan;
  /** Of a partial upgrade: what was asked for. */
  readonly chosen?: ReadonlySet<TemplateComponentId> | undefined;
  readonly policy: ConflictPolicy;
  readonly resolutions: readonly Resolution[];
  readonly planFingerprint?: string | undefined;
  readonly acceptDataLoss: boolean;
  readonly reason?: string | undefined;
  readonly lease: Lease;
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
