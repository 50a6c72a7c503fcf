import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';

/** Arguments of fields beneath the root that cannot go without. */
const ARGUMENTS: Readonly<Record<string, string>> = { 'Template.version': '(version: "1.0")' };

/** Selects everything of a type so many objects deep; of an interface everything of each type that it may be. Empty for what has no fields. */
export function selectAll(schema: GraphQLSchema, type: GraphQLNamedType, depth: number, seen: Set<string>): string {
  if (isInterfaceType(type)) {
    const fragments = schema.getPossibleTypes(type).map((each) => `... on ${each.name} ${selectAll(schema, each, depth, seen)}`);
    return `{ __typename ${fragments.join(' ')} }`;
  }
  if (!isObjectType(type)) return '';
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const named = getNamedType(field.type);
    // A connection, its edges and what else leads to an object are not counted: what it leads to is.
    const left = isNode(schema, named) ? depth - 1 : depth - 0.25;
    if (isCompositeType(named) && left < 0) return [];
    seen.add(`${type.name}.${field.name}`);
    // The fields of several types stand beside each other: one name may have several shapes.
    return [`${type.name}_${field.name}: ${field.name}${argumentsOf(type.name, field)} ${selectAll(schema, named, left, seen)}`];
  });
  return `{ __typename ${fields.join(' ')} }`;
}

function isNode(schema: GraphQLSchema, type: GraphQLNamedType): boolean {
  const node = schema.getType('Node');
  return isInterfaceType(node) && isObjectType(type) && schema.isSubType(node, type);
}

function argumentsOf(parent: string, field: GraphQLField<unknown, unknown>): string {
  const given = ARGUMENTS[`${parent}.${field.name}`];
  if (given === undefined && field.args.some(isRequiredArgument))
    throw new Error(`${parent}.${field.name} needs arguments: give some in this file`);
  return given ?? '';
}
