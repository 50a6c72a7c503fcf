import type { Access } from '../../commands/access.js';
import type { CommandServices } from '../../commands/execute.js';
import { prepareRelease } from '../../commands/publish.js';
import type { Content } from '../../domain/definition/content.js';
import type { AppId, ComponentId, Digest, ReleaseId, TemplateId } from '../../domain/ids.js';
import { startRelease } from '../../domain/template/decide.js';
import type { Manifest } from '../../domain/template/manifest.js';
import type { Identity } from '../../domain/template/match.js';
import { findVersion, manifestOf, withDifference } from '../../domain/template/state.js';
import { requireVersion } from '../../domain/version.js';
import type { VersionRange } from '../../domain/version-range.js';
import { byDigest, previewPublish } from '../publish-preview.js';

/** As for publishing, but for the version: where none is named it is the one that `publishPreview` suggests. */
export interface RehearsePublish {
  readonly appId: AppId;
  readonly templateId: TemplateId;
  readonly version?: string | undefined;
  readonly basedOn?: string | undefined;
  readonly upgradeFrom?: string | undefined;
  readonly components?: ReadonlySet<ComponentId> | undefined;
  readonly identities: readonly Identity[];
}

/** A version as publishing it now would make it. */
export interface UnpublishedVersion {
  readonly templateId: TemplateId;
  readonly appId: AppId;
  readonly version: string;
  /** From where it could be upgraded to; undefined where that is any smaller version. */
  readonly upgradeFrom: VersionRange | undefined;
  /** The version that it would be based on; undefined where it would be the first. */
  readonly basedOn: string | undefined;
  readonly manifest: Manifest;
  /** What it has that is not in the log until it is published. */
  readonly contents: ReadonlyMap<Digest, Content>;
  readonly appRevision: number;
  readonly templateRevision: number;
}

/** Decides as publishing would, and keeps what comes of it. @throws Refusal where publishing would be refused, as publishing is. */
export async function unpublishedVersion(
  services: CommandServices,
  command: RehearsePublish,
  access?: Access,
): Promise<UnpublishedVersion> {
  const { appId, templateId } = command;
  const version = command.version ?? (await suggestedVersion(services, command, access));
  const releaseId = services.runtime.newId() as ReleaseId;
  const { state, revision } = await services.aggregates.template(templateId, access);
  const { start, contents } = await prepareRelease(services, { ...command, version }, { templateId, releaseId }, access);
  const decision = startRelease(start, state);
  if (!decision.accepted) throw decision.refusal;
  const [started] = decision.events;
  if (started?.type !== 'ReleaseStarted') throw new Error('publishing starts no release');
  const { basedOn, difference } = started.data;
  const base = basedOn === null ? undefined : findVersion(state, requireVersion(basedOn));
  return {
    templateId,
    appId,
    version: started.data.version,
    upgradeFrom: start.upgradeFrom,
    basedOn: basedOn ?? undefined,
    manifest: withDifference(base && manifestOf(base), difference),
    contents: byDigest(contents),
    appRevision: start.sourceRevision,
    templateRevision: revision,
  };
}

async function suggestedVersion(
  services: CommandServices,
  { appId, templateId, basedOn, components }: RehearsePublish,
  access: Access | undefined,
): Promise<string> {
  const on = basedOn === undefined ? undefined : requireVersion(basedOn);
  return (await previewPublish(services, { appId, templateId, basedOn: on, components }, access)).suggestion.version;
}
