import { readFile } from 'node:fs/promises';
import type { ApiCaller } from '../api/caller.js';
import { find, findIfAny, type Named } from '../api/names.js';
import { report } from '../command.js';
import { RefusedError, UsageError } from '../errors.js';
import { OK, type ExitCode } from '../exit-code.js';
import { plain } from '../paint.js';
import { APP_INSTALLATIONS, type Installation, type InstalledApp } from './installed.js';
import { pairOf } from './pairs.js';
import type { Remote } from './remote.js';

export interface InstallOptions {
  /** The name of a new app. */
  readonly as?: string;
  /** An app that is there. */
  readonly into?: string;
  readonly version?: string;
  readonly team?: string;
  readonly set: readonly string[];
  readonly key: readonly string[];
  readonly external?: boolean;
  /** Installs it beside itself. */
  readonly again?: boolean;
  readonly commandId?: string;
}

interface InstallPayload {
  readonly position: string;
  readonly app: Named;
  readonly installation: { readonly id: string; readonly currentVersion: string };
  readonly missingValues: readonly {
    readonly componentKey: string;
    readonly name: string;
    readonly secret: boolean;
    readonly description: string | null;
  }[];
}

export const INSTALL_PAYLOAD =
  'app { id name team } installation { id currentVersion } missingValues { componentKey name secret description }';
export const VERSION_KEYS = `query ($id: ID!, $version: String!, $named: Boolean!) { template(id: $id) {
  version(version: $version) @include(if: $named) { components { key } } latestVersion @skip(if: $named) { components { key } }
} }`;

/** Installs a template into a new app or one that is there. What is installed there already is not installed twice. */
export async function installCommand(remote: Remote, templateText: string, options: InstallOptions): Promise<ExitCode> {
  const { caller, terminal, json } = remote;
  if ((options.as === undefined) === (options.into === undefined)) {
    throw new UsageError('say by --as how a new app is to be called, or by --into which app it is to go into');
  }
  const template = await find(caller, 'template', templateText);
  const there = await appThere(caller, options);
  const installed = there && !options.again && options.commandId === undefined ? await installedIn(caller, there, template) : undefined;
  if (there && installed) return alreadyInstalled(remote, there, installed, options);
  if (there && options.as !== undefined && !options.again && options.commandId === undefined) {
    throw new RefusedError(
      'NAME_TAKEN',
      `there is an app "${options.as}" (${there.id}): install into it by --into, or another of this name by --again`,
    );
  }
  const payload = await caller.command<InstallPayload>('installTemplate', 'InstallTemplateInput', INSTALL_PAYLOAD, {
    templateId: template.id,
    version: options.version,
    ...(options.into === undefined
      ? { appName: options.as, team: options.team, target: options.external ? 'EXTERNAL' : undefined }
      : { appId: there?.id }),
    keys: options.key.map((text) => pairOf('--key', text)).map(([from, to]) => ({ from, to })),
    values: await valuesOf(caller, template, options),
  });
  await report(terminal, json, { ...payload, template, installed: true }, textOf(template, payload));
  return OK;
}

async function appThere(caller: ApiCaller, { as, into, team }: InstallOptions): Promise<Named | undefined> {
  if (into !== undefined) return find(caller, 'app', into);
  return findIfAny(caller, 'app', team === undefined ? (as ?? '') : `${team}/${as}`);
}

async function installedIn(caller: ApiCaller, { id }: Named, template: Named): Promise<Installation | undefined> {
  const { app } = await caller.ask<{ app: InstalledApp | null }>(APP_INSTALLATIONS, { id });
  return app?.installations.find((installation) => installation.template.id === template.id);
}

async function alreadyInstalled(
  { terminal, json }: Remote,
  app: Named,
  { id, currentVersion, template }: Installation,
  { version }: InstallOptions,
): Promise<ExitCode> {
  if (version !== undefined && version !== currentVersion) {
    const message = `${template.name} ${currentVersion} is installed in "${app.name}": bring it to ${version} by regraft upgrade, or install it beside by --again`;
    throw new RefusedError('ALREADY_INSTALLED', message);
  }
  const result = { app, installation: { id, currentVersion }, missingValues: [], template, installed: false };
  await report(terminal, json, result, `${plain(template.name)} ${currentVersion} is installed in "${plain(app.name)}": nothing to do.`);
  return OK;
}

/** `web.PASSWORD=text`, or `web.PASSWORD=@file` for what a file holds, which shows it to nobody. */
async function valuesOf(caller: ApiCaller, { id }: Named, { set, version }: InstallOptions): Promise<readonly object[]> {
  if (set.length === 0) return [];
  type Version = { readonly components: readonly { readonly key: string }[] } | null;
  const { template } = await caller.ask<{ template: { version?: Version; latestVersion?: Version } }>(VERSION_KEYS, {
    id,
    version: version ?? '',
    named: version !== undefined,
  });
  const keys = ((version === undefined ? template.latestVersion : template.version)?.components ?? []).map(({ key }) => key);
  return Promise.all(
    set.map(async (text) => {
      const [place, given] = pairOf('--set', text);
      const componentKey = keys.filter((key) => place.startsWith(`${key}.`)).sort((a, b) => b.length - a.length)[0];
      if (componentKey === undefined)
        throw new UsageError(`--set ${place}: <component>.<name> is expected; components are ${keys.join(', ') || 'none'}`);
      const value = given.startsWith('@') ? (await readFile(given.slice(1), 'utf8')).replace(/\r?\n$/, '') : given;
      return { componentKey, name: place.slice(componentKey.length + 1), value };
    }),
  );
}

function textOf({ name }: Named, { app, installation, missingValues }: InstallPayload): string {
  const missing = missingValues.map(
    ({ componentKey, name: variable, secret, description }) =>
      `  ${plain(componentKey)}.${plain(variable)}${secret ? ' (secret)' : ''}${description === null ? '' : `: ${plain(description)}`}`,
  );
  return [
    `Installed ${plain(name)} ${installation.currentVersion} as "${plain(app.name)}". (app ${app.id})`,
    ...(missing.length > 0 ? ['To be given before it runs:', ...missing] : []),
  ].join('\n');
}
