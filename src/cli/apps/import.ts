import { readFile } from 'node:fs/promises';
import { basename, dirname, relative, sep } from 'node:path';
import type { ApiCaller } from '../api/caller.js';
import { find, findIfAny } from '../api/names.js';
import { report } from '../command.js';
import { COMPONENT_DIFFERENCE, componentsDiff, type ComponentDifference } from '../diff/components.js';
import { UsageError } from '../errors.js';
import { OK, type ExitCode } from '../exit-code.js';
import { plain } from '../paint.js';
import { pairOf } from './pairs.js';
import type { Remote } from './remote.js';

export interface ImportOptions {
  readonly app: string;
  /** Makes the app where there is none of this name. */
  readonly create?: boolean;
  readonly team?: string;
  /** Files that the project names. */
  readonly with: readonly string[];
  readonly envFile?: string;
  readonly profile: readonly string[];
  readonly rename: readonly string[];
  readonly dryRun?: boolean;
}

interface ImportPayload {
  readonly position: string;
  readonly changes: readonly ComponentDifference[];
  readonly warnings: readonly {
    readonly code: string;
    readonly message: string;
    readonly file: string | null;
    readonly line: number | null;
    readonly suggestion: string | null;
  }[];
}

export const IMPORT_PAYLOAD = `changes { ${COMPONENT_DIFFERENCE} } warnings { code message file line suggestion }`;

/** Brings the components of an app to what a Compose project says. */
export async function importCommand(remote: Remote, files: readonly string[], options: ImportOptions): Promise<ExitCode> {
  const { caller, terminal, json } = remote;
  const input = {
    files: await filesOf(files, options.with),
    env: options.envFile === undefined ? undefined : await readFile(options.envFile, 'utf8'),
    profiles: options.profile.length > 0 ? options.profile : undefined,
    renames: options.rename.map((text) => pairOf('--rename', text)).map(([from, to]) => ({ from, to })),
    dryRun: options.dryRun,
  };
  const app = await appFor(caller, options);
  const { changes, warnings } = await caller.command<ImportPayload>('importCompose', 'ImportComposeInput', IMPORT_PAYLOAD, {
    ...input,
    appId: app.id,
  });
  for (const { code, message, file, line, suggestion } of json ? [] : warnings) {
    const where = file === null ? '' : `${file}${line === null ? '' : `:${line}`}: `;
    terminal.note(`warning: ${plain(`${where}${message} (${code})`)}${suggestion === null ? '' : `\n  ${plain(suggestion)}`}`);
  }
  const changed = changes.filter(({ change }) => change !== 'UNCHANGED').length;
  const did = options.dryRun ? 'would change' : 'changed';
  const text = [...componentsDiff(changes, terminal.paint), `"${plain(app.name)}": ${changed} of ${changes.length} components ${did}.`];
  await report(terminal, json, { app, dryRun: options.dryRun ?? false, changes, warnings }, text.join('\n'));
  return OK;
}

/** Made under the command's id, too: where the answer is lost, the same command again finds it. */
async function appFor(caller: ApiCaller, { app: text, create, team, dryRun }: ImportOptions): Promise<{ id: string; name: string }> {
  if (!create) return find(caller, 'app', text);
  const there = await findIfAny(caller, 'app', text);
  if (there) return there;
  if (dryRun) throw new UsageError(`there is no app "${text}" yet: --dry-run makes none`);
  const { app } = await caller.command<{ position: string; app: { id: string; name: string } }>(
    'createApp',
    'CreateAppInput',
    'app { id name }',
    {
      name: text,
      team,
    },
  );
  return app;
}

/** The first file is the project, the next are overlays; names are relative to the project's folder, with slashes. */
async function filesOf(files: readonly string[], others: readonly string[]): Promise<readonly object[]> {
  const [project = ''] = files;
  const nameOf = (file: string): string => (file === project ? basename(file) : relative(dirname(project), file).split(sep).join('/'));
  const all = [...files.map((file, at) => ({ file, overlay: at > 0 })), ...others.map((file) => ({ file, overlay: false }))];
  return Promise.all(
    all.map(async ({ file, overlay }) => ({ name: nameOf(file), content: await readFile(file, 'utf8'), ...(overlay && { overlay }) })),
  );
}
