import { ArgsType, Field, Int, ObjectType, type ClassType } from 'type-graphql';
import { IsOptional, Max, Min } from 'class-validator';
import type { Place } from '../../projections/children.js';
import type { Page } from '../../projections/page.js';
import { Refusal } from '../domain/errors.js';
import type { PageLoader } from './page-loader.js';
import { DEFAULT_FIRST, MAX_FIRST } from './page-size.js';

/** Relay's forward paging. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, description: `At most this many, 1 to ${MAX_FIRST}; ${DEFAULT_FIRST} where it is not given.` })
  @IsOptional()
  @Min(1)
  @Max(MAX_FIRST)
  first?: number;

  @Field(() => String, { nullable: true, description: 'The cursor of an edge: what comes after it.' })
  @IsOptional()
  after?: string;
}

@ObjectType()
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => Boolean)
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true })
  startCursor!: string | null;

  @Field(() => String, { nullable: true })
  endCursor!: string | null;
}

export interface EdgeOf<Row> {
  readonly cursor: string;
  readonly node: Row;
}

export interface ConnectionOf<Row> {
  readonly edges: readonly EdgeOf<Row>[];
  readonly pageInfo: PageInfo;
  /** Counted only when asked for: a getter. */
  readonly totalCount: number | null | Promise<number>;
}

/** The classes of a connection over nodes of a type: `<name>Connection` and `<edge name>Edge`. */
export function connectionTypes(name: string, node: () => ClassType, options: { edge?: string; totalNullable?: boolean } = {}): ClassType {
  @ObjectType(`${options.edge ?? name}Edge`)
  class Edge {
    @Field(() => String)
    cursor!: string;

    @Field(node)
    node!: object;
  }

  @ObjectType(`${name}Connection`)
  class Connection {
    @Field(() => [Edge])
    edges!: Edge[];

    @Field(() => PageInfo)
    pageInfo!: PageInfo;

    // Not simple: it is counted when it is asked for, and may take a while.
    @Field(() => Int, { nullable: options.totalNullable ?? false, simple: false })
    totalCount!: number;
  }
  return Connection;
}

export function firstOf({ first }: { readonly first?: number | null }): number {
  return first ?? DEFAULT_FIRST;
}

/**
 * Makes a connection of a page.
 * @param cursorOf names what the order is by.
 * @param count counts all that the list holds; called only when the total is asked for.
 */
export function toConnection<Row, Node, Cursor extends object>(
  { rows, hasNextPage }: Page<Row>,
  after: Cursor | undefined,
  cursorOf: (row: Row) => Cursor,
  count: () => number | null | Promise<number>,
  toNode: (row: Row) => Node,
): ConnectionOf<Node> {
  const edges = rows.map((row) => ({ cursor: encodeCursor(cursorOf(row)), node: toNode(row) }));
  return {
    edges,
    pageInfo: {
      hasNextPage,
      hasPreviousPage: after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    get totalCount() {
      return count();
    },
  };
}

/**
 * The connection that a node has to what belongs to it.
 * @param counted what the total counts, where that is more than is shown.
 */
export async function connectionOf<Row, Filter, Node>(
  { children, page, count }: PageLoader<Row, Filter>,
  parent: string,
  args: PageArgs,
  filter: Filter,
  toNode: (row: Row) => Node,
  counted: Filter = filter,
): Promise<ConnectionOf<Node>> {
  const after = decodeCursor<{ place: Place }>(args.after, { place: children.order.type });
  return toConnection(
    await page.load({ parent, what: { filter, first: firstOf(args), after: after?.place } }),
    after,
    (row) => ({ place: children.placeOf(row) }),
    () => count.load({ parent, what: counted }),
    toNode,
  );
}

/** For rows that are nodes as they are. */
export function same<Row>(row: Row): Row {
  return row;
}

export function encodeCursor(cursor: object): string {
  return Buffer.from(JSON.stringify(Object.values(cursor))).toString('base64url');
}

/**
 * Reads a cursor back.
 * @param shape a cursor with values of the right types; its keys are in the order in which `cursorOf` gives them.
 * @throws Refusal BAD_USER_INPUT where it is not one of this list.
 */
export function decodeCursor<Cursor extends object>(text: string | null | undefined, shape: Cursor): Cursor | undefined {
  if (text === null || text === undefined) return undefined;
  const values = parse(text);
  const entries = Object.entries(shape) as [string, unknown][];
  if (values?.length === entries.length && entries.every(([, example], i) => typeof values[i] === typeof example)) {
    return Object.fromEntries(entries.map(([key], i) => [key, values[i]])) as Cursor;
  }
  throw new Refusal('BAD_USER_INPUT', 'after: this is not a cursor of this list: give one that an edge or pageInfo had', { path: 'after' });
}

function parse(text: string): unknown[] | undefined {
  try {
    const values: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(values) ? values : undefined;
  } catch {
    // Not JSON: not a cursor, which the caller refuses with its own words.
    return undefined;
  }
}
