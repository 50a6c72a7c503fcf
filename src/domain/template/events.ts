import Type from 'typebox';
import { contentDigestSchema, digestSchema, event, idSchema, type EventOf } from '../event-schema.js';
import type { AppId, ComponentId, ReleaseId, TemplateComponentId, TemplateId } from '../ids.js';

const ManifestEntrySchema = Type.Object({
  templateComponentId: idSchema<TemplateComponentId>(),
  key: Type.String(),
  digest: contentDigestSchema,
  needs: Type.Array(Type.String()),
  sourceComponentId: idSchema<ComponentId>(),
});

/** How a manifest differs from the one that it is based on: a template's log grows with what changed, not with its size. */
const ManifestDifferenceSchema = Type.Object({
  /** New, changed, or recognised as published from another source component. */
  set: Type.Array(ManifestEntrySchema),
  removed: Type.Array(idSchema<TemplateComponentId>()),
  content: contentDigestSchema,
});

/** PUBLIC: everybody who may read in some team. */
const VisibilitySchema = Type.Union([Type.Literal('TEAM'), Type.Literal('PUBLIC')]);
export type Visibility = Type.Static<typeof VisibilitySchema>;

/** What is said of a published version, as it was written then. Its content stays as it is, and its release was over. */
const aboutVersion = {
  templateId: idSchema<TemplateId>(),
  version: Type.String(),
  reason: Type.Optional(Type.String()),
};

export const templateEventSchemas = {
  TemplateCreated: event({
    templateId: idSchema<TemplateId>(),
    name: Type.String(),
    team: Type.String(),
    sourceAppId: idSchema<AppId>(),
    /** Who reads it beside its team; TEAM, nobody, where it is not there. */
    visibility: Type.Optional(VisibilitySchema),
  }),

  /** What is not there stays as it was. */
  TemplateChanged: event({ templateId: idSchema<TemplateId>(), visibility: Type.Optional(VisibilitySchema) }),

  ReleaseStarted: event({
    templateId: idSchema<TemplateId>(),
    releaseId: idSchema<ReleaseId>(),
    version: Type.String(),
    /** The version that the differences are told against; null for the first one. */
    basedOn: Type.Union([Type.String(), Type.Null()]),
    /** Whether its author named that version (a maintenance line): then it is to be larger than that one, not than all. */
    line: Type.Optional(Type.Literal(true)),
    /** From which versions it can be upgraded to, as written; where it is not there, from every smaller one. */
    upgradeFrom: Type.Optional(Type.String()),
    alias: Type.Optional(Type.String()),
    notes: Type.Optional(Type.String()),
    sourceAppId: idSchema<AppId>(),
    /** The revision of the source app that is published, whatever happens to the app meanwhile. */
    sourceRevision: Type.Integer({ minimum: 0 }),
    difference: ManifestDifferenceSchema,
    /** The components whose content is new or changed: each is checked before the release becomes a version. */
    toSync: Type.Array(idSchema<TemplateComponentId>()),
  }),

  ComponentSynced: event({
    templateId: idSchema<TemplateId>(),
    releaseId: idSchema<ReleaseId>(),
    templateComponentId: idSchema<TemplateComponentId>(),
    digest: contentDigestSchema,
  }),

  ComponentSyncFailed: event({
    templateId: idSchema<TemplateId>(),
    releaseId: idSchema<ReleaseId>(),
    templateComponentId: idSchema<TemplateComponentId>(),
    error: Type.String(),
  }),

  /** The failed components of a failed release are to be checked again. */
  ReleaseRetried: event({ templateId: idSchema<TemplateId>(), releaseId: idSchema<ReleaseId>() }),

  ReleaseCancelled: event({ templateId: idSchema<TemplateId>(), releaseId: idSchema<ReleaseId>() }),

  /** The last event of a release: from here on the version can be installed and upgraded to. */
  TemplatePublished: event({
    templateId: idSchema<TemplateId>(),
    releaseId: idSchema<ReleaseId>(),
    version: Type.String(),
    /** Names the content of the version. */
    manifest: digestSchema,
  }),

  /** From here on the version is offered with a warning. */
  VersionDeprecated: event(aboutVersion),

  /** From here on the version can neither be installed nor upgraded to. Installs at it stay. */
  VersionWithdrawn: event(aboutVersion),

  /** From here on the version is offered as it was when it was published. */
  VersionRestored: event(aboutVersion),

  /** A command that its client named had nothing to change here: remembered, so that the same one does not change something later. */
  TemplateUnchanged: event({ templateId: idSchema<TemplateId>() }),

  /**
   * A template that a name was reserved for, and that was not created, does not get the name: another one does. Whoever was about to create it
   * finds this event instead of an empty stream.
   */
  NameLost: event({ templateId: idSchema<TemplateId>(), name: Type.String(), to: idSchema<TemplateId>() }),
};

export type TemplateEvent = EventOf<typeof templateEventSchemas>;
