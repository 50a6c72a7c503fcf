import Type, { type Static } from 'typebox';
import { contentDigestSchema, digestSchema, event, idSchema } from '../event-schema.js';
import type { AppId, ComponentId, InstallationId, TemplateComponentId, TemplateId, UpgradeId } from '../ids.js';

/** What was said of one place of a plan. A value that was given is not repeated here: it is in the resulting patch. */
const ResolutionTaken = Type.Object({
  componentKey: Type.String(),
  path: Type.String(),
  choice: Type.Enum(['LOCAL', 'TEMPLATE', 'VALUE']),
});

/** An instant, ISO 8601 in UTC. */
const InstantSchema = Type.String();

/** What becomes of a component, by what it stood on (base) and stands on now (target), and the local differences to them. */
const outcome = {
  key: Type.String(),
  previousKey: Type.Optional(Type.String()),
  action: Type.Enum(['ADD', 'UPDATE', 'REMOVE', 'KEEP']),
  base: Type.Optional(contentDigestSchema),
  basePatch: Type.Optional(contentDigestSchema),
  target: Type.Optional(contentDigestSchema),
  targetPatch: Type.Optional(contentDigestSchema),
  /** The version that it stands at now, or that removed it. */
  version: Type.Optional(Type.String()),
  /** The base is the app's own content: it was merged with nothing in common. */
  unrelated: Type.Optional(Type.Literal(true)),
  /** Of one that is kept: its base is the app's own content. */
  mapped: Type.Optional(Type.Literal(true)),
  /** Of one that is removed: it is one that the install does without, whatever the template has. */
  excluded: Type.Optional(Type.Literal(true)),
};

/** What the upgrade makes of one component, as `ComponentUpgraded` says once it is done. */
const PlannedStep = Type.Object({
  templateComponentId: idSchema<TemplateComponentId>(),
  ...outcome,
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
  content: Type.Optional(Type.Object({ basePatch: Type.Optional(contentDigestSchema), targetPatch: Type.Optional(contentDigestSchema) })),
  /** Components outside the installation that take over keys of its components, each as the one that it depends on is done. */
  followers: Type.Array(idSchema<ComponentId>()),
});

/** What every event of an upgrade or a rollback names. */
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

/** Upgrades of the installations of an app, and rollbacks: they are in its stream. */
export const upgradeEventSchemas = {
  UpgradeStarted: event({
    ...upgradeIds,
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
    ...upgradeIds,
    componentId: Type.Optional(idSchema<ComponentId>()),
    templateComponentId: Type.Optional(idSchema<TemplateComponentId>()),
    ...outcome,
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
    ...upgradeIds,
    fromVersion: Type.String(),
    toVersion: Type.String(),
    /** Names the content of the version. */
    manifest: digestSchema,
  }),

  /** Only some components were moved: the installation stands at the version that it stood at, and others are pending. */
  AppPartlyUpgraded: event({
    ...upgradeIds,
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

  /**
   * A rollback puts an installation back to what it was before an upgrade, or before another rollback. It is told like an upgrade: by
   * `ComponentUpgraded` for each component that changes.
   */
  RollbackStarted: event({
    ...upgradeIds,
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
    ...upgradeIds,
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
};

export type ExternalRun = Static<typeof ExternalRun>;
export type UpgradeStep = Static<typeof PlannedStep>;

/** The types of the events that tell of one upgrade or rollback, which they name. */
export const UPGRADE_TYPES: ReadonlySet<string> = new Set(
  Object.entries(upgradeEventSchemas).flatMap(([type, { newest }]) => ('upgradeId' in newest.properties ? [type] : [])),
);
