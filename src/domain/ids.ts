declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type AppId = Branded<'AppId'>;
/**
 * A component of an app. Of an app's own component a UUID; of an installed one `<installation id>:<template component id>`,
 * so that an install of any size needs no id stored for each of its components.
 */
export type ComponentId = Branded<'ComponentId'>;
export type InstallationId = Branded<'InstallationId'>;
export type TemplateId = Branded<'TemplateId'>;
/** The identity of a component across the versions of a template, whatever its key. */
export type TemplateComponentId = Branded<'TemplateComponentId'>;
export type ReleaseId = Branded<'ReleaseId'>;
export type UpgradeId = Branded<'UpgradeId'>;
export type WebhookId = Branded<'WebhookId'>;
/** SHA-256 of a content's canonical form (RFC 8785), 64 lower-case hexadecimal digits. */
export type Digest = Branded<'Digest'>;

export function installedComponentId(installationId: InstallationId, templateComponentId: TemplateComponentId): ComponentId {
  return `${installationId}:${templateComponentId}` as ComponentId;
}

/** @returns undefined where the id is not that of an installed component. */
export function parseInstalledComponentId(
  componentId: string,
): { installationId: InstallationId; templateComponentId: TemplateComponentId } | undefined {
  const [installationId, templateComponentId, ...rest] = componentId.split(':');
  if (!installationId || !templateComponentId || rest.length > 0) return undefined;
  return { installationId: installationId as InstallationId, templateComponentId: templateComponentId as TemplateComponentId };
}
