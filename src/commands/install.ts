import { createApp } from '../domain/app/decide.js';
import { installTemplate } from '../domain/app/decide-install.js';
import { evolveApp } from '../domain/app/evolve.js';
import type { AppEvent } from '../domain/app/events.js';
import { viewApp } from '../domain/app/state.js';
import { accept, type Decision } from '../domain/decision.js';
import { Refusal } from '../domain/errors.js';
import type { AppId, InstallationId, TemplateId } from '../domain/ids.js';
import { manifestDigest } from '../domain/template/manifest.js';
import { largestVersion, type Release } from '../domain/template/state.js';
import { appStream } from './aggregates.js';
import type { CommandContext } from './context.js';
import { execute, type CommandServices, type Executed } from './execute.js';

export interface Install {
  readonly templateId: TemplateId;
  /** The largest published one where it is not given. */
  readonly version: string | undefined;
  readonly keys: ReadonlyMap<string, string>;
  /** A new app, or one that is there. */
  readonly into: { readonly name: string; readonly team: string } | { readonly appId: AppId };
}

export interface Installed {
  readonly appId: AppId;
  readonly installationId: InstallationId;
}

export async function handleInstall(services: CommandServices, context: CommandContext, command: Install): Promise<Executed<Installed>> {
  const { templateId, keys, into } = command;
  const { release, revision: templateRevision } = await chooseVersion(services, templateId, command.version);
  const version = release.version.label;
  const manifest = await services.aggregates.manifest(templateId, version);
  const installationId = services.runtime.newId() as InstallationId;
  const appId = 'appId' in into ? into.appId : (services.runtime.newId() as AppId);
  const install = {
    installationId,
    templateId,
    templateRevision,
    version,
    manifest,
    manifestDigest: release.manifest ?? manifestDigest(manifest),
    keys,
  };
  return execute(services, context, undefined, async () => {
    const stream = appStream(appId);
    const result = { appId, installationId };
    if ('appId' in into) {
      const { view, revision } = await services.aggregates.app(appId);
      return { stream, revision, decision: installTemplate(install, view), result };
    }
    return { stream, revision: 'no_stream', decision: createAndInstall(createApp({ appId, ...into }), install), result };
  });
}

/** A new app and its install in one append: there is never an app whose install failed half way. */
function createAndInstall(created: Decision<AppEvent>, install: Parameters<typeof installTemplate>[0]): Decision<AppEvent> {
  if (!created.accepted) return created;
  const state = evolveApp(undefined, created.events);
  if (!state) throw new Error('an app that was created is there');
  const installed = installTemplate(install, viewApp(state, new Map()));
  return installed.accepted ? accept([...created.events, ...installed.events], installed.contents) : installed;
}

async function chooseVersion(
  services: CommandServices,
  templateId: TemplateId,
  label: string | undefined,
): Promise<{ release: Release; revision: number }> {
  const { state, revision } = await services.aggregates.template(templateId);
  if (label !== undefined) return { release: await services.aggregates.version(templateId, label), revision };
  const release = largestVersion(state);
  if (release) return { release, revision };
  throw new Refusal('NOT_FOUND', `template "${state.name}" has no published version yet: wait for its release`, { templateId });
}
