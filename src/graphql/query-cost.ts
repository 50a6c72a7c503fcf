import {
  getNamedType,
  getNullableType,
  GraphQLError,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { DEFAULT_FIRST, MAX_FIRST } from './page-size.js';

/** A valid operation that is about to run, with the variables as the client sent them. */
interface Operation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
}

/** `cost`: about how many fields the answer may have. `depth`: how deep they nest. */
export interface QueryCost {
  readonly cost: number;
  readonly depth: number;
}

/** For `complexity` of fields that compare or plan: they take about as long as an answer of this many fields. */
export const COST_OF_COMPARING = 10_000;
/** For `complexity` of fields that write an app as a file: half a second or so for the largest. */
export const COST_OF_EXPORTING = 100_000;
/** For that of a rehearsal: it plans for every install, but gives way to others meanwhile. */
export const COST_OF_REHEARSING = 5 * COST_OF_COMPARING;
/** For what looks through all components of an install or a version. */
export const COST_OF_OPEN_VALUES = 500;
/** For each field that is asked for as of the past: its streams are read again. */
export const COST_OF_MOMENT = 5_000;
/** An answer of this size keeps the server busy for about a second. */
export const MAX_COST = 500_000;
/** GraphiQL's introspection query has depth 14. */
export const MAX_DEPTH = 20;
/** Selections in selections, fragments counted too: where the estimate itself gives up. */
const MAX_NESTING = 100;
/** How many rows a list without `first` is taken to have. */
const ROWS_OF_LIST = 5;

/**
 * Refuses what would keep the server from answering anybody else, before it runs.
 * @returns what it costs.
 * @throws GraphQLError QUERY_TOO_COMPLEX, with the cost and the limit.
 */
export function requireAffordable(operation: Operation): QueryCost {
  const estimate = costOf(operation);
  const { cost, depth } = estimate;
  if (depth > MAX_DEPTH) throw tooDeep(depth);
  if (cost > MAX_COST) {
    const shown = cost.toLocaleString('en', { maximumSignificantDigits: 6 });
    const limit = MAX_COST.toLocaleString('en');
    throw tooComplex(
      `the query could answer with about ${shown} fields, the limit is ${limit}: give smaller values of first, or nest fewer lists in one another`,
      { cost, limit: MAX_COST },
    );
  }
  return estimate;
}

/**
 * Estimates an operation without running it: each field counts 1 (or its own `complexity`, where its resolver says so) and once for each row of the
 * lists around it: `first` of them, or its default. Linear in the size of the document: a fragment is estimated once, however often it is spread.
 * @throws GraphQLError QUERY_TOO_COMPLEX where selections nest too deep to be looked at.
 */
export function costOf({ schema, document, operation, variables }: Operation): QueryCost {
  const root = schema.getRootType(operation.operation);
  if (!root) return NOTHING;
  return new Estimate(schema, document, numbersOf(operation, variables ?? {})).ofSelections(operation.selectionSet, root);
}

const NOTHING: QueryCost = { cost: 0, depth: 0 };

class Estimate {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #known = new Map<string, QueryCost>();

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly variables: ReadonlyMap<string, unknown>,
  ) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
  }

  ofSelections({ selections }: SelectionSetNode, parent: GraphQLCompositeType, level = 1): QueryCost {
    if (level > MAX_NESTING) throw tooDeep(level);
    let [cost, depth] = [0, 0];
    for (const selection of selections) {
      const part =
        selection.kind === Kind.FIELD
          ? this.#ofField(selection, parent, level)
          : selection.kind === Kind.FRAGMENT_SPREAD
            ? this.#ofFragment(selection.name.value, level)
            : this.ofSelections(selection.selectionSet, this.#type(selection.typeCondition?.name.value) ?? parent, level + 1);
      cost += part.cost;
      depth = Math.max(depth, part.depth);
    }
    return { cost: Math.min(cost, Number.MAX_SAFE_INTEGER), depth };
  }

  #ofField(node: FieldNode, parent: GraphQLCompositeType, level: number): QueryCost {
    const field = fieldOf(parent, node.name.value);
    const type = field && getNamedType(field.type);
    const moments = node.arguments?.filter(({ name, value }) => name.value === 'asOf' && value.kind !== Kind.NULL).length ?? 0;
    const own = (typeof field?.extensions['complexity'] === 'number' ? field.extensions['complexity'] : 1) + moments * COST_OF_MOMENT;
    if (!node.selectionSet || !field || !isCompositeType(type)) return { cost: own, depth: 1 };
    const { cost, depth } = this.ofSelections(node.selectionSet, type, level + 1);
    return { cost: own + cost * this.#rows(node, field, parent), depth: depth + 1 };
  }

  #ofFragment(name: string, level: number): QueryCost {
    const known = this.#known.get(name);
    if (known) return known;
    // What a fragment costs that spreads itself; validation refuses it.
    this.#known.set(name, NOTHING);
    const fragment = this.#fragments.get(name);
    const type = this.#type(fragment?.typeCondition.name.value);
    const cost = fragment && type ? this.ofSelections(fragment.selectionSet, type, level + 1) : NOTHING;
    this.#known.set(name, cost);
    return cost;
  }

  /** How many times a field's selections may be answered for one parent. A `first` out of its bounds is refused when the field runs. */
  #rows(node: FieldNode, field: GraphQLField<unknown, unknown>, parent: GraphQLCompositeType): number {
    const isList = isListType(getNullableType(field.type));
    if (field.args.some(({ name }) => name === 'first')) {
      const first = this.#first(node) ?? (isList ? MAX_FIRST : DEFAULT_FIRST);
      return Math.max(1, isList ? first : Math.min(first, MAX_FIRST));
    }
    // The edges of a connection are counted by its `first`.
    return isList && !fieldOf(parent, 'pageInfo') ? ROWS_OF_LIST : 1;
  }

  #first(node: FieldNode): number | undefined {
    const value = node.arguments?.find(({ name }) => name.value === 'first')?.value;
    const first =
      value?.kind === Kind.VARIABLE ? this.variables.get(value.name.value) : value?.kind === Kind.INT ? Number(value.value) : null;
    return typeof first === 'number' ? first : undefined;
  }

  #type(name: string | undefined): GraphQLCompositeType | undefined {
    const type = name === undefined ? undefined : this.schema.getType(name);
    return isCompositeType(type) ? type : undefined;
  }
}

function fieldOf(parent: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | undefined {
  if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}

/** The values of variables that a list may be bounded by: those given, or their defaults. */
function numbersOf(
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, unknown> {
  return new Map(
    variableDefinitions.map(({ variable: { name }, defaultValue }) => {
      if (Object.hasOwn(given, name.value)) return [name.value, given[name.value]];
      return [name.value, defaultValue?.kind === Kind.INT ? Number(defaultValue.value) : undefined];
    }),
  );
}

function tooDeep(depth: number): GraphQLError {
  return tooComplex(`the query nests ${depth} deep or deeper, the limit is ${MAX_DEPTH}: ask in several queries, by the ids of the first`, {
    depth,
    limit: MAX_DEPTH,
  });
}

function tooComplex(message: string, details: Readonly<Record<string, number>>): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'QUERY_TOO_COMPLEX', ...details, http: { status: 400 } } });
}
