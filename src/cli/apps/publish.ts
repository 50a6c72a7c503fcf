import type { ApiCaller } from '../api/caller.js';
import { follow } from '../api/follow.js';
import { find, type Named } from '../api/names.js';
import { progressBar } from '../bar.js';
import { report } from '../command.js';
import { COMPONENT_DIFFERENCE, componentsDiff, type ComponentDifference } from '../diff/components.js';
import { RefusedError, UsageError } from '../errors.js';
import { FAILED, OK, type ExitCode } from '../exit-code.js';
import { plain } from '../paint.js';
import type { Remote } from './remote.js';

export interface PublishOptions {
  readonly template?: string;
  /** The name of a template that is to be made. */
  readonly new?: string;
  readonly version?: string;
  readonly basedOn?: string;
  readonly alias?: string;
  readonly notes?: string;
  readonly upgradeFrom?: string;
  readonly visibility?: string;
  readonly dryRun?: boolean;
}

interface Release {
  readonly id: string;
  readonly version: string;
  readonly state: 'SYNCING' | 'PUBLISHED' | 'FAILED' | 'CANCELLED';
  readonly syncRecords: readonly {
    readonly componentKey: string;
    readonly change: string;
    readonly state: string;
    readonly error: string | null;
  }[];
}

interface Preview {
  readonly latestVersion: string | null;
  readonly suggestedVersion: string;
  readonly suggestionReason: string;
  readonly problems: readonly { readonly code: string; readonly componentKey: string; readonly message: string }[];
  readonly comparison: { readonly components: readonly ComponentDifference[] } | null;
}

const RELEASE = '{ id version state syncRecords { componentKey change state error } }';
export const RELEASE_RECORD = `query ($id: ID!) { node(id: $id) { ... on ReleaseRecord ${RELEASE} } }`;
export const TEMPLATES_OF_APP = 'query ($id: ID!) { app(id: $id) { templates { id name team } } }';
export const PUBLISH_PREVIEW = `query ($appId: ID!, $templateId: ID, $basedOn: String) { preview: publishPreview(appId: $appId, templateId: $templateId, basedOn: $basedOn) {
  latestVersion suggestedVersion suggestionReason problems { code componentKey message } comparison { components { ${COMPONENT_DIFFERENCE} } }
} }`;
export const PUBLISH_PAYLOAD = `template { id name team } release ${RELEASE}`;

/** Publishes an app as the next version of its template, or as a new one; with `dryRun` only shows what would be in it. */
export async function publishCommand(remote: Remote, appText: string, options: PublishOptions): Promise<ExitCode> {
  const { caller } = remote;
  const app = await find(caller, 'app', appText);
  const template = await templateFor(caller, app, options);
  const about = { appId: app.id, templateId: template?.id, basedOn: options.basedOn };
  if (options.dryRun) return showPreview(remote, about, options);
  const version = options.version ?? (await previewOf(caller, about)).suggestedVersion;
  const { alias, notes, upgradeFrom, visibility } = options;
  const input = { ...about, name: options.new, version, alias, notes, upgradeFrom, visibility: visibility?.toUpperCase() };
  const payload = await caller.command<{ position: string; template: Named; release: Release }>(
    'publishTemplate',
    'PublishTemplateInput',
    PUBLISH_PAYLOAD,
    input,
  );
  const release = await untilPublished(remote, payload.template.id, payload);
  await report(remote.terminal, remote.json, { template: payload.template, release }, textOf(remote, payload.template, release));
  return release.state === 'PUBLISHED' ? OK : FAILED;
}

/** @throws RefusedError where an app has several templates, or none, and none is named. */
async function templateFor(caller: ApiCaller, { id, name }: Named, options: PublishOptions): Promise<Named | undefined> {
  if (options.new !== undefined && options.template !== undefined) throw new UsageError('give either --new or --template');
  if (options.new !== undefined) return undefined;
  if (options.template !== undefined) return find(caller, 'template', options.template);
  const { app } = await caller.ask<{ app: { templates: readonly Named[] } }>(TEMPLATES_OF_APP, { id });
  const [template, other] = app.templates;
  if (template && !other) return template;
  if (!template)
    throw new RefusedError(
      'NOT_FOUND',
      `"${name}" was never published: name its new template by --new, or one that there is by --template`,
    );
  const those = app.templates.map((each) => `  ${each.id}  ${each.team}/${each.name}`).join('\n');
  throw new RefusedError('NAME_AMBIGUOUS', `"${name}" is published as several templates: say which by --template:\n${those}`);
}

async function previewOf(caller: ApiCaller, about: object): Promise<Preview> {
  return (await caller.ask<{ preview: Preview }>(PUBLISH_PREVIEW, about)).preview;
}

async function showPreview({ caller, terminal, json }: Remote, about: object, { version }: PublishOptions): Promise<ExitCode> {
  const preview = await previewOf(caller, about);
  const { latestVersion, suggestedVersion, suggestionReason, problems, comparison } = preview;
  const lines = [
    `${latestVersion ?? 'the first version'} → ${version ?? `${suggestedVersion} (${plain(suggestionReason)})`}`,
    ...componentsDiff(comparison?.components ?? [], terminal.paint),
    ...problems.map(({ code, message }) => terminal.paint('red', `! ${code}: ${plain(message)}`)),
  ];
  await report(terminal, json, { preview }, lines.join('\n'));
  return problems.length > 0 ? FAILED : OK;
}

/** The release once it is over, which it is at once unless it is large. */
async function untilPublished(
  { caller, terminal }: Remote,
  templateId: string,
  { release, position }: { release: Release; position: string },
): Promise<Release> {
  if (release.state !== 'SYNCING') return release;
  const bar = progressBar(terminal, 'components', release.syncRecords.length);
  try {
    for await (const { event } of follow(caller, { field: 'events', templateId, after: position })) {
      if (!event) continue;
      const { node } = await caller.ask<{ node: Release }>(RELEASE_RECORD, { id: release.id });
      bar.at(node.syncRecords.filter(({ state }) => state !== 'PENDING' && state !== 'SYNCING').length);
      if (node.state !== 'SYNCING') return node;
    }
    throw new Error('following ends only by its signal');
  } finally {
    bar.done();
  }
}

const SIGNS: Readonly<Record<string, string>> = { ADDED: '+', REMOVED: '-', CHANGED: '~', RENAMED: '~', UNCHANGED: '=' };

function textOf({ terminal: { paint } }: Remote, { name }: Named, { id, version, state, syncRecords }: Release): string {
  const lines = syncRecords.map(({ componentKey, change, error }) => {
    const line = `${SIGNS[change] ?? '?'} ${plain(componentKey)} (${change.toLowerCase()})`;
    return error === null ? line : paint('red', `${line}: ${plain(error)}`);
  });
  const end =
    state === 'PUBLISHED'
      ? `Published ${plain(name)} ${version}.`
      : `${plain(name)} ${version} is not published: the release is ${state}. (${id})`;
  return [...lines, end].join('\n');
}
