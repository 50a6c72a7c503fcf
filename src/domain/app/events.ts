import Type, { type Static } from 'typebox';
import { digestSchema, event, idSchema, masked, pathsSchema, type EventOf } from '../event-schema.js';
import type { AppId, ComponentId, InstallationId, TemplateComponentId, TemplateId, UpgradeId } from '../ids.js';

/** A component that is not as the version has it: it has another key in the app, or values that were given. The local patch says so. */
const KeyedComponent = Type.Object({
  templateComponentId: idSchema<TemplateComponentId>(),
  key: Type.String(),
  patch: digestSchema,
});

/** What was said of one place of a plan. A value that was given is not repeated here: it is in the resulting patch. */
const ResolutionTaken = Type.Object({
  componentKey: Type.String(),
  path: Type.String(),
  choice: Type.Enum(['LOCAL', 'TEMPLATE', 'VALUE']),
});

/** What carries out upgrades: nobody but the record, or an integration. Where it is not said: the record. */
const TargetSchema = Type.Enum(['RECORD', 'EXTERNAL']);

/** An instant, ISO 8601 in UTC. */
const InstantSchema = Type.String();

/** What the upgrade makes of one component, as `ComponentUpgraded` says once it is done. */
const PlannedStep = Type.Object({
  templateComponentId: idSchema<TemplateComponentId>(),
  key: Type.String(),
  previousKey: Type.Optional(Type.String()),
  action: Type.Enum(['ADD', 'UPDATE', 'REMOVE', 'KEEP']),
  base: Type.Optional(digestSchema),
  basePatch: Type.Optional(digestSchema),
  target: Type.Optional(digestSchema),
  targetPatch: Type.Optional(digestSchema),
  version: Type.Optional(Type.String()),
  excluded: Type.Optional(Type.Literal(true)),
  unrelated: Type.Optional(Type.Literal(true)),
  mapped: Type.Optional(Type.Literal(true)),
  /** Its local changes are written in the keys of the version, and are the same: there is nothing to do for anybody. */
  rewritten: Type.Optional(Type.Literal(true)),
});

/** An upgrade that an integration carries out: what there is to do, and until when it must be heard of. */
export const ExternalRun = Type.Object({
  leaseSeconds: Type.Integer({ minimum: 1 }),
  leaseUntil: InstantSchema,
  /** Whether the installation stands at the version as a whole once every step is done; not so of one of some components. */
  whole: Type.Boolean(),
  /** Names the content of the version. */
  manifest: digestSchema,
  steps: Type.Array(PlannedStep),
  /** Of the app-level content, which moves with the end of the upgrade. */
  content: Type.Optional(Type.Object({ basePatch: Type.Optional(digestSchema), targetPatch: Type.Optional(digestSchema) })),
  /** Components outside the installation that take over keys of its components, each as the one that it depends on is done. */
  followers: Type.Array(idSchema<ComponentId>()),
});

const upgradeIds = {
  appId: idSchema<AppId>(),
  upgradeId: idSchema<UpgradeId>(),
  installationId: idSchema<InstallationId>(),
  templateId: idSchema<TemplateId>(),
};

const reportedComponent = {
  ...upgradeIds,
  componentId: idSchema<ComponentId>(),
  templateComponentId: idSchema<TemplateComponentId>(),
  key: Type.String(),
  message: Type.Optional(Type.String()),
  /** To when the report puts off the end of the lease. */
  leaseUntil: Type.Optional(InstantSchema),
};

export const appEventSchemas = {
  AppCreated: event({ appId: idSchema<AppId>(), name: Type.String(), team: Type.String(), target: Type.Optional(TargetSchema) }),

  /** The name, who carries out upgrades, or app-level content: the app's own, or with `installationId` an install's, whose difference to the template is `patch`. */
  AppChanged: event({
    appId: idSchema<AppId>(),
    name: Type.Optional(Type.String()),
    target: Type.Optional(TargetSchema),
    installationId: Type.Optional(idSchema<InstallationId>()),
    /** Of the resulting app-level content. */
    content: Type.Optional(digestSchema),
    /** Null where the install no longer differs from the template. */
    patch: Type.Optional(Type.Union([digestSchema, Type.Null()])),
    set: pathsSchema,
    unset: pathsSchema,
  }),

  /** A component of the app's own. */
  ComponentAdded: event({
    appId: idSchema<AppId>(),
    componentId: idSchema<ComponentId>(),
    key: Type.String(),
    digest: digestSchema,
  }),

  /** A component of the app's own, or with `installationId` an installed one, whose difference to its base is then `patch`. */
  ComponentChanged: event({
    appId: idSchema<AppId>(),
    componentId: idSchema<ComponentId>(),
    installationId: Type.Optional(idSchema<InstallationId>()),
    key: Type.String(),
    previousKey: Type.Optional(Type.String()),
    /** Of the resulting definition. */
    digest: digestSchema,
    /** Null where an installed component no longer differs from its base. */
    patch: Type.Optional(Type.Union([digestSchema, Type.Null()])),
    set: pathsSchema,
    unset: pathsSchema,
  }),

  ComponentRemoved: event({
    appId: idSchema<AppId>(),
    componentId: idSchema<ComponentId>(),
    installationId: Type.Optional(idSchema<InstallationId>()),
    key: Type.String(),
  }),

  /**
   * A component is from now on what the template calls by another identity: one of the app's own, or an installed one. It stands on the version
   * of the installation with `patch`, where that has the identity; otherwise apart from it, on `base`.
   */
  ComponentMapped: event({
    appId: idSchema<AppId>(),
    /** Before: an own component's, or with `from` an installed one's. */
    componentId: idSchema<ComponentId>(),
    installationId: idSchema<InstallationId>(),
    templateId: idSchema<TemplateId>(),
    from: Type.Optional(idSchema<TemplateComponentId>()),
    templateComponentId: idSchema<TemplateComponentId>(),
    key: Type.String(),
    base: digestSchema,
    patch: Type.Optional(digestSchema),
    /** Label of the version that it stands at. */
    version: Type.String(),
    /** Whether the version of the installation does not have it. */
    apart: Type.Optional(Type.Literal(true)),
    /** Whether the base is the app's own content. */
    mapped: Type.Optional(Type.Literal(true)),
  }),

  /** An install copies nothing: its components are those of the version's manifest. */
  TemplateInstalled: event({
    appId: idSchema<AppId>(),
    installationId: idSchema<InstallationId>(),
    templateId: idSchema<TemplateId>(),
    version: Type.String(),
    /** Names the content of the version, for a reader who wants to check it. */
    manifest: digestSchema,
    templateRevision: Type.Integer({ minimum: 0 }),
    keys: Type.Array(KeyedComponent),
  }),

  UpgradeStarted: event({
    appId: idSchema<AppId>(),
    upgradeId: idSchema<UpgradeId>(),
    installationId: idSchema<InstallationId>(),
    templateId: idSchema<TemplateId>(),
    fromVersion: Type.String(),
    toVersion: Type.String(),
    /** The revision of the template that was decided on. */
    templateRevision: Type.Integer({ minimum: 0 }),
    fingerprint: digestSchema,
    policy: Type.Enum(['ASK', 'PREFER_LOCAL', 'PREFER_TEMPLATE']),
    resolutions: Type.Array(ResolutionTaken),
    acceptDataLoss: Type.Boolean(),
    /** Of a partial upgrade: what was asked for. */
    components: Type.Optional(Type.Array(idSchema<TemplateComponentId>())),
    reason: Type.Optional(Type.String()),
    /** Where an integration carries it out. */
    external: Type.Optional(ExternalRun),
  }),

  /**
   * What the upgrade did to one component, or (no `componentId`) to the app-level content. Components that it left as they were have no event.
   * The base is what the component stood on, the target what it stands on now (of a kept one its base, where no target is named); patches are the
   * local differences to them.
   */
  ComponentUpgraded: event({
    appId: idSchema<AppId>(),
    upgradeId: idSchema<UpgradeId>(),
    installationId: idSchema<InstallationId>(),
    templateId: idSchema<TemplateId>(),
    componentId: Type.Optional(idSchema<ComponentId>()),
    templateComponentId: Type.Optional(idSchema<TemplateComponentId>()),
    key: Type.String(),
    previousKey: Type.Optional(Type.String()),
    action: Type.Enum(['ADD', 'UPDATE', 'REMOVE', 'KEEP']),
    base: Type.Optional(digestSchema),
    basePatch: Type.Optional(digestSchema),
    target: Type.Optional(digestSchema),
    targetPatch: Type.Optional(digestSchema),
    /** The version that it stands at now, or that removed it. */
    version: Type.Optional(Type.String()),
    /** The base is the app's own content: it was merged with nothing in common. */
    unrelated: Type.Optional(Type.Literal(true)),
    /** Of one that is kept: its base is the app's own content. */
    mapped: Type.Optional(Type.Literal(true)),
    /** Of one that is removed: it is one that the install does without, whatever the template has. */
    excluded: Type.Optional(Type.Literal(true)),
    /** What the integration that did it says. */
    message: Type.Optional(Type.String()),
    /** To when the report of it puts off the end of the lease. */
    leaseUntil: Type.Optional(InstantSchema),
  }),

  /** An integration could not do what the upgrade makes of a component, which stands as it stood. */
  ComponentUpgradeFailed: event(reportedComponent),

  /** An integration is still at it. */
  ComponentUpgradeProgressed: event(reportedComponent),

  AppUpgraded: event({
    appId: idSchema<AppId>(),
    upgradeId: idSchema<UpgradeId>(),
    installationId: idSchema<InstallationId>(),
    templateId: idSchema<TemplateId>(),
    fromVersion: Type.String(),
    toVersion: Type.String(),
    /** Names the content of the version. */
    manifest: digestSchema,
  }),

  /** Only some components were moved: the installation stands at the version that it stood at, and others are pending. */
  AppPartlyUpgraded: event({
    appId: idSchema<AppId>(),
    upgradeId: idSchema<UpgradeId>(),
    installationId: idSchema<InstallationId>(),
    templateId: idSchema<TemplateId>(),
    fromVersion: Type.String(),
    toVersion: Type.String(),
    /** Names the content of the version. */
    manifest: digestSchema,
    /** What there is left to do. */
    pending: Type.Array(
      Type.Object({
        templateComponentId: idSchema<TemplateComponentId>(),
        key: Type.String(),
        action: Type.Enum(['ADD', 'UPDATE', 'REMOVE']),
      }),
    ),
  }),

  /**
   * A rollback puts an installation back to what it was before an upgrade, or before another rollback. It is told like an upgrade: by
   * `ComponentUpgraded` for each component that changes.
   */
  RollbackStarted: event({
    appId: idSchema<AppId>(),
    upgradeId: idSchema<UpgradeId>(),
    installationId: idSchema<InstallationId>(),
    templateId: idSchema<TemplateId>(),
    fromVersion: Type.String(),
    toVersion: Type.String(),
    /** The upgrade that was asked to be undone. */
    rollsBack: idSchema<UpgradeId>(),
    /** It and those after it that were not undone before, oldest first. */
    undoes: Type.Array(idSchema<UpgradeId>()),
    /** The revision of the template that was decided on. */
    templateRevision: Type.Integer({ minimum: 0 }),
    fingerprint: digestSchema,
    policy: Type.Enum(['ASK', 'PREFER_LOCAL', 'PREFER_TEMPLATE']),
    resolutions: Type.Array(ResolutionTaken),
    acceptDataLoss: Type.Boolean(),
    reason: Type.Optional(Type.String()),
  }),

  AppRolledBack: event({
    appId: idSchema<AppId>(),
    upgradeId: idSchema<UpgradeId>(),
    installationId: idSchema<InstallationId>(),
    templateId: idSchema<TemplateId>(),
    fromVersion: Type.String(),
    toVersion: Type.String(),
    /** Where a partial upgrade was under way before what is undone. */
    pendingVersion: Type.Optional(Type.String()),
    /** Names the content of the version. */
    manifest: digestSchema,
    /** Upgrades and rollbacks that are rolled back by this one. */
    undone: Type.Array(idSchema<UpgradeId>()),
    /** Those that a rollback among `undone` had rolled back, and that stand again. */
    reinstated: Type.Array(idSchema<UpgradeId>()),
    /** Versions that the installation is kept from by this. */
    held: Type.Array(Type.String()),
    /** Versions of upgrades among `reinstated`, from which it is no longer kept. */
    released: Type.Array(Type.String()),
    reason: Type.Optional(Type.String()),
  }),

  /** The installation is no longer kept from a version that it was rolled back from. */
  HoldReleased: event({
    appId: idSchema<AppId>(),
    installationId: idSchema<InstallationId>(),
    templateId: idSchema<TemplateId>(),
    version: Type.String(),
    reason: Type.Optional(Type.String()),
  }),

  /** The installation is gone, and its components with it, which stood at this version; what it did is still in the log. */
  TemplateUninstalled: event({
    appId: idSchema<AppId>(),
    installationId: idSchema<InstallationId>(),
    templateId: idSchema<TemplateId>(),
    version: Type.String(),
    /** Whether persistent volumes might go. */
    acceptDataLoss: Type.Boolean(),
  }),

  /**
   * A value that is no content: a secret, or what was generated, at a place of a component. It is sealed with the data key of the app (stream
   * `key-<app id>`); what it is bound to says in the definition that it is secret or generated.
   */
  ValueBound: event({
    appId: idSchema<AppId>(),
    componentId: idSchema<ComponentId>(),
    /** Of a variable, or of a config file as a whole. */
    path: Type.String(),
    origin: Type.Enum(['GIVEN', 'GENERATED']),
    group: Type.Optional(Type.String()),
    keyId: Type.String({ minLength: 1 }),
    /** AES-256-GCM, base64, the tag at its end; the additional data are app, component and path. */
    ciphertext: masked(),
    /** Base64. */
    nonce: masked(),
    /** HMAC-SHA-256 of place and value under a key of the app's, base64. */
    mac: masked(),
  }),

  /** A bound value was told to the actor of this event. */
  SecretRevealed: event({
    appId: idSchema<AppId>(),
    componentId: idSchema<ComponentId>(),
    path: Type.String(),
    reason: Type.String(),
  }),

  /** Every component that the integration was to change has failed: the installation stands as it stood. */
  UpgradeFailed: event({ ...upgradeIds, fromVersion: Type.String(), toVersion: Type.String() }),

  /** The lease ran out before every component was reported: neither success nor failure, until one is reported, or somebody says. */
  UpgradeOutcomeUnknown: event({ ...upgradeIds, leaseUntil: InstantSchema }),

  /** These components are to be done again; the others stay as they were reported. */
  UpgradeRetried: event({
    ...upgradeIds,
    components: Type.Array(idSchema<TemplateComponentId>()),
    leaseSeconds: Type.Integer({ minimum: 1 }),
    leaseUntil: InstantSchema,
    reason: Type.Optional(Type.String()),
  }),

  /** Somebody said what became of the components that were not reported: the events of these follow. */
  UpgradeSettled: event({
    ...upgradeIds,
    completed: Type.Array(idSchema<TemplateComponentId>()),
    failed: Type.Array(idSchema<TemplateComponentId>()),
    reason: Type.Optional(Type.String()),
  }),

  /** A command that its client named had nothing to change here: remembered, so that the same one does not change something later. */
  AppUnchanged: event({ appId: idSchema<AppId>() }),

  AppDeleted: event({ appId: idSchema<AppId>() }),
};

export type AppEvent = EventOf<typeof appEventSchemas>;

/** Who carries out the upgrades of an app: RECORD, they are done once they are recorded; EXTERNAL, an integration does them and reports. */
export type UpgradeTarget = Static<typeof TargetSchema>;
export type ExternalRun = Static<typeof ExternalRun>;
export type UpgradeStep = Static<typeof PlannedStep>;
