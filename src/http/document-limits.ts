import { GraphQLError, Kind, type DocumentNode, type FieldNode, type FragmentDefinitionNode, type SelectionSetNode } from 'graphql';

/** Fields with a name of the client's. */
export const MAX_ALIASES = 500;
export const MAX_FRAGMENTS = 200;
/** Selections in selections. GraphiQL's introspection query nests 14 deep. */
const MAX_LEVELS = 100;
/** Fields, with those of a fragment counted wherever it is spread. */
const MAX_SELECTIONS = 20_000;
/** Pairs of fields that are answered under one name: validation looks at each pair, to see that they mean the same. */
export const MAX_PAIRS = 20_000;

/**
 * Looks at a document before it is validated, in a time that is bounded whatever is in it. Validation takes a time that grows with the square of
 * what is answered under one name, and of the fragments: 6,000 tokens were enough for seconds.
 * @throws GraphQLError QUERY_TOO_COMPLEX, saying which limit.
 */
export function requireBounded(document: DocumentNode): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  let count = 0;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    fragments.set(definition.name.value, definition);
    if (++count > MAX_FRAGMENTS) throw tooMany('fragments', MAX_FRAGMENTS);
  }
  const survey = new Survey(fragments);
  for (const definition of document.definitions) if ('selectionSet' in definition) survey.merge([definition.selectionSet], 1);
}

/** What is answered under one name, in one object. */
type Merged = Map<string, FieldNode[]>;

class Survey {
  readonly #aliased = new Set<FieldNode>();
  #selections = 0;
  #pairs = 0;

  constructor(private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>) {}

  /** Counts sets of selections that are answered in one object. */
  merge(sets: readonly SelectionSetNode[], level: number): void {
    if (level > MAX_LEVELS) throw tooMany('levels of selections (do fragments go in circles?)', MAX_LEVELS);
    const merged: Merged = new Map();
    const spread = new Set<string>();
    for (const set of sets) this.#collect(set, merged, spread, level);
    for (const fields of merged.values()) {
      this.#pairs += (fields.length * (fields.length - 1)) / 2;
      if (this.#pairs > MAX_PAIRS) throw tooMany('pairs of fields under one name', MAX_PAIRS);
      const below = fields.flatMap(({ selectionSet }) => selectionSet ?? []);
      if (below.length > 0) this.merge(below, level + 1);
    }
  }

  #collect({ selections }: SelectionSetNode, merged: Merged, spread: Set<string>, level: number): void {
    if (level > MAX_LEVELS) throw tooMany('levels of selections', MAX_LEVELS);
    for (const selection of selections) {
      if (++this.#selections > MAX_SELECTIONS) throw tooMany('selections', MAX_SELECTIONS);
      if (selection.kind === Kind.FIELD) this.#keep(selection, merged);
      else if (selection.kind === Kind.INLINE_FRAGMENT) this.#collect(selection.selectionSet, merged, spread, level + 1);
      else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value);
        const fragment = this.fragments.get(selection.name.value);
        if (fragment) this.#collect(fragment.selectionSet, merged, spread, level + 1);
      }
    }
  }

  #keep(field: FieldNode, merged: Merged): void {
    if (field.alias) this.#aliased.add(field);
    if (this.#aliased.size > MAX_ALIASES) throw tooMany('aliases', MAX_ALIASES);
    const name = (field.alias ?? field.name).value;
    const same = merged.get(name);
    if (same) same.push(field);
    else merged.set(name, [field]);
  }
}

function tooMany(what: string, limit: number): GraphQLError {
  return new GraphQLError(`the document has more ${what} than the limit, ${limit.toLocaleString('en')}: ask in several requests`, {
    extensions: { code: 'QUERY_TOO_COMPLEX', limit, http: { status: 400 } },
  });
}
