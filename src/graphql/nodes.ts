import type { AppRow, InstallationRow } from '../../projections/apps/queries.js';
import type { TemplateRow, VersionRow } from '../../projections/templates/queries.js';
import type { ReleaseRow } from '../../projections/templates/releases.js';
import type { UpgradeRow } from '../../projections/upgrades/queries.js';
import { definitionOf, digestsOf } from '../domain/app/components.js';
import type { AppComponent, AppView } from '../domain/app/state.js';
import type { ContentLookup } from '../domain/definition/content.js';
import { Refusal } from '../domain/errors.js';
import { parseInstalledComponentId } from '../domain/ids.js';
import type { Component } from './component/component.types.js';
import { toSpec } from './component/spec.js';
import { mayReadRehearsal } from './rehearsal/may-read.js';
import { toRehearsalNode } from './rehearsal/to-rehearsal.js';
import type { RequestContext } from './context.js';
import type { Loaders } from './loaders.js';

export interface ComponentNode extends Component {
  readonly component: AppComponent;
}

/** The components of an app with their definitions. */
export async function componentsOf(loaders: Loaders, view: AppView, only?: string): Promise<ComponentNode[]> {
  const wanted = view.components.filter(({ componentId }) => only === undefined || componentId === only);
  const lookup = await loaders.contents.load(wanted.flatMap(digestsOf));
  return wanted.map((component) => ({
    ...specOf(component, view, lookup),
    id: component.componentId,
    templateComponentId: component.origin === 'installed' ? component.templateComponentId : null,
    templateVersion: component.origin === 'installed' ? component.version : null,
    component,
  }));
}

function specOf(component: AppComponent, view: AppView, lookup: ContentLookup): ReturnType<typeof toSpec> {
  const definition = definitionOf(component, view, lookup);
  const stored = component.origin === 'own' ? component.digest : component.base;
  return definition === lookup.definition(stored) ? toSpec(definition, stored) : toSpec(definition);
}

/** @throws Refusal NOT_FOUND. */
export async function loadComponent({ loaders }: RequestContext, appId: string, componentId: string): Promise<ComponentNode> {
  const [component] = await componentsOf(loaders, await loaders.appView.load(appId), componentId);
  return component ?? notFound('component', componentId);
}

/** @throws Refusal NOT_FOUND, also where it is deleted. */
export async function loadApp({ loaders }: RequestContext, id: string): Promise<AppRow> {
  return (await presentApp(loaders, id)) ?? notFound('app', id);
}

/** An app that is there; undefined of one that is deleted. */
export async function presentApp(loaders: Loaders, id: string): Promise<AppRow | undefined> {
  const app = await loaders.app.load(id);
  return app?.deletedAt === null ? app : undefined;
}

/** The app that a record is about, which outlives it. */
export async function loadAppOfRecord({ loaders }: RequestContext, id: string): Promise<AppRow> {
  return (await loaders.app.load(id)) ?? notFound('app', id);
}

export function noApp(id: string): never {
  return notFound('app', id);
}

export async function loadInstallation({ loaders }: RequestContext, id: string): Promise<InstallationRow> {
  return (await loaders.installation.load(id)) ?? notFound('installation', id);
}

export async function loadTemplate({ loaders }: RequestContext, id: string): Promise<TemplateRow> {
  return (await loaders.template.load(id)) ?? notFound('template', id);
}

export async function loadRelease({ loaders }: RequestContext, id: string): Promise<ReleaseNode> {
  return toReleaseNode((await loaders.release.load(id)) ?? notFound('release', id));
}

export async function loadVersion({ loaders }: RequestContext, id: string): Promise<VersionNode> {
  return toVersionNode((await loaders.version.load(id)) ?? notFound('version', id));
}

export async function loadUpgrade({ loaders }: RequestContext, id: string): Promise<UpgradeNode> {
  return toUpgradeNode((await loaders.upgrade.load(id)) ?? notFound('upgrade', id));
}

interface ActorNode {
  readonly id: string;
  readonly kind: string;
}

/** A version is known by its release; so that their nodes are told apart, its id says that it is a version. */
const VERSION_PREFIX = 'version:';

export type VersionNode = Omit<VersionRow, 'id'> & {
  readonly id: string;
  readonly releaseId: string;
  readonly digest: string;
  readonly publishedBy: ActorNode;
};

export function toVersionNode(row: VersionRow): VersionNode {
  return {
    ...row,
    id: VERSION_PREFIX + row.id,
    releaseId: row.id,
    digest: row.manifest,
    publishedBy: { id: row.publishedById, kind: row.publishedByKind },
  };
}

export type ReleaseNode = ReleaseRow & { readonly startedBy: ActorNode };

export function toReleaseNode(row: ReleaseRow): ReleaseNode {
  return { ...row, startedBy: { id: row.actorId, kind: row.actorKind } };
}

export type UpgradeNode = UpgradeRow & { readonly startedBy: ActorNode };

export function toUpgradeNode(row: UpgradeRow): UpgradeNode {
  return { ...row, startedBy: { id: row.actorId, kind: row.actorKind } };
}

/** Any node by its id, also what is left of apps and installations that are gone: null where there is none. */
export async function loadNode(context: RequestContext, id: string): Promise<object | null> {
  const { loaders } = context;
  if (id.startsWith(VERSION_PREFIX)) {
    const version = await loaders.version.load(id.slice(VERSION_PREFIX.length));
    return version ? { __typename: 'TemplateVersion', ...toVersionNode(version) } : null;
  }
  const installed = parseInstalledComponentId(id);
  if (installed) {
    const installation = await loaders.installation.load(installed.installationId);
    return installation ? componentNode(context, installation.appId, id) : null;
  }
  const rehearsal = context.backend.rehearsals.find(id);
  if (rehearsal) return (await mayReadRehearsal(context, rehearsal)) ? toRehearsalNode(context.backend.store.logId, rehearsal) : null;
  const [app, installation, template, release, upgrade, appOfComponent] = await Promise.all([
    loaders.app.load(id),
    loaders.installation.load(id),
    loaders.template.load(id),
    loaders.release.load(id),
    loaders.upgrade.load(id),
    loaders.appOfComponent.load(id),
  ]);
  if (app) return { __typename: 'App', ...app };
  if (installation) return { __typename: 'Installation', ...installation };
  if (template) return { __typename: 'Template', ...template };
  if (release) return { __typename: 'ReleaseRecord', ...toReleaseNode(release) };
  if (upgrade) return { __typename: 'UpgradeRecord', ...toUpgradeNode(upgrade) };
  return appOfComponent === undefined ? null : componentNode(context, appOfComponent, id);
}

async function componentNode({ loaders }: RequestContext, appId: string, id: string): Promise<object | null> {
  const [component] = await componentsOf(loaders, await loaders.appView.load(appId), id);
  return component ? { __typename: 'Component', ...component } : null;
}

function notFound(what: string, id: string): never {
  throw new Refusal('NOT_FOUND', `there is no ${what} ${id}`, { id });
}
