import DataLoader from 'dataloader';
import type { ContentSource } from '../../commands/content-store.js';
import type { Moment } from '../../queries/past/moment.js';
import { createLoaders, type Loaders } from '../loaders.js';
import type { Asked, PageLoader } from '../page-loader.js';

/**
 * Reads of one request as of a moment. The present says what the requester may see, and what it belongs to; the moment, how it was. So nobody sees by the
 * past what they may not see now: a template that was PUBLIC once is hidden from those it is hidden from today.
 */
export function pastLoaders(moment: Moment, present: Loaders, contents: ContentSource): Loaders {
  const then = createLoaders(moment.readModel, contents);
  const ofApps = (rows: readonly { readonly appId: string }[]): Promise<void> => moment.bringApps(rows.map(({ appId }) => appId));
  const ofTemplates = (rows: readonly { readonly templateId: string }[]): Promise<void> =>
    moment.bringTemplates(rows.map(({ templateId }) => templateId));
  return {
    ...then,
    app: asOf(present.app, (rows) => moment.bringApps(rows.map(({ id }) => id)), then.app),
    appOfComponent: asOf(present.appOfComponent, (ids) => moment.bringApps(ids), then.appOfComponent),
    installation: asOf(present.installation, ofApps, then.installation),
    installationsOfTemplate: pageAsOf(then.installationsOfTemplate, (ids) => moment.bringInstallsOf(ids)),
    release: asOf(present.release, ofTemplates, then.release),
    template: asOf(present.template, (rows) => moment.bringTemplates(rows.map(({ id }) => id)), then.template),
    templatesOfApp: new DataLoader((ids) =>
      Promise.all(
        ids.map(async (id) => {
          const rows = await then.templatesOfApp.load(id);
          const shown = await Promise.all(rows.map((row) => present.template.load(row.id)));
          return rows.filter((_, i) => shown[i] !== undefined);
        }),
      ),
    ),
    upgrade: asOf(present.upgrade, ofApps, then.upgrade),
    version: asOf(present.version, ofTemplates, then.version),
  };
}

/** A row as it was, of what the requester may see now. */
function asOf<Row>(
  present: DataLoader<string, Row | undefined>,
  bring: (rows: readonly Row[]) => Promise<void>,
  then: DataLoader<string, Row | undefined>,
): DataLoader<string, Row | undefined> {
  return new DataLoader(async (ids) => {
    const now = await Promise.all(ids.map((id) => present.load(id)));
    await bring(now.filter((row) => row !== undefined));
    return Promise.all(ids.map(async (id, i) => (now[i] === undefined ? undefined : then.load(id))));
  });
}

function pageAsOf<Row, Filter>(
  { children, page, count }: PageLoader<Row, Filter>,
  bring: (parents: readonly string[]) => Promise<void>,
): PageLoader<Row, Filter> {
  const brought = <What, Value>(loader: DataLoader<Asked<What>, Value, string>): DataLoader<Asked<What>, Value, string> =>
    new DataLoader<Asked<What>, Value, string>(
      async (asked) => {
        await bring(asked.map(({ parent }) => parent));
        return Promise.all(asked.map((each) => loader.load(each)));
      },
      { cacheKeyFn: (asked) => JSON.stringify(asked) },
    );
  return { children, page: brought(page), count: brought(count) };
}
