/** What keeps an object from those who may not read it. */
export type Rule =
  /** Reached through its app, or a node by itself: who may read in the app's team. */
  | 'app'
  /** Who may read the template: its team; everybody where it is PUBLIC; whoever has or had it installed. */
  | 'template'
  /** Who may read in the template's team. */
  | 'release'
  /** Who may read the app and in the template's team; of installs those of apps that one may read. */
  | 'rehearsal'
  /** Who may DEVELOP in the team of the app, and of the template. */
  | 'source'
  /** Each event by its stream: `audienceOf`. */
  | 'log'
  /** Who may AUDIT in any team: it tells the number of events and a hash. */
  | 'checkpoint'
  /** Who may AUDIT all teams: it tells of any stream. */
  | 'log-as-a-whole'
  /** Filtered in SQL; counts likewise, but that of installs for the template's team. */
  | 'list'
  /** The answer of a mutation: who may carry it out. What it leads to has its own rules. */
  | 'command'
  /** Who may ADMINISTER all teams that it is over. */
  | 'token'
  /** Who may ADMINISTER its team. */
  | 'webhook'
  /** Who asks, told to themselves. */
  | 'self'
  /** A part of what it is in, without a way of its own. */
  | 'part';

/** Every field of every object type. A field that is not here fails the test: say first who may read it. */
export const OBJECT_RULES: Readonly<Record<string, readonly [rule: Rule, fields: string]>> = {
  App: ['app', 'components createdAt deletedAt extra id installations name releaseRecords revision target team templates upgradeRecords'],
  AppChanges: ['app', 'after appFields appId before components from summary to'],
  Blame: ['app', 'appId componentId componentKey field history path present secret setBy value'],
  BlameEntry: ['app', 'action choice event installation origin present secret upgrade value version'],
  BlockedVersion: ['app', 'code reason version viaVersion'],
  Component: [
    'app',
    'command configFiles dependsOn digest entrypoint env extra id image installation key labels localChanges ports probes replicas resources templateComponentId templateVersion title volumes',
  ],
  ComponentPlan: ['app', 'action componentId fields key templateComponentId'],
  DesiredState: ['app', 'app components compose contentDigest digest extra position revision'],
  FieldPlace: ['app', 'componentKey path'],
  FieldPlan: ['app', 'base componentKey field hunks local outcome path presentIn result risk secret target'],
  HunkLines: ['app', 'lines start'],
  Installation: [
    'app',
    'app blockedVersions currentVersion id missingValues pendingComponents removedAt staleReferences template upgradableCount upgradableVersions upgradeRecords',
  ],
  PendingComponent: ['app', 'action componentId fromVersion key toVersion'],
  PlanProblem: ['app', 'code componentKey dependants message namedBy path proposal'],
  TextHunk: ['app', 'base local target'],
  UpgradePath: ['app', 'fromVersion installationId versions'],
  UpgradePlan: [
    'app',
    'appFields appId applicable components conflicts fingerprint fromVersion installationId notes pending problems risks toVersion',
  ],
  UpgradeRecord: ['app', 'components finishedAt fromVersion id installation kind leaseUntil reason startedAt startedBy state toVersion'],
  UpgradeReplay: ['app', 'after before decisions plan steps upgrade'],
  UpgradeRecordComponent: ['app', 'action componentId fields key message reportedAt state'],
  DifferenceSummary: ['template', 'added changed fields removed renamed unchanged'],
  Template: ['template', 'id installations latestVersion name releaseRecords sourceApp team version versions visibility'],
  TemplateComponent: [
    'template',
    'command configFiles dependsOn digest entrypoint env extra image key labels ports probes replicas resources templateComponentId title volumes',
  ],
  TemplateVersion: [
    'template',
    'alias components digest extra id notes openValues publishedAt publishedBy state stateReason template upgradeFrom version',
  ],
  VersionComparison: ['template', 'appFields components from summary template to'],
  VersionNotes: ['template', 'notes version'],
  ReleaseRecord: ['release', 'basedOn finishedAt id notes startedAt startedBy state syncRecords template version'],
  SyncRecord: ['release', 'change componentKey differences error id state syncedAt templateComponentId'],
  Rehearsal: [
    'rehearsal',
    'app appRevision basedOn blocking cases conflictPaths error id installs position processed state summary template total version',
  ],
  RehearsalInstall: ['rehearsal', 'app appId conflicts currentVersion installation installationId losses outcome places problems'],
  RehearsalPath: ['rehearsal', 'componentKey installs path'],
  RehearsalPlace: ['rehearsal', 'code componentKey path'],
  RehearsalProblem: ['rehearsal', 'code installs'],
  RehearsalProgress: ['rehearsal', 'id processed state total'],
  RehearsalSummary: ['rehearsal', 'blocked clean conflicts dataLoss notOffered unchanged'],
  ComponentMatch: ['source', 'by componentId key templateComponentId'],
  PublishPreview: ['source', 'comparison latestVersion matches problems suggestedVersion suggestionReason'],
  PublishProblem: ['source', 'code componentKey message path'],
  Event: [
    'log',
    'actor causationId commandId correlationId data definitions hash id occurredAt position previousHash recordedAt revision schemaVersion stream type',
  ],
  EventMessage: ['log', 'caughtUp event position'],
  LogCheckpoint: ['checkpoint', 'note publicKey'],
  BrokenCheckpoint: ['log-as-a-whole', 'problem root size'],
  BrokenEvent: ['log-as-a-whole', 'id position problem revision stream'],
  HistoryVerification: ['log-as-a-whole', 'broken brokenCheckpoint events progress proven state streams'],
  UpgradeProof: ['app', 'document events upgradeId'],
  AccessToken: ['token', 'createdAt expiresAt grants id name revokedAt'],
  AccessTokenConnection: ['list', 'edges pageInfo totalCount'],
  AccessTokenEdge: ['list', 'cursor node'],
  AppConnection: ['list', 'edges pageInfo totalCount'],
  AppEdge: ['list', 'cursor node'],
  BlameEntryConnection: ['list', 'edges pageInfo totalCount'],
  BlameEntryEdge: ['list', 'cursor node'],
  EventEdge: ['list', 'cursor node'],
  HistoryConnection: ['list', 'edges pageInfo totalCount'],
  InstallationConnection: ['list', 'edges pageInfo totalCount'],
  InstallationEdge: ['list', 'cursor node'],
  PageInfo: ['list', 'endCursor hasNextPage hasPreviousPage startCursor'],
  RehearsalInstallConnection: ['list', 'edges pageInfo totalCount'],
  RehearsalInstallEdge: ['list', 'cursor node'],
  ReleaseRecordConnection: ['list', 'edges pageInfo totalCount'],
  ReleaseRecordEdge: ['list', 'cursor node'],
  TemplateConnection: ['list', 'edges pageInfo totalCount'],
  TemplateEdge: ['list', 'cursor node'],
  TemplateVersionConnection: ['list', 'edges pageInfo totalCount'],
  TemplateVersionEdge: ['list', 'cursor node'],
  UpgradeRecordConnection: ['list', 'edges pageInfo totalCount'],
  UpgradeRecordEdge: ['list', 'cursor node'],
  AppPayload: ['command', 'app position'],
  ComponentPayload: ['command', 'app component position'],
  DeletePayload: ['command', 'id position'],
  ImportPayload: ['command', 'app changes position warnings'],
  InstallPayload: ['command', 'app installation missingValues position'],
  PublishPayload: ['command', 'position release template'],
  RebuildReadModelsPayload: ['command', 'generation servingGeneration'],
  RevealSecretPayload: ['command', 'path position value'],
  TemplatePayload: ['command', 'position template'],
  UpgradePayload: ['command', 'app installation position upgrade upgrades'],
  Webhook: [
    'webhook',
    'appId createdAt deliveries description disabledAt disabledMessage disabledReason failingSince heldStreams id position previousSecretUntil revision team templateId types url',
  ],
  WebhookDelivery: ['webhook', 'at attempt delivered eventType id kind message messageId position problem revision status stream'],
  WebhookConnection: ['list', 'edges pageInfo totalCount'],
  WebhookEdge: ['list', 'cursor node'],
  WebhookDeliveryConnection: ['list', 'edges pageInfo totalCount'],
  WebhookDeliveryEdge: ['list', 'cursor node'],
  WebhookPayload: ['command', 'position webhook'],
  WebhookSecretPayload: ['command', 'position secret webhook'],
  WebhookAttemptPayload: ['command', 'delivered message messageId position problem status webhook'],
  Me: ['self', 'actor grants'],
  Actor: ['part', 'id kind'],
  Decision: ['part', 'choice componentKey path'],
  ComponentDifference: ['part', 'change fields key previousKey templateComponentId'],
  ConfigFile: ['part', 'content mode path secret'],
  Dependency: ['part', 'componentKey condition'],
  EnvVar: ['part', 'description generateGroup generated name secret value'],
  FieldDifference: ['part', 'after before change field path risk secret'],
  Grant: ['part', 'allTeams role teams'],
  HttpProbe: ['part', 'path port scheme'],
  ImportWarning: ['part', 'code file line message suggestion'],
  Label: ['part', 'key value'],
  NamedContent: ['part', 'body digest kind path'],
  OpenValue: ['part', 'componentKey description name path secret'],
  Port: ['part', 'alias appProtocol containerPort exposed protocol published'],
  Probe: ['part', 'exec http intervalSeconds kind retries startPeriodSeconds tcpPort timeoutSeconds'],
  PublishedPort: ['part', 'hostIp port'],
  Resources: ['part', 'cpu memory'],
  Risk: ['part', 'code message'],
  ReplayStep: ['part', 'componentId componentKey event'],
  UpgradeDecisions: ['part', 'acceptDataLoss actor components decidedAt planFingerprint policy reason resolutions'],
  Volume: ['part', 'kind mountPath name readOnly size source'],
};
