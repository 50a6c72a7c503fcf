/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type ActorKind =
  | 'ANONYMOUS'
  | 'SERVICE'
  | 'USER';

export type ChangeKind =
  | 'ADDED'
  | 'CHANGED'
  | 'REMOVED'
  | 'RENAMED'
  | 'UNCHANGED';

export type ComponentOutcomeInput = {
  componentId: string;
  outcome: SettledState;
};

/** The same without key required; a key renames. */
export type ComponentPatchInput = {
  command?: Array<string> | null | undefined;
  configFiles?: Array<ConfigFileInput> | null | undefined;
  dependsOn?: Array<DependencyInput> | null | undefined;
  entrypoint?: Array<string> | null | undefined;
  env?: Array<EnvVarInput> | null | undefined;
  extra?: unknown;
  image?: string | null | undefined;
  key?: string | null | undefined;
  labels?: Array<LabelInput> | null | undefined;
  ports?: Array<PortInput> | null | undefined;
  probes?: Array<ProbeInput> | null | undefined;
  replicas?: number | null | undefined;
  resources?: ResourcesInput | null | undefined;
  title?: string | null | undefined;
  volumes?: Array<VolumeInput> | null | undefined;
};

/** The first file is the project; others are overlays (overlay: true), in order, or files that these name (include, extends, env_file, configs, bind-mounted files). name is a path; what a file names is found relative to that file, what an overlay names relative to the project. env is the text of a .env file. */
export type ComposeFileInput = {
  content: string;
  name?: string | null | undefined;
  overlay?: boolean | null | undefined;
};

export type ConfigFileInput = {
  content?: string | null | undefined;
  mode?: string | null | undefined;
  path: string;
  /** Its content is encrypted and never shown. Stays until it is said to be false. */
  secret?: boolean | null | undefined;
};

export type ConflictPolicy =
  | 'ASK'
  | 'PREFER_LOCAL'
  | 'PREFER_TEMPLATE';

export type CreateAppInput = {
  /** Chosen by the client: the same command with the same id again has one effect, and the same answer. */
  commandId?: string | null | undefined;
  name: string;
  /** Who carries out upgrades. RECORD: they are done once they are recorded. EXTERNAL: an integration does them, and reports each component by reportComponentUpgrade. RECORD where it is not given. */
  target?: UpgradeTarget | null | undefined;
  team?: string | null | undefined;
};

export type DependencyInput = {
  componentKey: string;
  condition?: string | null | undefined;
};

/** A variable has a value, or is left open, or is secret (value encrypted, never shown), or is generated at install (one value for all that name the same generateGroup). secret and generate stay until they are said to be false; a value for a secret or generated variable is encrypted. */
export type EnvVarInput = {
  description?: string | null | undefined;
  generate?: boolean | null | undefined;
  generateGroup?: string | null | undefined;
  name: string;
  secret?: boolean | null | undefined;
  value?: string | null | undefined;
};

export type EventStart =
  | 'BEGINNING'
  | 'NOW';

export type HistoryFilter = {
  actorId?: string | null | undefined;
  appId?: string | null | undefined;
  from?: string | null | undefined;
  templateId?: string | null | undefined;
  to?: string | null | undefined;
  types?: Array<string> | null | undefined;
};

export type HttpProbeInput = {
  path: string;
  port: number;
  scheme?: string | null | undefined;
};

export type IdentityInput = {
  componentId: string;
  templateComponentId: string;
};

export type ImportComposeInput = {
  appId: string;
  /** Chosen by the client: the same command with the same id again has one effect, and the same answer. */
  commandId?: string | null | undefined;
  dryRun?: boolean | null | undefined;
  env?: string | null | undefined;
  expectedRevision?: number | null | undefined;
  files: Array<ComposeFileInput>;
  profiles?: Array<string> | null | undefined;
  renames?: Array<RenameInput> | null | undefined;
};

/** values: for variables that the template leaves open (openValues of the version); those that are missing are told by missingValues. keys: other keys for components whose key is taken. */
export type InstallTemplateInput = {
  appId?: string | null | undefined;
  appName?: string | null | undefined;
  /** Chosen by the client: the same command with the same id again has one effect, and the same answer. */
  commandId?: string | null | undefined;
  keys?: Array<RenameInput> | null | undefined;
  /** Of a new app. Who carries out upgrades. RECORD: they are done once they are recorded. EXTERNAL: an integration does them, and reports each component by reportComponentUpgrade. RECORD where it is not given. */
  target?: UpgradeTarget | null | undefined;
  team?: string | null | undefined;
  templateId: string;
  values?: Array<InstallValueInput> | null | undefined;
  version?: string | null | undefined;
};

/** componentKey as the template has it; name is that of a variable, or the path of a config file. The value of a secret or generated one is encrypted. */
export type InstallValueInput = {
  componentKey: string;
  name: string;
  value: string;
};

export type LabelInput = {
  key: string;
  value: string;
};

export type MergeOutcome =
  | 'CONFLICT'
  | 'CONVERGED'
  | 'KEEP_LOCAL'
  | 'MERGED'
  | 'RESOLVED'
  | 'TAKE_TEMPLATE';

export type PlanAction =
  | 'ADD'
  | 'EXCLUDED'
  | 'KEEP'
  | 'REMOVE'
  | 'UPDATE';

export type PortInput = {
  alias?: string | null | undefined;
  appProtocol?: string | null | undefined;
  containerPort: number;
  exposed?: boolean | null | undefined;
  protocol?: PortProtocol | null | undefined;
  published?: Array<PublishedPortInput> | null | undefined;
};

export type PortProtocol =
  | 'SCTP'
  | 'TCP'
  | 'UDP';

export type ProbeInput = {
  exec?: Array<string> | null | undefined;
  http?: HttpProbeInput | null | undefined;
  intervalSeconds?: number | null | undefined;
  kind: ProbeKind;
  retries?: number | null | undefined;
  startPeriodSeconds?: number | null | undefined;
  tcpPort?: number | null | undefined;
  timeoutSeconds?: number | null | undefined;
};

export type ProbeKind =
  | 'LIVENESS'
  | 'READINESS'
  | 'STARTUP';

/** components: only these are taken from the app, the others carried over. identities: which source component is which template component, where id and key do not say. */
export type PublishTemplateInput = {
  alias?: string | null | undefined;
  appId: string;
  /** Publishes on a maintenance line: the differences are against this version, and the new one must be larger than it and not taken. */
  basedOn?: string | null | undefined;
  /** Chosen by the client: the same command with the same id again has one effect, and the same answer. */
  commandId?: string | null | undefined;
  /** Of the app. All else, app-level content too, is then as in the version before. */
  components?: Array<string> | null | undefined;
  expectedRevision?: number | null | undefined;
  identities?: Array<IdentityInput> | null | undefined;
  name?: string | null | undefined;
  notes?: string | null | undefined;
  templateId?: string | null | undefined;
  /** From which versions this one can be upgraded to, such as ">=1.4 <2 || 3.0"; from every smaller one where it is not given. */
  upgradeFrom?: string | null | undefined;
  version: string;
  /** Of a new template: who reads it beside its team. TEAM where it is not given. */
  visibility?: TemplateVisibility | null | undefined;
};

export type PublishedPortInput = {
  hostIp?: string | null | undefined;
  port: number;
};

export type ReleaseState =
  | 'CANCELLED'
  | 'FAILED'
  | 'PUBLISHED'
  | 'SYNCING';

export type RenameInput = {
  from: string;
  to: string;
};

export type ReportComponentUpgradeInput = {
  appId: string;
  /** Chosen by the client: the same command with the same id again has one effect, and the same answer. */
  commandId?: string | null | undefined;
  /** As the upgrade's record has it. */
  componentId: string;
  message?: string | null | undefined;
  /** RUNNING: still at it, which keeps the upgrade from becoming UNKNOWN. */
  state: ReportedState;
  upgradeId: string;
};

export type ReportedState =
  | 'COMPLETED'
  | 'FAILED'
  | 'RUNNING';

export type ResolutionChoice =
  | 'LOCAL'
  | 'TEMPLATE'
  | 'VALUE';

/** componentKey and path as the plan shows them. */
export type ResolutionInput = {
  choice: ResolutionChoice;
  componentKey: string;
  path: string;
  value?: unknown;
};

export type ResourcesInput = {
  cpu?: string | null | undefined;
  memory?: string | null | undefined;
};

export type RetryUpgradeInput = {
  appId: string;
  /** Chosen by the client: the same command with the same id again has one effect, and the same answer. */
  commandId?: string | null | undefined;
  expectedRevision?: number | null | undefined;
  /** That of before where it is not given. */
  leaseSeconds?: number | null | undefined;
  reason?: string | null | undefined;
  upgradeId: string;
};

/** upgradeId: the upgrade, or rollback, to undo, with those after it. */
export type RollbackUpgradeInput = {
  acceptDataLoss?: boolean | null | undefined;
  appId: string;
  /** Chosen by the client: the same command with the same id again has one effect, and the same answer. */
  commandId?: string | null | undefined;
  expectedRevision?: number | null | undefined;
  planFingerprint?: string | null | undefined;
  policy?: ConflictPolicy | null | undefined;
  reason?: string | null | undefined;
  resolutions?: Array<ResolutionInput> | null | undefined;
  upgradeId: string;
};

/** outcome: of the components that were not reported and that components does not name. */
export type SettleUpgradeInput = {
  appId: string;
  /** Chosen by the client: the same command with the same id again has one effect, and the same answer. */
  commandId?: string | null | undefined;
  components?: Array<ComponentOutcomeInput> | null | undefined;
  expectedRevision?: number | null | undefined;
  outcome?: SettledState | null | undefined;
  reason?: string | null | undefined;
  upgradeId: string;
};

export type SettledState =
  | 'COMPLETED'
  | 'FAILED';

export type SyncState =
  | 'FAILED'
  | 'PENDING'
  | 'SYNCED'
  | 'SYNCING';

export type TemplateVisibility =
  | 'PUBLIC'
  | 'TEAM';

/** Renames an app, says who carries out its upgrades, or edits app-level content: the app's own, or with installationId that of an install. Objects are merged by key. */
export type UpdateAppInput = {
  appId: string;
  /** Chosen by the client: the same command with the same id again has one effect, and the same answer. */
  commandId?: string | null | undefined;
  expectedRevision?: number | null | undefined;
  extra?: unknown;
  installationId?: string | null | undefined;
  name?: string | null | undefined;
  /** Who carries out upgrades. RECORD: they are done once they are recorded. EXTERNAL: an integration does them, and reports each component by reportComponentUpgrade. Upgrades that are under way go on as they started. */
  target?: UpgradeTarget | null | undefined;
  /** JSON Pointers, such as /extra/networks/backend. */
  unset?: Array<string> | null | undefined;
};

export type UpdateComponentInput = {
  appId: string;
  /** Chosen by the client: the same command with the same id again has one effect, and the same answer. */
  commandId?: string | null | undefined;
  componentId: string;
  expectedRevision?: number | null | undefined;
  set?: ComponentPatchInput | null | undefined;
  /** JSON Pointers (RFC 6901), such as /env/NAME. */
  unset?: Array<string> | null | undefined;
};

export type UpgradeAppInput = {
  acceptDataLoss?: boolean | null | undefined;
  /** Makes every hop of upgradePath, each an upgrade of its own with the same policy, where the version is behind stops. A hop that is refused ends it; the hops before it stay (extensions.upgradeIds), and the same command again goes on from there. */
  alongPath?: boolean | null | undefined;
  appId: string;
  /** Chosen by the client: the same command with the same id again has one effect, and the same answer. */
  commandId?: string | null | undefined;
  /** Only these components, by their id or for what is to be added by templateComponentId; what they newly need comes along. All where not given. */
  components?: Array<string> | null | undefined;
  expectedRevision?: number | null | undefined;
  installationId?: string | null | undefined;
  /** Of an app whose target is EXTERNAL: how long the integration may be silent before the outcome is UNKNOWN, 10 to 86400 seconds; 900 where it is not given. Each report begins it anew. */
  leaseSeconds?: number | null | undefined;
  planFingerprint?: string | null | undefined;
  policy?: ConflictPolicy | null | undefined;
  reason?: string | null | undefined;
  resolutions?: Array<ResolutionInput> | null | undefined;
  toVersion: string;
};

export type UpgradeKind =
  | 'ROLLBACK'
  | 'UPGRADE';

export type UpgradeState =
  | 'COMPLETED'
  | 'FAILED'
  | 'PARTLY_COMPLETED'
  | 'ROLLED_BACK'
  | 'RUNNING'
  | 'UNKNOWN';

export type UpgradeTarget =
  | 'EXTERNAL'
  | 'RECORD';

export type VolumeInput = {
  kind?: VolumeKind | null | undefined;
  mountPath: string;
  name?: string | null | undefined;
  readOnly?: boolean | null | undefined;
  size?: string | null | undefined;
  source?: string | null | undefined;
};

export type VolumeKind =
  | 'BIND'
  | 'EPHEMERAL'
  | 'PERSISTENT'
  | 'SHARED';

export type AppsQueryVariables = Exact<{
  search?: string | null | undefined;
  team?: string | null | undefined;
  templateId?: string | null | undefined;
  version?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type AppsQuery = { apps: { totalCount: number, edges: Array<{ node: { id: string, name: string, team: string, revision: number } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type AppQueryVariables = Exact<{
  id: string;
}>;


export type AppQuery = { app: { id: string, name: string, team: string, revision: number, target: UpgradeTarget, components: Array<{ id: string, key: string, image: string | null, replicas: number, templateVersion: string | null }>, installations: Array<{ id: string, currentVersion: string, template: { id: string, name: string }, upgradableVersions: Array<{ version: string }> }> } | null };

export type DesiredStateQueryVariables = Exact<{
  appId: string;
}>;


export type DesiredStateQuery = { desiredState: { digest: string, revision: number, position: string, compose: string } };

export type CreateAppMutationVariables = Exact<{
  input: CreateAppInput;
}>;


export type CreateAppMutation = { createApp: { position: string, app: { id: string, name: string, team: string, revision: number } } };

export type UpdateAppMutationVariables = Exact<{
  input: UpdateAppInput;
}>;


export type UpdateAppMutation = { updateApp: { position: string, app: { id: string, name: string, team: string, revision: number } } };

export type ImportComposeMutationVariables = Exact<{
  input: ImportComposeInput;
}>;


export type ImportComposeMutation = { importCompose: { position: string, changes: Array<{ key: string, change: ChangeKind }>, warnings: Array<{ code: string, message: string }> } };

export type UpdateComponentMutationVariables = Exact<{
  input: UpdateComponentInput;
}>;


export type UpdateComponentMutation = { updateComponent: { position: string, component: { id: string, key: string, localChanges: Array<{ path: string, before: unknown, after: unknown }> } } };

export type EventFieldsFragment = { id: string, position: string, stream: string, revision: number, type: string, schemaVersion: number, occurredAt: string, recordedAt: string, commandId: string | null, correlationId: string | null, causationId: string | null, data: unknown, actor: { id: string, kind: ActorKind } };

export type EventsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
  from?: EventStart | null | undefined;
  types?: Array<string> | string | null | undefined;
  appId?: string | null | undefined;
  templateId?: string | null | undefined;
}>;


export type EventsSubscription = { events: { position: string, caughtUp: boolean, event: { id: string, position: string, stream: string, revision: number, type: string, schemaVersion: number, occurredAt: string, recordedAt: string, commandId: string | null, correlationId: string | null, causationId: string | null, data: unknown, actor: { id: string, kind: ActorKind } } | null } };

export type UpgradeEventsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
  from?: EventStart | null | undefined;
  appId?: string | null | undefined;
  templateId?: string | null | undefined;
}>;


export type UpgradeEventsSubscription = { upgradeEvents: { position: string, caughtUp: boolean, event: { id: string, position: string, stream: string, revision: number, type: string, schemaVersion: number, occurredAt: string, recordedAt: string, commandId: string | null, correlationId: string | null, causationId: string | null, data: unknown, actor: { id: string, kind: ActorKind } } | null } };

export type HistoryQueryVariables = Exact<{
  filter?: HistoryFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type HistoryQuery = { history: { edges: Array<{ cursor: string, node: { id: string, position: string, stream: string, revision: number, type: string, schemaVersion: number, occurredAt: string, recordedAt: string, commandId: string | null, correlationId: string | null, causationId: string | null, data: unknown, actor: { id: string, kind: ActorKind } } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type LogPositionQueryVariables = Exact<{ [key: string]: never; }>;


export type LogPositionQuery = { position: string };

export type TemplatesQueryVariables = Exact<{
  search?: string | null | undefined;
  team?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type TemplatesQuery = { templates: { totalCount: number, edges: Array<{ node: { id: string, name: string, team: string, latestVersion: { version: string } | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type PublishTemplateMutationVariables = Exact<{
  input: PublishTemplateInput;
}>;


export type PublishTemplateMutation = { publishTemplate: { position: string, template: { id: string, name: string }, release: { id: string, version: string, state: ReleaseState, syncRecords: Array<{ componentKey: string, change: ChangeKind, state: SyncState, error: string | null }> } } };

export type InstallTemplateMutationVariables = Exact<{
  input: InstallTemplateInput;
}>;


export type InstallTemplateMutation = { installTemplate: { position: string, app: { id: string, name: string, revision: number, components: Array<{ id: string, key: string }> }, installation: { id: string, currentVersion: string }, missingValues: Array<{ componentKey: string, name: string }> } };

export type UpgradeFieldsFragment = { id: string, kind: UpgradeKind, state: UpgradeState, fromVersion: string, toVersion: string, reason: string | null, startedAt: string, finishedAt: string | null, leaseUntil: string | null, components: Array<{ componentId: string, key: string, action: PlanAction, state: UpgradeState, message: string | null }> };

export type UpgradePlanQueryVariables = Exact<{
  appId: string;
  installationId?: string | null | undefined;
  toVersion: string;
  resolutions?: Array<ResolutionInput> | ResolutionInput | null | undefined;
  policy?: ConflictPolicy | null | undefined;
}>;


export type UpgradePlanQuery = { upgradePlan: { applicable: boolean, fingerprint: string, fromVersion: string, toVersion: string, conflicts: Array<{ componentKey: string, path: string, base: unknown, local: unknown, target: unknown }>, components: Array<{ key: string, action: PlanAction, fields: Array<{ path: string, outcome: MergeOutcome, base: unknown, local: unknown, target: unknown, result: unknown }> }> } };

export type UpgradeAppMutationVariables = Exact<{
  input: UpgradeAppInput;
}>;


export type UpgradeAppMutation = { upgradeApp: { position: string, upgrade: { id: string, kind: UpgradeKind, state: UpgradeState, fromVersion: string, toVersion: string, reason: string | null, startedAt: string, finishedAt: string | null, leaseUntil: string | null, components: Array<{ componentId: string, key: string, action: PlanAction, state: UpgradeState, message: string | null }> }, installation: { id: string, currentVersion: string } } };

export type RollbackUpgradeMutationVariables = Exact<{
  input: RollbackUpgradeInput;
}>;


export type RollbackUpgradeMutation = { rollbackUpgrade: { position: string, upgrade: { id: string, kind: UpgradeKind, state: UpgradeState, fromVersion: string, toVersion: string, reason: string | null, startedAt: string, finishedAt: string | null, leaseUntil: string | null, components: Array<{ componentId: string, key: string, action: PlanAction, state: UpgradeState, message: string | null }> }, installation: { id: string, currentVersion: string } } };

export type ReportComponentUpgradeMutationVariables = Exact<{
  input: ReportComponentUpgradeInput;
}>;


export type ReportComponentUpgradeMutation = { reportComponentUpgrade: { position: string, upgrade: { id: string, kind: UpgradeKind, state: UpgradeState, fromVersion: string, toVersion: string, reason: string | null, startedAt: string, finishedAt: string | null, leaseUntil: string | null, components: Array<{ componentId: string, key: string, action: PlanAction, state: UpgradeState, message: string | null }> } } };

export type RetryUpgradeMutationVariables = Exact<{
  input: RetryUpgradeInput;
}>;


export type RetryUpgradeMutation = { retryUpgrade: { position: string, upgrade: { id: string, kind: UpgradeKind, state: UpgradeState, fromVersion: string, toVersion: string, reason: string | null, startedAt: string, finishedAt: string | null, leaseUntil: string | null, components: Array<{ componentId: string, key: string, action: PlanAction, state: UpgradeState, message: string | null }> } } };

export type SettleUpgradeMutationVariables = Exact<{
  input: SettleUpgradeInput;
}>;


export type SettleUpgradeMutation = { settleUpgrade: { position: string, upgrade: { id: string, kind: UpgradeKind, state: UpgradeState, fromVersion: string, toVersion: string, reason: string | null, startedAt: string, finishedAt: string | null, leaseUntil: string | null, components: Array<{ componentId: string, key: string, action: PlanAction, state: UpgradeState, message: string | null }> } } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const EventFieldsFragmentDoc = new TypedDocumentString(`
    fragment EventFields on Event {
  id
  position
  stream
  revision
  type
  schemaVersion
  occurredAt
  recordedAt
  actor {
    id
    kind
  }
  commandId
  correlationId
  causationId
  data
}
    `, {"fragmentName":"EventFields"}) as unknown as TypedDocumentString<EventFieldsFragment, unknown>;
export const UpgradeFieldsFragmentDoc = new TypedDocumentString(`
    fragment UpgradeFields on UpgradeRecord {
  id
  kind
  state
  fromVersion
  toVersion
  reason
  startedAt
  finishedAt
  leaseUntil
  components {
    componentId
    key
    action
    state
    message
  }
}
    `, {"fragmentName":"UpgradeFields"}) as unknown as TypedDocumentString<UpgradeFieldsFragment, unknown>;
export const AppsDocument = new TypedDocumentString(`
    query Apps($search: String, $team: String, $templateId: ID, $version: String, $first: Int, $after: String) {
  apps(
    search: $search
    team: $team
    templateId: $templateId
    version: $version
    first: $first
    after: $after
  ) {
    totalCount
    edges {
      node {
        id
        name
        team
        revision
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<AppsQuery, AppsQueryVariables>;
export const AppDocument = new TypedDocumentString(`
    query App($id: ID!) {
  app(id: $id) {
    id
    name
    team
    revision
    target
    components {
      id
      key
      image
      replicas
      templateVersion
    }
    installations {
      id
      currentVersion
      template {
        id
        name
      }
      upgradableVersions {
        version
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AppQuery, AppQueryVariables>;
export const DesiredStateDocument = new TypedDocumentString(`
    query DesiredState($appId: ID!) {
  desiredState(appId: $appId) {
    digest
    revision
    position
    compose
  }
}
    `) as unknown as TypedDocumentString<DesiredStateQuery, DesiredStateQueryVariables>;
export const CreateAppDocument = new TypedDocumentString(`
    mutation CreateApp($input: CreateAppInput!) {
  createApp(input: $input) {
    position
    app {
      id
      name
      team
      revision
    }
  }
}
    `) as unknown as TypedDocumentString<CreateAppMutation, CreateAppMutationVariables>;
export const UpdateAppDocument = new TypedDocumentString(`
    mutation UpdateApp($input: UpdateAppInput!) {
  updateApp(input: $input) {
    position
    app {
      id
      name
      team
      revision
    }
  }
}
    `) as unknown as TypedDocumentString<UpdateAppMutation, UpdateAppMutationVariables>;
export const ImportComposeDocument = new TypedDocumentString(`
    mutation ImportCompose($input: ImportComposeInput!) {
  importCompose(input: $input) {
    position
    changes {
      key
      change
    }
    warnings {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ImportComposeMutation, ImportComposeMutationVariables>;
export const UpdateComponentDocument = new TypedDocumentString(`
    mutation UpdateComponent($input: UpdateComponentInput!) {
  updateComponent(input: $input) {
    position
    component {
      id
      key
      localChanges {
        path
        before
        after
      }
    }
  }
}
    `) as unknown as TypedDocumentString<UpdateComponentMutation, UpdateComponentMutationVariables>;
export const EventsDocument = new TypedDocumentString(`
    subscription Events($after: Position, $from: EventStart, $types: [String!], $appId: ID, $templateId: ID) {
  events(
    after: $after
    from: $from
    types: $types
    appId: $appId
    templateId: $templateId
  ) {
    position
    caughtUp
    event {
      ...EventFields
    }
  }
}
    fragment EventFields on Event {
  id
  position
  stream
  revision
  type
  schemaVersion
  occurredAt
  recordedAt
  actor {
    id
    kind
  }
  commandId
  correlationId
  causationId
  data
}`) as unknown as TypedDocumentString<EventsSubscription, EventsSubscriptionVariables>;
export const UpgradeEventsDocument = new TypedDocumentString(`
    subscription UpgradeEvents($after: Position, $from: EventStart, $appId: ID, $templateId: ID) {
  upgradeEvents(
    after: $after
    from: $from
    appId: $appId
    templateId: $templateId
  ) {
    position
    caughtUp
    event {
      ...EventFields
    }
  }
}
    fragment EventFields on Event {
  id
  position
  stream
  revision
  type
  schemaVersion
  occurredAt
  recordedAt
  actor {
    id
    kind
  }
  commandId
  correlationId
  causationId
  data
}`) as unknown as TypedDocumentString<UpgradeEventsSubscription, UpgradeEventsSubscriptionVariables>;
export const HistoryDocument = new TypedDocumentString(`
    query History($filter: HistoryFilter, $first: Int, $after: String) {
  history(filter: $filter, first: $first, after: $after) {
    edges {
      cursor
      node {
        ...EventFields
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment EventFields on Event {
  id
  position
  stream
  revision
  type
  schemaVersion
  occurredAt
  recordedAt
  actor {
    id
    kind
  }
  commandId
  correlationId
  causationId
  data
}`) as unknown as TypedDocumentString<HistoryQuery, HistoryQueryVariables>;
export const LogPositionDocument = new TypedDocumentString(`
    query LogPosition {
  position
}
    `) as unknown as TypedDocumentString<LogPositionQuery, LogPositionQueryVariables>;
export const TemplatesDocument = new TypedDocumentString(`
    query Templates($search: String, $team: String, $first: Int, $after: String) {
  templates(search: $search, team: $team, first: $first, after: $after) {
    totalCount
    edges {
      node {
        id
        name
        team
        latestVersion {
          version
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<TemplatesQuery, TemplatesQueryVariables>;
export const PublishTemplateDocument = new TypedDocumentString(`
    mutation PublishTemplate($input: PublishTemplateInput!) {
  publishTemplate(input: $input) {
    position
    template {
      id
      name
    }
    release {
      id
      version
      state
      syncRecords {
        componentKey
        change
        state
        error
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PublishTemplateMutation, PublishTemplateMutationVariables>;
export const InstallTemplateDocument = new TypedDocumentString(`
    mutation InstallTemplate($input: InstallTemplateInput!) {
  installTemplate(input: $input) {
    position
    app {
      id
      name
      revision
      components {
        id
        key
      }
    }
    installation {
      id
      currentVersion
    }
    missingValues {
      componentKey
      name
    }
  }
}
    `) as unknown as TypedDocumentString<InstallTemplateMutation, InstallTemplateMutationVariables>;
export const UpgradePlanDocument = new TypedDocumentString(`
    query UpgradePlan($appId: ID!, $installationId: ID, $toVersion: String!, $resolutions: [ResolutionInput!], $policy: ConflictPolicy) {
  upgradePlan(
    appId: $appId
    installationId: $installationId
    toVersion: $toVersion
    resolutions: $resolutions
    policy: $policy
  ) {
    applicable
    fingerprint
    fromVersion
    toVersion
    conflicts {
      componentKey
      path
      base
      local
      target
    }
    components {
      key
      action
      fields {
        path
        outcome
        base
        local
        target
        result
      }
    }
  }
}
    `) as unknown as TypedDocumentString<UpgradePlanQuery, UpgradePlanQueryVariables>;
export const UpgradeAppDocument = new TypedDocumentString(`
    mutation UpgradeApp($input: UpgradeAppInput!) {
  upgradeApp(input: $input) {
    position
    upgrade {
      ...UpgradeFields
    }
    installation {
      id
      currentVersion
    }
  }
}
    fragment UpgradeFields on UpgradeRecord {
  id
  kind
  state
  fromVersion
  toVersion
  reason
  startedAt
  finishedAt
  leaseUntil
  components {
    componentId
    key
    action
    state
    message
  }
}`) as unknown as TypedDocumentString<UpgradeAppMutation, UpgradeAppMutationVariables>;
export const RollbackUpgradeDocument = new TypedDocumentString(`
    mutation RollbackUpgrade($input: RollbackUpgradeInput!) {
  rollbackUpgrade(input: $input) {
    position
    upgrade {
      ...UpgradeFields
    }
    installation {
      id
      currentVersion
    }
  }
}
    fragment UpgradeFields on UpgradeRecord {
  id
  kind
  state
  fromVersion
  toVersion
  reason
  startedAt
  finishedAt
  leaseUntil
  components {
    componentId
    key
    action
    state
    message
  }
}`) as unknown as TypedDocumentString<RollbackUpgradeMutation, RollbackUpgradeMutationVariables>;
export const ReportComponentUpgradeDocument = new TypedDocumentString(`
    mutation ReportComponentUpgrade($input: ReportComponentUpgradeInput!) {
  reportComponentUpgrade(input: $input) {
    position
    upgrade {
      ...UpgradeFields
    }
  }
}
    fragment UpgradeFields on UpgradeRecord {
  id
  kind
  state
  fromVersion
  toVersion
  reason
  startedAt
  finishedAt
  leaseUntil
  components {
    componentId
    key
    action
    state
    message
  }
}`) as unknown as TypedDocumentString<ReportComponentUpgradeMutation, ReportComponentUpgradeMutationVariables>;
export const RetryUpgradeDocument = new TypedDocumentString(`
    mutation RetryUpgrade($input: RetryUpgradeInput!) {
  retryUpgrade(input: $input) {
    position
    upgrade {
      ...UpgradeFields
    }
  }
}
    fragment UpgradeFields on UpgradeRecord {
  id
  kind
  state
  fromVersion
  toVersion
  reason
  startedAt
  finishedAt
  leaseUntil
  components {
    componentId
    key
    action
    state
    message
  }
}`) as unknown as TypedDocumentString<RetryUpgradeMutation, RetryUpgradeMutationVariables>;
export const SettleUpgradeDocument = new TypedDocumentString(`
    mutation SettleUpgrade($input: SettleUpgradeInput!) {
  settleUpgrade(input: $input) {
    position
    upgrade {
      ...UpgradeFields
    }
  }
}
    fragment UpgradeFields on UpgradeRecord {
  id
  kind
  state
  fromVersion
  toVersion
  reason
  startedAt
  finishedAt
  leaseUntil
  components {
    componentId
    key
    action
    state
    message
  }
}`) as unknown as TypedDocumentString<SettleUpgradeMutation, SettleUpgradeMutationVariables>;