import type { ReadModel } from '../src/projector/projection.js';
import { list, toPage, where, type Condition, type Page } from './page.js';

/** Where a row is in the order of its list: the value of the column that orders it. */
export type Place = string | number;

/** Rows of a table that belong to a parent, in an order: what a connection beneath a node pages through. */
export interface Children<Row, Filter> {
  /** It has its primary key in `id`. */
  readonly table: string;
  readonly columns: string;
  /** The column that names the parent. An index has it, then what the conditions compare, then the column that orders. */
  readonly parent: string;
  /** The column that orders: no two rows of a parent have the same in it. `type` is any value of its type. */
  readonly order: { readonly column: string; readonly direction: 'ASC' | 'DESC'; readonly type: Place };
  readonly placeOf: (row: Row) => Place;
  readonly conditions: (filter: Filter) => readonly (Condition | undefined)[];
}

export interface PageOf<Filter> {
  readonly filter: Filter;
  readonly first: number;
  readonly after: Place | undefined;
}

/** Records of what happened, by their place in the log. */
export function newestFirst<Row extends { readonly place: number }>(table: string, columns: string, parent: string): Children<Row, object> {
  return {
    table,
    columns,
    parent,
    order: { column: 'place', direction: 'DESC', type: 0 },
    placeOf: ({ place }) => place,
    conditions: () => [],
  };
}

/**
 * The same page of each of several parents, in one statement. It reads at most `first` + 1 rows of each, found by index, however many there are;
 * numbering them with a window function would read them all.
 */
export function pagesOfParents<Row, Filter>(
  db: ReadModel,
  { table, columns, parent, order: { column, direction }, conditions }: Children<Row, Filter>,
  parents: readonly string[],
  { filter, first, after }: PageOf<Filter>,
): Map<string, Page<Row>> {
  const beyond: Condition | undefined = after === undefined ? undefined : [`${column} ${direction === 'ASC' ? '>' : '<'} ?`, after];
  const { sql, parameters } = where([`${parent} = parents.parent`], ...conditions(filter), beyond);
  const rows = db.all<Row & { readonly parent: string }>(
    `WITH parents (parent) AS (SELECT value FROM json_each(?))
     SELECT parents.parent, ${columns} FROM parents CROSS JOIN ${table}
       ON ${table}.id IN (SELECT id FROM ${table} ${sql} ORDER BY ${column} ${direction} LIMIT ?)
     ORDER BY ${table}.${column} ${direction}`,
    list(parents),
    ...parameters,
    first + 1,
  );
  const found = Map.groupBy(rows, (row) => row.parent);
  return new Map(parents.map((id) => [id, toPage(found.get(id) ?? [], first)]));
}

/** How many rows each of several parents has, in one statement. */
export function countsOfParents<Row, Filter>(
  db: ReadModel,
  { table, parent, conditions }: Children<Row, Filter>,
  parents: readonly string[],
  filter: Filter,
): Map<string, number> {
  const { sql, parameters } = where([`${parent} = parents.parent`], ...conditions(filter));
  const counts = db.all<{ parent: string; n: number }>(
    `WITH parents (parent) AS (SELECT value FROM json_each(?))
     SELECT parents.parent, (SELECT count(*) FROM ${table} ${sql}) AS n FROM parents`,
    list(parents),
    ...parameters,
  );
  return new Map(counts.map(({ parent: id, n }) => [id, n]));
}
