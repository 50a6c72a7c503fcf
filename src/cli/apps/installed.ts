import type { ApiCaller } from '../api/caller.js';
import { find, type Named } from '../api/names.js';
import { RefusedError } from '../errors.js';

export interface Installation {
  readonly id: string;
  readonly currentVersion: string;
  readonly template: Named;
  readonly pendingComponents: readonly { readonly key: string }[];
  /** The largest one alone. */
  readonly upgradableVersions: readonly { readonly version: string }[];
  readonly blockedVersions: readonly {
    readonly version: { readonly version: string };
    readonly reason: string;
    readonly viaVersion: string | null;
  }[];
}

export interface InstalledApp extends Named {
  readonly installations: readonly Installation[];
}

export const APP_INSTALLATIONS = `query ($id: ID!) { app(id: $id) { id name team installations {
  id currentVersion template { id name team } pendingComponents { key }
  upgradableVersions(first: 1) { version } blockedVersions(first: 5) { version { version } reason viaVersion }
} } }`;

/** An app by its id or name, with what is installed in it. @throws RefusedError. */
export async function installedApp(caller: ApiCaller, text: string): Promise<InstalledApp> {
  const { id } = await find(caller, 'app', text);
  const { app } = await caller.ask<{ app: InstalledApp | null }>(APP_INSTALLATIONS, { id });
  if (!app) throw new RefusedError('NOT_FOUND', `there is no app "${text}" any more`);
  return app;
}

/**
 * The installation of an app that is meant: by its id or the name of its template; the only one where none is named.
 * @throws RefusedError NOT_FOUND, INSTALLATION_AMBIGUOUS.
 */
export function installationOf({ name, installations }: InstalledApp, text: string | undefined): Installation {
  const meant = installations.filter(({ id, template }) => text === undefined || [id, template.id, template.name].includes(text));
  const [installation, other] = meant;
  if (installation && !other) return installation;
  const those = installations.map((each) => `  ${each.id}  ${each.template.name} ${each.currentVersion}`).join('\n');
  if (!installation && text === undefined) throw new RefusedError('NOT_FOUND', `nothing is installed in "${name}"`);
  if (!installation) throw new RefusedError('NOT_FOUND', `"${text}" is not installed in "${name}"; there are:\n${those || '  none'}`);
  throw new RefusedError('INSTALLATION_AMBIGUOUS', `"${name}" has several installations: say which by --installation:\n${those}`);
}
