import Type, { type Static } from 'typebox';
import { contentDigestSchema, digestSchema, event, idSchema, masked, pathsSchema, type EventOf } from '../event-schema.js';
import type { AppId, ComponentId, InstallationId, TemplateComponentId, TemplateId } from '../ids.js';
import { upgradeEventSchemas } from './upgrade-events.js';

/** A component that is not as the version has it: it has another key in the app, or values that were given. The local patch says so. */
const KeyedComponent = Type.Object({
  templateComponentId: idSchema<TemplateComponentId>(),
  key: Type.String(),
  patch: contentDigestSchema,
});

/** What carries out upgrades: nobody but the record, or an integration. Where it is not said: the record. */
const TargetSchema = Type.Enum(['RECORD', 'EXTERNAL']);

export const appEventSchemas = {
  AppCreated: event({ appId: idSchema<AppId>(), name: Type.String(), team: Type.String(), target: Type.Optional(TargetSchema) }),

  /** The name, who carries out upgrades, or app-level content: the app's own, or with `installationId` an install's, whose difference to the template is `patch`. */
  AppChanged: event({
    appId: idSchema<AppId>(),
    name: Type.Optional(Type.String()),
    target: Type.Optional(TargetSchema),
    installationId: Type.Optional(idSchema<InstallationId>()),
    /** Of the resulting app-level content. */
    content: Type.Optional(contentDigestSchema),
    /** Null where the install no longer differs from the template. */
    patch: Type.Optional(Type.Union([contentDigestSchema, Type.Null()])),
    set: pathsSchema,
    unset: pathsSchema,
  }),

  /** A component of the app's own. */
  ComponentAdded: event({
    appId: idSchema<AppId>(),
    componentId: idSchema<ComponentId>(),
    key: Type.String(),
    digest: contentDigestSchema,
  }),

  /** A component of the app's own, or with `installationId` an installed one, whose difference to its base is then `patch`. */
  ComponentChanged: event({
    appId: idSchema<AppId>(),
    componentId: idSchema<ComponentId>(),
    installationId: Type.Optional(idSchema<InstallationId>()),
    key: Type.String(),
    previousKey: Type.Optional(Type.String()),
    /** Of the resulting definition. */
    digest: contentDigestSchema,
    /** Null where an installed component no longer differs from its base. */
    patch: Type.Optional(Type.Union([contentDigestSchema, Type.Null()])),
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
    base: contentDigestSchema,
    patch: Type.Optional(contentDigestSchema),
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

  /** A command that its client named had nothing to change here: remembered, so that the same one does not change something later. */
  AppUnchanged: event({ appId: idSchema<AppId>() }),

  AppDeleted: event({ appId: idSchema<AppId>() }),

  ...upgradeEventSchemas,
};

export type AppEvent = EventOf<typeof appEventSchemas>;

/** Who carries out the upgrades of an app: RECORD, they are done once they are recorded; EXTERNAL, an integration does them and reports. */
export type UpgradeTarget = Static<typeof TargetSchema>;
