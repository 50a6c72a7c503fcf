import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

/** Arguments of fields, by `Type.field`; connections get theirs by themselves. */
export type Arguments = Readonly<Record<string, string>>;

export interface ListPage {
  /** `Type.field`. */
  readonly name: string;
  readonly node: GraphQLObjectType;
  /** The query of the page for what is selected of each of its nodes: a page `page` of `$first`, of the node `$id` where it belongs to one. */
  readonly query: (selection: string) => string;
}

/** Every page of a list that can be asked for: the connections of the query type, and those of every type that `node` answers with. */
export function listPages(schema: GraphQLSchema): ListPage[] {
  const root = schema.getQueryType();
  const nodes = schema.getType('Node');
  if (!root || !isInterfaceType(nodes)) throw new Error('there is no Query, or no Node');
  return [root, ...schema.getPossibleTypes(nodes)].flatMap((type) =>
    Object.values(type.getFields()).flatMap((field): ListPage[] => {
      const node = nodeOf(field);
      if (!node) return [];
      const page = (selection: string): string => `page: ${field.name}(first: $first) { ${edges(selection)} }`;
      return [
        {
          name: `${type.name}.${field.name}`,
          node,
          query: (selection) =>
            type === root
              ? `query ($first: Int!) { ${page(selection)} }`
              : `query ($first: Int!, $id: ID!) { node(id: $id) { ... on ${type.name} { ${page(selection)} } } }`,
        },
      ];
    }),
  );
}

/** The fields of a type that lead to other objects. */
export function relationsOf(type: GraphQLObjectType): GraphQLField<unknown, unknown>[] {
  return Object.values(type.getFields()).filter((field) => isCompositeType(getNamedType(field.type)));
}

/** A field with everything beneath it, so many objects deep; of connections the first two. */
export function selectRelation(parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>, depth: number, given: Arguments): string {
  const node = nodeOf(field);
  if (node) return `${field.name}(first: 2) { ${edges(selectAll(node, depth - 1, given))} }`;
  const type: GraphQLNamedType = getNamedType(field.type);
  if (!isObjectType(type)) throw new Error(`${parent.name}.${field.name} is no object: say here how to select of ${type.name}`);
  return `${field.name}${argumentsOf(parent, field, given)} { ${selectAll(type, depth - 1, given)} }`;
}

function selectAll(type: GraphQLObjectType, depth: number, given: Arguments): string {
  const relations = depth > 0 ? relationsOf(type).map((field) => selectRelation(type, field, depth, given)) : [];
  return ['__typename', ...leavesOf(type, given), ...relations].join(' ');
}

function leavesOf(type: GraphQLObjectType, given: Arguments): string[] {
  return Object.values(type.getFields())
    .filter((field) => !isCompositeType(getNamedType(field.type)))
    .map((field) => `${field.name}${argumentsOf(type, field, given)}`);
}

function argumentsOf({ name }: GraphQLObjectType, field: GraphQLField<unknown, unknown>, given: Arguments): string {
  const known = given[`${name}.${field.name}`];
  if (known !== undefined) return `(${known})`;
  if (field.args.some(isRequiredArgument)) throw new Error(`${name}.${field.name} needs arguments: give some in the table of this test`);
  return '';
}

function edges(selection: string): string {
  return `totalCount pageInfo { hasNextPage endCursor } edges { cursor node { ${selection} } }`;
}

/** What the nodes of a connection are; undefined for a field that is no connection. */
function nodeOf(field: GraphQLField<unknown, unknown>): GraphQLObjectType | undefined {
  const connection = getNamedType(field.type);
  const edge = isObjectType(connection) && connection.getFields()['pageInfo'] && getNamedType(connection.getFields()['edges']?.type);
  const node = isObjectType(edge) && getNamedType(edge.getFields()['node']?.type);
  return isObjectType(node) ? node : undefined;
}
