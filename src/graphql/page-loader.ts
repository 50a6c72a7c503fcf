import DataLoader from 'dataloader';
import { countsOfParents, pagesOfParents, type Children, type PageOf } from '../../projections/children.js';
import type { Page } from '../../projections/page.js';
import type { ReadModel } from '../projector/projection.js';
import { groupBy } from '../queries/app-views.js';

/** The loaders of a connection beneath a node: for any number of nodes a statement for their pages, and one for their counts where asked for. */
export interface PageLoader<Row, Filter> {
  readonly children: Children<Row, Filter>;
  readonly page: DataLoader<Asked<PageOf<Filter>>, Page<Row>, string>;
  readonly count: DataLoader<Asked<Filter>, number, string>;
}

/** Of which node, and what of it. */
export interface Asked<What> {
  readonly parent: string;
  readonly what: What;
}

export function pageLoader<Row, Filter>(db: ReadModel, children: Children<Row, Filter>): PageLoader<Row, Filter> {
  return {
    children,
    page: byParent((parents, page) => pagesOfParents(db, children, parents, page)),
    count: byParent((parents, filter) => countsOfParents(db, children, parents, filter)),
  };
}

/** Those that ask for the same of different parents are answered by one query. */
function byParent<What, Value>(
  query: (parents: readonly string[], what: What) => ReadonlyMap<string, Value>,
): DataLoader<Asked<What>, Value, string> {
  return new DataLoader<Asked<What>, Value, string>(
    (asked) => {
      const values = new Map<Asked<What>, Value | undefined>();
      for (const [first, ...others] of groupBy(asked, ({ what }) => JSON.stringify(what)).values()) {
        if (!first) continue;
        const alike = [first, ...others];
        const found = query(
          alike.map(({ parent }) => parent),
          first.what,
        );
        for (const each of alike) values.set(each, found.get(each.parent));
      }
      return Promise.resolve(asked.map((each) => values.get(each) ?? new Error(`nothing was read of ${each.parent}`)));
    },
    { cacheKeyFn: (asked) => JSON.stringify(asked) },
  );
}
