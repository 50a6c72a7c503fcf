import DataLoader from 'dataloader';
import {
  appIdsOfOwnComponents,
  appsByIds,
  appsPage,
  countApps,
  holdsByInstallations,
  installationsByApps,
  installationsByIds,
  installationsOfTemplates,
  type AppFilter,
  type AppRow,
  type HoldRow,
  type InstallationFilter,
  type InstallationRow,
  type NameCursor,
} from '../../projections/apps/queries.js';
import { bindingsByInstallations, type BindingRow } from '../../projections/bindings/queries.js';
import type { Page } from '../../projections/page.js';
import { manifestsOf } from '../../projections/templates/manifests.js';
import {
  countLargerFree,
  keysBetween,
  largerFree,
  largerWithdrawn,
  latestVersions,
  templatesByApps,
  templatesByIds,
  versionsByIds,
  versionsByKeys,
  versionsOfTemplates,
  type Standing,
  type Between,
  type TemplateRow,
  type VersionKey,
  type VersionRow,
} from '../../projections/templates/queries.js';
import {
  releasesByIds,
  releasesOfApps,
  releasesOfTemplates,
  syncRecordsByReleases,
  type ReleaseFilter,
  type ReleaseRow,
  type SyncRow,
} from '../../projections/templates/releases.js';
import {
  upgradeComponentsByUpgrades,
  upgradesByIds,
  upgradesOfApps,
  upgradesOfInstallations,
  type UpgradeComponentRow,
  type UpgradeRow,
} from '../../projections/upgrades/queries.js';
import { deliveriesOfWebhooks, type WebhookDeliveryRow } from '../../projections/webhooks/queries.js';
import type { ContentSource } from '../commands/content-store.js';
import type { AppView } from '../domain/app/state.js';
import type { ContentLookup } from '../domain/definition/content.js';
import type { Digest } from '../domain/ids.js';
import type { Manifest } from '../domain/template/manifest.js';
import type { Stop, UpgradePaths } from '../domain/template/upgrade-path.js';
import type { ReadModel } from '../projector/projection.js';
import { groupBy, viewsOfApps } from '../queries/app-views.js';
import { boundedOf, pathsOf } from '../queries/upgrade-paths.js';
import { pageLoader, type PageLoader } from './page-loader.js';

type LargerLoader = DataLoader<Standing & { readonly first: number }, VersionRow[], string>;

interface AppsPage {
  readonly filter: AppFilter;
  readonly first: number;
  readonly after: NameCursor | undefined;
}

/**
 * Reads of one request: those asked for in one go become one statement, so that no list costs a statement a row. What is asked for by its id is
 * there only where the requester may read it; what lies beneath something is asked for by who has read that, but for lists that say otherwise.
 */
export interface Loaders {
  readonly appsPage: DataLoader<AppsPage, Page<AppRow>, string>;
  readonly appsCount: DataLoader<AppFilter, number, string>;
  readonly app: DataLoader<string, AppRow | undefined>;
  readonly appView: DataLoader<string, AppView>;
  readonly appOfComponent: DataLoader<string, string | undefined>;
  readonly installation: DataLoader<string, InstallationRow | undefined>;
  /** What an installation is kept from. */
  readonly holds: DataLoader<string, HoldRow[]>;
  readonly installationsOfApp: DataLoader<string, InstallationRow[]>;
  readonly installationsOfTemplate: PageLoader<InstallationRow, InstallationFilter>;
  readonly template: DataLoader<string, TemplateRow | undefined>;
  readonly templatesOfApp: DataLoader<string, TemplateRow[]>;
  readonly version: DataLoader<string, VersionRow | undefined>;
  readonly versionsOfTemplate: PageLoader<VersionRow, object>;
  readonly versionAt: DataLoader<VersionKey, VersionRow | undefined, string>;
  readonly latestVersion: DataLoader<string, VersionRow | undefined>;
  readonly largerFree: LargerLoader;
  readonly largerFreeCount: DataLoader<Standing, number, string>;
  readonly largerWithdrawn: LargerLoader;
  /** Sort keys of the versions between two. */
  readonly keysBetween: DataLoader<Between, readonly string[], string>;
  /** Of a template those on offer that say from where they can be upgraded to, smallest first. */
  readonly boundedVersions: DataLoader<string, readonly Stop[]>;
  /** The ways to those. */
  readonly upgradePaths: DataLoader<Standing, UpgradePaths, string>;
  /** By release, published or not. */
  readonly manifest: DataLoader<string, Manifest>;
  readonly release: DataLoader<string, ReleaseRow | undefined>;
  readonly releasesOfApp: PageLoader<ReleaseRow, ReleaseFilter>;
  readonly releasesOfTemplate: PageLoader<ReleaseRow, ReleaseFilter>;
  readonly syncRecords: DataLoader<string, SyncRow[]>;
  readonly upgrade: DataLoader<string, UpgradeRow | undefined>;
  readonly upgradesOfApp: PageLoader<UpgradeRow, object>;
  readonly upgradesOfInstallation: PageLoader<UpgradeRow, object>;
  readonly upgradeComponents: DataLoader<string, UpgradeComponentRow[]>;
  readonly bindingsOfInstallation: DataLoader<string, BindingRow[]>;
  readonly deliveriesOfWebhook: PageLoader<WebhookDeliveryRow, object>;
  /** Contents by digest, a set at a time. */
  readonly contents: DataLoader<readonly Digest[], ContentLookup>;
}

/** Gives the loaders for rows. @param teams that the requester may read; undefined where that is all. */
export type LoadersOf = (db: ReadModel, contents: ContentSource, teams?: readonly string[]) => Loaders;

/** @param teams that the requester may read; undefined where that is all. */
export function createLoaders(db: ReadModel, contents: ContentSource, teams?: readonly string[]): Loaders {
  const readable = ({ team }: { readonly team: string }): boolean => teams === undefined || teams.includes(team);
  const app = byId<AppRow>((ids) => appsByIds(db, ids).filter(readable));
  const template = byId<TemplateRow>((ids) => templatesByIds(db, ids, teams));
  /** Rows of which what they belong to is there for the requester. */
  const beneath = async <Row>(rows: readonly Row[], belongsTo: (row: Row) => Promise<boolean>): Promise<readonly Row[]> => {
    if (teams === undefined) return rows;
    const there = await Promise.all(rows.map(belongsTo));
    return rows.filter((_, i) => there[i]);
  };
  const ofApp = async ({ appId }: { readonly appId: string }): Promise<boolean> => (await app.load(appId)) !== undefined;
  const boundedVersions = new DataLoader<string, readonly Stop[]>((ids) => {
    const found = boundedOf(db, ids);
    return Promise.resolve(ids.map((id) => found.get(id) ?? []));
  });
  return {
    appsPage: one(({ filter, first, after }: AppsPage) => appsPage(db, filter, first, after)),
    appsCount: one((filter: AppFilter) => countApps(db, filter)),
    app,
    appView: new DataLoader(async (ids) => {
      const apps = (await app.loadMany(ids)).filter((row): row is AppRow => row !== undefined && !(row instanceof Error));
      const views = new Map(viewsOfApps(db, apps).map((view) => [view.state.appId as string, view]));
      return ids.map((id) => views.get(id) ?? new Error(`no app ${id}`));
    }),
    appOfComponent: new DataLoader(async (ids) => {
      const rows = await beneath(appIdsOfOwnComponents(db, ids), ofApp);
      const found = new Map(rows.map(({ componentId, appId }) => [componentId, appId]));
      return ids.map((id) => found.get(id));
    }),
    installation: byId((ids) => installationsByIds(db, ids).filter(readable)),
    holds: listsBy(
      (ids) => holdsByInstallations(db, ids),
      ({ installationId }) => installationId,
    ),
    installationsOfApp: listsBy(
      (ids) => installationsByApps(db, ids),
      ({ appId }) => appId,
    ),
    installationsOfTemplate: pageLoader(db, installationsOfTemplates),
    template,
    templatesOfApp: listsBy(
      (ids) => templatesByApps(db, ids, teams),
      ({ appId }) => appId,
    ),
    version: byId((ids) => beneath(versionsByIds(db, ids), async ({ templateId }) => (await template.load(templateId)) !== undefined)),
    versionsOfTemplate: pageLoader(db, versionsOfTemplates),
    versionAt: new DataLoader<VersionKey, VersionRow | undefined, string>(
      (keys) => {
        const found = new Map(versionsByKeys(db, keys).map((row) => [cacheKey(row), row]));
        return Promise.resolve(keys.map((key) => found.get(cacheKey(key))));
      },
      { cacheKeyFn: cacheKey },
    ),
    latestVersion: new DataLoader((ids) => {
      const found = new Map(latestVersions(db, ids).map((row) => [row.templateId, row]));
      return Promise.resolve(ids.map((id) => found.get(id)));
    }),
    largerFree: largerLoader((standings, first) => largerFree(db, standings, first)),
    largerFreeCount: new DataLoader<Standing, number, string>((standings) => Promise.resolve(countLargerFree(db, standings)), {
      cacheKeyFn: (key) => JSON.stringify(key),
    }),
    largerWithdrawn: largerLoader((standings, first) => largerWithdrawn(db, standings, first)),
    keysBetween: new DataLoader<Between, readonly string[], string>(
      (pairs) => {
        const found = groupBy(keysBetween(db, pairs), ({ pair }) => pair);
        return Promise.resolve(pairs.map((_, i) => (found.get(i) ?? []).map(({ sortKey }) => sortKey)));
      },
      { cacheKeyFn: (pair) => JSON.stringify(pair) },
    ),
    boundedVersions,
    upgradePaths: new DataLoader<Standing, UpgradePaths, string>(
      async (standings) => {
        const ids = [...new Set(standings.map(({ templateId }) => templateId))];
        const bounded = new Map(await Promise.all(ids.map(async (id) => [id, await boundedVersions.load(id)] as const)));
        return pathsOf(db, standings, bounded);
      },
      { cacheKeyFn: (key) => JSON.stringify(key) },
    ),
    manifest: new DataLoader((ids) => {
      const found = manifestsOf(db, ids);
      return Promise.resolve(ids.map((id) => found.get(id) ?? new Error(`no release ${id}`)));
    }),
    release: byId((ids) =>
      beneath(releasesByIds(db, ids), async ({ templateId }) => {
        const of = await template.load(templateId);
        return of !== undefined && readable(of);
      }),
    ),
    releasesOfApp: pageLoader(db, releasesOfApps),
    releasesOfTemplate: pageLoader(db, releasesOfTemplates),
    syncRecords: listsBy(
      (ids) => syncRecordsByReleases(db, ids),
      ({ releaseId }) => releaseId,
    ),
    upgrade: byId((ids) => beneath(upgradesByIds(db, ids), ofApp)),
    upgradesOfApp: pageLoader(db, upgradesOfApps),
    upgradesOfInstallation: pageLoader(db, upgradesOfInstallations),
    upgradeComponents: listsBy(
      (ids) => upgradeComponentsByUpgrades(db, ids),
      ({ upgradeId }) => upgradeId,
    ),
    bindingsOfInstallation: listsBy(
      (ids) => bindingsByInstallations(db, ids),
      ({ installationId }) => installationId,
    ),
    deliveriesOfWebhook: pageLoader(db, deliveriesOfWebhooks),
    contents: new DataLoader(
      async (sets) => {
        const lookup = await contents.load(sets.flat());
        return sets.map(() => lookup);
      },
      { cache: false },
    ),
  };
}

/** What is asked for once a request, and shared by requests. */
function one<Asked extends object, Answer>(query: (asked: Asked) => Answer): DataLoader<Asked, Answer, string> {
  return new DataLoader<Asked, Answer, string>((all) => Promise.resolve(all.map(query)), { cacheKeyFn: (asked) => JSON.stringify(asked) });
}

function largerLoader(query: (standings: readonly Standing[], first: number) => (VersionRow & { readonly than: number })[]): LargerLoader {
  return new DataLoader(
    (keys) => {
      const first = Math.max(...keys.map((key) => key.first));
      const found = groupBy(query(keys, first), ({ than }) => than);
      return Promise.resolve(keys.map((key, i) => (found.get(i) ?? []).slice(0, key.first)));
    },
    { cacheKeyFn: (key) => JSON.stringify(key) },
  );
}

function cacheKey({ templateId, sortKey }: VersionKey): string {
  return `${templateId} ${sortKey}`;
}

function byId<Row extends { readonly id: string }>(
  query: (ids: readonly string[]) => readonly Row[] | Promise<readonly Row[]>,
): DataLoader<string, Row | undefined> {
  return new DataLoader(async (ids) => {
    const found = new Map((await query(ids)).map((row) => [row.id, row]));
    return ids.map((id) => found.get(id));
  });
}

function listsBy<Row>(query: (ids: readonly string[]) => Row[], keyOf: (row: Row) => string): DataLoader<string, Row[]> {
  return new DataLoader((ids) => {
    const found = groupBy(query(ids), keyOf);
    return Promise.resolve(ids.map((id) => found.get(id) ?? []));
  });
}
