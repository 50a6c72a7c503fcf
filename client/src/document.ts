import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import { print, type DocumentNode } from 'graphql';

/** An operation with the types of its answer and its variables, as graphql-codegen's client preset makes them: as text, or parsed. */
export type TypedDocument<Result, Variables> = DocumentTypeDecoration<Result, Variables> & (DocumentNode | { toString(): string });

export function textOf(document: TypedDocument<unknown, never>): string {
  return 'kind' in document ? print(document) : document.toString();
}
