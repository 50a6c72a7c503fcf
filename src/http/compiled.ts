import {
  execute,
  getOperationAST,
  GraphQLError,
  isInputObjectType,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type SourceLocation,
  type TypeNode,
} from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';

/** Operations that are kept compiled: some hundred kilobytes each at most. */
const MAX_COMPILED = 500;
/** Fields that a compiled operation may have, with each fragment written out: the code that is made of it grows with them. */
const MAX_FIELDS = 1_000;

type Run = (args: ExecutionArgs) => Promise<ExecutionResult>;
type Known = 'asked once' | 'interpreted' | CompiledQuery;

/**
 * Executes operations: queries that are asked again are compiled (graphql-jit), all else is interpreted (graphql-js). Answers are the same.
 * Not compiled are mutations; what takes input objects, of which graphql-jit refuses omitted fields that have a default; and what is very long.
 */
export function createExecutor(schema: GraphQLSchema): Run {
  const known = new LRUCache<OperationDefinitionNode, Known>({ max: MAX_COMPILED });

  const compiledOf = (document: DocumentNode, operation: OperationDefinitionNode): CompiledQuery | undefined => {
    const before = known.get(operation);
    const now = before === undefined ? 'asked once' : before === 'asked once' ? compile(schema, document, operation) : before;
    if (now !== before) known.set(operation, now);
    return typeof now === 'string' ? undefined : now;
  };

  return async (args) => {
    const operation = getOperationAST(args.document, args.operationName);
    if (operation?.operation !== OperationTypeNode.QUERY) return interpret(args);
    const compiled = compiledOf(args.document, operation);
    if (!compiled) return interpret(args);
    const variables = args.variableValues ?? {};
    // Values that do not fit are refused in the words of the interpreter.
    if (getVariableValues(schema, operation.variableDefinitions ?? [], variables).errors) return interpret(args);
    const { data, errors } = await compiled.query(args.rootValue, args.contextValue, variables);
    return errors ? { errors: errors.map((error) => asInterpreted(error, args.document)), data } : { data };
  };
}

function interpret(args: ExecutionArgs): ExecutionResult | Promise<ExecutionResult> {
  return execute({ ...args, fieldResolver: readProperty });
}

/** What compiled code does for a field without a resolver. @throws Error for what it would not wait for, or call. */
const readProperty: GraphQLFieldResolver<Readonly<Record<string, unknown>>, unknown> = (
  source,
  _args,
  _context,
  { parentType, fieldName },
) => {
  const value = source[fieldName];
  const isPlain = typeof value !== 'function' && !(value instanceof Promise);
  if (isPlain) return value;
  throw new Error(`${parentType.name}.${fieldName} is not simple: give it a resolver`);
};

/** Compiled code makes errors of a kind of its own, without extensions. */
function asInterpreted({ message, path, originalError, extensions, locations }: GraphQLError, { loc }: DocumentNode): GraphQLError {
  const positions = loc && locations?.map((location) => positionOf(loc.source.body, location));
  return new GraphQLError(message, { path, originalError, extensions, source: loc?.source, positions });
}

/** Counts characters from the beginning of a text. */
function positionOf(text: string, { line, column }: SourceLocation): number {
  const ends = text.matchAll(/\r\n|[\n\r]/g);
  const before = [...ends][line - 2];
  return (before ? before.index + before[0].length : 0) + column - 1;
}

function compile(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Known {
  if (takesInputObjects(schema, operation) || !isShort(document, operation)) return 'interpreted';
  const compiled = compileQuery(schema, document, operation.name?.value, { disablingCapturingStackErrors: true });
  return isCompiledQuery(compiled) ? compiled : 'interpreted';
}

function takesInputObjects(schema: GraphQLSchema, { variableDefinitions = [] }: OperationDefinitionNode): boolean {
  return variableDefinitions.some(({ type }) => isInputObjectType(schema.getType(nameOf(type))));
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
}

/** Counts fields with each fragment written out where it is spread, as far as the limit. */
function isShort({ definitions }: DocumentNode, operation: OperationDefinitionNode): boolean {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const each of definitions) if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each);
  let fields = 0;
  const count = (set: SelectionSetNode | undefined): void => {
    for (const selection of set?.selections ?? []) {
      fields += 1;
      if (fields > MAX_FIELDS) return;
      count(selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value)?.selectionSet : selection.selectionSet);
    }
  };
  count(operation.selectionSet);
  return fields <= MAX_FIELDS;
}
