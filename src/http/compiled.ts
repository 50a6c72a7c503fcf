import {
  execute,
  getOperationAST,
  isInputObjectType,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
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
    if (!operation || operation.operation !== OperationTypeNode.QUERY) return execute(args);
    const compiled = compiledOf(args.document, operation);
    if (!compiled) return execute(args);
    const variables = args.variableValues ?? {};
    // Values that do not fit are refused in the words of the interpreter.
    if (getVariableValues(schema, operation.variableDefinitions ?? [], variables).errors) return execute(args);
    return compiled.query(args.rootValue, args.contextValue, variables);
  };
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
