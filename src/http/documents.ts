import { GraphQLError, NoSchemaIntrospectionCustomRule, specifiedRules, validate, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { Limits } from '../config/limits.js';
import { requireBounded } from './document-limits.js';

/** What was found, once for each document: those that are asked again are kept by the transports, parsed. */
const known = new WeakMap<DocumentNode, readonly GraphQLError[]>();

/** What documents are held against. */
export interface DocumentRules {
  readonly schema: GraphQLSchema;
  readonly limits: Pick<Limits, 'introspection'>;
}

/** What is wrong with a document, with codes; the same over every transport. Nothing where it may run. */
export function problemsOf(rules: DocumentRules, document: DocumentNode): readonly GraphQLError[] {
  const found = known.get(document) ?? examine(rules, document);
  known.set(document, found);
  return found;
}

function examine({ schema, limits }: DocumentRules, document: DocumentNode): readonly GraphQLError[] {
  try {
    requireBounded(document);
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
  const rules = limits.introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  // Suggestions tell names of the schema.
  return validate(schema, document, rules, { hideSuggestions: !limits.introspection }).map((error) =>
    withCode(error, 'GRAPHQL_VALIDATION_FAILED'),
  );
}

/** Why a text is no document. Brackets that nest too deep for the parser end it by a RangeError. */
export function notParsed(error: unknown): GraphQLError {
  const isSyntax = error instanceof GraphQLError && !error.originalError;
  const cause = isSyntax ? error : new GraphQLError('the document nests too deep to be read');
  return withCode(cause, 'GRAPHQL_PARSE_FAILED');
}

function withCode({ message, nodes, source, positions }: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(message, { nodes, source, positions, extensions: { code } });
}
