/** A page of rows, and whether there are more behind it. */
export interface Page<Row> {
  readonly rows: Row[];
  readonly hasNextPage: boolean;
}

/** Makes a page of rows of which one more than `first` was asked for. */
export function toPage<Row>(rows: Row[], first: number): Page<Row> {
  return { rows: rows.slice(0, first), hasNextPage: rows.length > first };
}

/** A filter of a query: an SQL condition with its parameters. */
export type Condition = readonly [sql: string, ...parameters: readonly (string | number)[]];

/** Joins the conditions that are there. */
export function where(...conditions: readonly (Condition | undefined | false)[]): { sql: string; parameters: (string | number)[] } {
  const present = conditions.filter((condition) => condition !== undefined && condition !== false);
  const sql = present.map(([text]) => `(${text})`).join(' AND ');
  return { sql: sql && `WHERE ${sql}`, parameters: present.flatMap(([, ...parameters]) => parameters) };
}

/** Matches what is one of some values. */
export function among(column: string, values: readonly string[]): Condition {
  return [`${column} IN (SELECT value FROM json_each(?))`, list(values)];
}

/** Matches names that contain a text, whatever its case; wildcards in it stand for themselves. */
export function contains(column: string, search: string): Condition {
  return [`${column} LIKE ? ESCAPE '\\'`, `%${search.replace(/[\\%_]/g, '\\$&')}%`];
}

/** An array as a parameter: read with `json_each(?)`. */
export function list(values: readonly unknown[]): string {
  return JSON.stringify(values);
}
