import { createApp } from '../domain/app/decide.js';
import { installTemplate } from '../domain/app/decide-install.js';
import { fillIn, type InstallValue } from '../domain/app/install-values.js';
import type { InstallTemplate } from '../domain/app/commands.js';
import { evolveApp } from '../domain/app/evolve.js';
import type { AppEvent, UpgradeTarget } from '../domain/app/events.js';
import type { ValueToBind } from '../domain/app/values-to-bind.js';
import { viewApp } from '../domain/app/state.js';
import { accept, type Decision } from '../domain/decision.js';
import type { ContentLookup } from '../domain/definition/content.js';
import { Refusal } from '../domain/errors.js';
import type { AppId, InstallationId, TemplateId } from '../domain/ids.js';
import { manifestDigest } from '../domain/template/manifest.js';
import { requireOffered } from '../domain/template/offered.js';
import { largestOffered, type Release, type TemplateState } from '../domain/template/state.js';
import { withValues } from './bind-values.js';
import { mayReadTemplate, teamOfNew } from './access.js';
import { noTemplate } from './aggregates.js';
import type { CommandContext } from './context.js';
import { execute, type CommandServices, type Executed } from './execute.js';
import { idOfNew } from './named-command.js';
import { appTarget, theEvent } from './target.js';

export interface Install {
  readonly templateId: TemplateId;
  /** The largest one that is not withdrawn where it is not given. */
  readonly version: string | undefined;
  readonly keys: ReadonlyMap<string, string>;
  /** For what the version leaves open, or another value of what it does not. */
  readonly values?: readonly InstallValue[] | undefined;
  /** A new app, of the template's team where none is named, or one that is there. */
  readonly into:
    { readonly name: string; readonly team?: string | undefined; readonly target?: UpgradeTarget | undefined } | { readonly appId: AppId };
}

export interface Installed {
  readonly appId: AppId;
  readonly installationId: InstallationId;
}

export function handleInstall(services: CommandServices, context: CommandContext, command: Install): Promise<Executed<Installed>> {
  const { aggregates } = services;
  const { into } = command;
  const appId = 'appId' in into ? into.appId : (idOfNew(context, services.runtime) as AppId);
  return execute(services, context, appTarget(aggregates, appId), {
    decide: async (loaded) => {
      const { install, toBind, lookup, team } = await prepare(services, context, command);
      if ('appId' in into) {
        const { view, state } = await aggregates.viewOf(appId, loaded);
        return withValues(services.vault, state, installTemplate(install, view, lookup), toBind);
      }
      const created = createApp({ appId, name: into.name, team: teamOfNew(context.access, into.team, team), target: into.target });
      const decision = createAndInstall(created, install, lookup);
      return withValues(services.vault, { appId, bindings: new Map() }, decision, toBind);
    },
    answer: (events) => ({ appId, installationId: theEvent(events, 'TemplateInstalled').installationId }),
  });
}

interface Prepared {
  readonly install: InstallTemplate;
  readonly toBind: readonly ValueToBind[];
  /** Holds the definitions of the version. */
  readonly lookup: ContentLookup;
  /** That of the template. */
  readonly team: string;
}

async function prepare(
  { aggregates, contents, runtime }: CommandServices,
  { access }: CommandContext,
  { templateId, version: label, keys, values = [] }: Install,
): Promise<Prepared> {
  const { state, revision: templateRevision } = await aggregates.template(templateId);
  // Who has it installed goes on reading it, and upgrades; to install it anew takes more than that.
  if (access && !mayReadTemplate(access.principal, state)) throw noTemplate(templateId);
  const release = label === undefined ? requireLargest(state) : await aggregates.version(templateId, label);
  requireOffered(release);
  const version = release.version.label;
  const manifest = await aggregates.manifest(templateId, version);
  const installationId = runtime.newId() as InstallationId;
  const lookup = await contents.load([...manifest.components.values()].map(({ digest }) => digest));
  const { patches, toBind } = fillIn({ installationId, version, manifest }, values, lookup);
  const install = {
    installationId,
    templateId,
    templateRevision,
    version,
    manifest,
    manifestDigest: release.manifest ?? manifestDigest(manifest),
    keys,
    patches,
  };
  return { install, toBind, lookup, team: state.team };
}

/** A new app and its install in one append: there is never an app whose install failed half way. */
function createAndInstall(created: Decision<AppEvent>, install: InstallTemplate, lookup: ContentLookup): Decision<AppEvent> {
  if (!created.accepted) return created;
  const state = evolveApp(undefined, created.events);
  if (!state) throw new Error('an app that was created is there');
  const installed = installTemplate(install, viewApp(state, new Map()), lookup);
  return installed.accepted ? accept([...created.events, ...installed.events], installed.contents) : installed;
}

function requireLargest(state: TemplateState): Release {
  const release = largestOffered(state);
  if (release) return release;
  const { name, templateId } = state;
  if (state.versions.size > 0) {
    const message = `every version of template "${name}" is withdrawn: restore one, or publish a larger one`;
    throw new Refusal('VERSION_WITHDRAWN', message, { templateId });
  }
  throw new Refusal('NOT_FOUND', `template "${name}" has no published version yet: wait for its release`, { templateId });
}
