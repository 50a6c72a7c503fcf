import { registerEnumType } from 'type-graphql';
import { ROLES } from '../domain/access/principal.js';
import { DELIVERY_PROBLEMS, DISABLED_REASONS } from '../domain/webhook/events.js';

/** An enum whose values are their names, so that the domain's literal unions pass through as they are. */
function enumOf<const Names extends readonly string[]>(name: string, ...names: Names): { readonly [Name in Names[number]]: Name } {
  const values = Object.fromEntries(names.map((each) => [each, each])) as { readonly [Name in Names[number]]: Name };
  registerEnumType(values, { name });
  return values;
}

export const EventStart = enumOf('EventStart', 'BEGINNING', 'NOW');
export const BlockCode = enumOf('BlockCode', 'WITHDRAWN', 'STOP_REQUIRED', 'HELD_AFTER_ROLLBACK', 'OTHER');
export const VersionState = enumOf('VersionState', 'PUBLISHED', 'DEPRECATED', 'WITHDRAWN');
export const ReleaseState = enumOf('ReleaseState', 'SYNCING', 'FAILED', 'PUBLISHED', 'CANCELLED');
export const SyncState = enumOf('SyncState', 'PENDING', 'SYNCING', 'SYNCED', 'FAILED');
export const ChangeKind = enumOf('ChangeKind', 'ADDED', 'CHANGED', 'REMOVED', 'RENAMED', 'UNCHANGED');
export const MatchKind = enumOf('MatchKind', 'ID', 'KEY', 'GIVEN', 'NEW');
export const FieldKind = enumOf(
  'FieldKind',
  'COMPONENT',
  'KEY',
  'TITLE',
  'IMAGE',
  'COMMAND',
  'ENTRYPOINT',
  'REPLICAS',
  'RESOURCES',
  'ENV',
  'PORT',
  'VOLUME',
  'CONFIG_FILE',
  'DEPENDENCY',
  'PROBE',
  'LABEL',
  'EXTRA',
);
export const RiskCode = enumOf(
  'RiskCode',
  'DATA_LOSS',
  'BREAKS_CALLERS',
  'MAJOR_IMAGE_CHANGE',
  'LESS_RESOURCES',
  'VARIABLE_REMOVED',
  'STALE_REFERENCE',
);
export const PlanAction = enumOf('PlanAction', 'ADD', 'UPDATE', 'REMOVE', 'KEEP', 'EXCLUDED');
export const MergeSide = enumOf('MergeSide', 'BASE', 'LOCAL', 'TARGET', 'RESULT');
export const MergeOutcome = enumOf('MergeOutcome', 'TAKE_TEMPLATE', 'KEEP_LOCAL', 'CONVERGED', 'MERGED', 'CONFLICT', 'RESOLVED');
export const ConflictPolicy = enumOf('ConflictPolicy', 'ASK', 'PREFER_LOCAL', 'PREFER_TEMPLATE');
export const ResolutionChoice = enumOf('ResolutionChoice', 'LOCAL', 'TEMPLATE', 'VALUE');
export const UpgradeKind = enumOf('UpgradeKind', 'UPGRADE', 'ROLLBACK');
export const UpgradeState = enumOf('UpgradeState', 'RUNNING', 'COMPLETED', 'PARTLY_COMPLETED', 'FAILED', 'UNKNOWN', 'ROLLED_BACK');
export const UpgradeTarget = enumOf('UpgradeTarget', 'RECORD', 'EXTERNAL');
export const ReportedState = enumOf('ReportedState', 'RUNNING', 'COMPLETED', 'FAILED');
export const SettledState = enumOf('SettledState', 'COMPLETED', 'FAILED');
export const ContentKind = enumOf('ContentKind', 'DEFINITION', 'APP_CONTENT', 'PATCH');
export const ActorKind = enumOf('ActorKind', 'USER', 'SERVICE', 'ANONYMOUS');
export const PortProtocol = enumOf('PortProtocol', 'TCP', 'UDP', 'SCTP');
export const VolumeKind = enumOf('VolumeKind', 'PERSISTENT', 'EPHEMERAL', 'BIND', 'SHARED');
export const ProbeKind = enumOf('ProbeKind', 'LIVENESS', 'READINESS', 'STARTUP');
export const BlameAction = enumOf('BlameAction', 'SET', 'REMOVED', 'KEPT', 'CONVERGED');
export const BlameOrigin = enumOf('BlameOrigin', 'TEMPLATE', 'LOCAL', 'INSTALL', 'RESOLUTION', 'MERGE', 'ROLLBACK');
export const RehearsalState = enumOf('RehearsalState', 'RUNNING', 'DONE', 'FAILED');
export const RehearsalOutcome = enumOf('RehearsalOutcome', 'CLEAN', 'UNCHANGED', 'CONFLICTS', 'BLOCKED', 'NOT_OFFERED');
export const TemplateVisibility = enumOf('TemplateVisibility', 'TEAM', 'PUBLIC');
export const Role = enumOf('Role', ...ROLES);
export const WebhookDisabledReason = enumOf('WebhookDisabledReason', ...DISABLED_REASONS);
export const DeliveryProblem = enumOf('DeliveryProblem', ...DELIVERY_PROBLEMS);
export const DeliveryKind = enumOf('DeliveryKind', 'EVENT', 'REDELIVERY', 'TEST');
export const WebhookSetting = enumOf('WebhookSetting', 'DESCRIPTION', 'TYPES', 'APP_ID', 'TEMPLATE_ID');
export type WebhookSettingName = keyof typeof WebhookSetting;
