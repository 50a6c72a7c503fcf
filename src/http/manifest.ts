import { readFileSync } from 'node:fs';
import { GraphQLError, Kind, parse } from 'graphql';
import Type from 'typebox';
import { Value } from 'typebox/value';
import { notParsed, problemsOf, type DocumentRules } from './documents.js';
import { MAX_TOKENS } from './operation.js';
import { TrustedDocuments } from './trusted-documents.js';

/** A manifest of documents cannot be trusted; the message says why, and which document is in the way. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/** What `graphql-codegen` writes by `persistedDocuments` of its client preset, and Relay's compiler likewise: texts by id. */
const textsById = Type.Record(Type.String(), Type.String());

/** What Apollo's `generate-persisted-query-manifest` writes. */
const apolloManifest = Type.Object({
  format: Type.Literal('apollo-persisted-query-manifest'),
  version: Type.Literal(1),
  operations: Type.Array(Type.Object({ id: Type.String(), body: Type.String() })),
});

/** How many wrong documents are named at once. */
const NAMED = 5;

/** @throws ManifestError where the file cannot be read, is of no known form, or has a document that would not run. */
export function readManifest(path: string, rules: DocumentRules): TrustedDocuments {
  const texts = textsOf(path);
  const problems = [...texts].flatMap(([id, text]) => {
    const problem = problemOf(text, rules);
    return problem === undefined ? [] : [`  ${id}: ${problem}`];
  });
  if (problems.length > 0) {
    const more = problems.length > NAMED ? [`  and ${problems.length - NAMED} more`] : [];
    throw wrong(path, `has documents that do not fit this server:\n${[...problems.slice(0, NAMED), ...more].join('\n')}`);
  }
  return new TrustedDocuments(texts);
}

function textsOf(path: string): ReadonlyMap<string, string> {
  const manifest = parseFile(path);
  const texts = Value.Check(apolloManifest, manifest)
    ? manifest.operations.map(({ id, body }) => [id, body] as const)
    : Value.Check(textsById, manifest)
      ? Object.entries(manifest)
      : undefined;
  if (!texts) {
    throw wrong(
      path,
      'is no manifest: texts of documents by their ids are expected (as of graphql-codegen), or a manifest of Apollo, version 1',
    );
  }
  if (texts.length === 0) throw wrong(path, 'lists no document: nothing could be asked for');
  const byId = new Map(texts);
  if (byId.size < texts.length) throw wrong(path, 'lists an id twice');
  return byId;
}

function parseFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw wrong(path, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Why a document would not run; undefined where it would. */
function problemOf(text: string, rules: DocumentRules): string | undefined {
  try {
    const document = parse(text, { maxTokens: MAX_TOKENS });
    if (!document.definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION)) return 'it has no operation';
    return problemsOf(rules, document)[0]?.message;
  } catch (error) {
    if (error instanceof GraphQLError || error instanceof RangeError) return notParsed(error).message;
    throw error;
  }
}

function wrong(path: string, why: string): ManifestError {
  return new ManifestError(`REGRAFT_TRUSTED_DOCUMENTS is ${path}, which ${why}`);
}
