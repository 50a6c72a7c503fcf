import type { ApolloServerPlugin, HTTPGraphQLRequest } from '@apollo/server';
import type { TrustedDocuments } from './trusted-documents.js';

/** Puts the document that a request names in its place, over GET and POST. */
export function runOnly(trusted: TrustedDocuments): ApolloServerPlugin {
  return {
    requestDidStart: ({ request }) => {
      const { query, extensions, http } = request;
      delete request.extensions;
      try {
        request.query = trusted.textOf({ query, extensions, documentId: http && documentIdOf(http) });
        return Promise.resolve();
      } catch (refusal) {
        // Apollo takes no refusal before there is an operation.
        request.query = '{ __typename }';
        return Promise.resolve({ didResolveOperation: () => Promise.reject(refusal as Error) });
      }
    },
  };
}

function documentIdOf({ method, search, body }: HTTPGraphQLRequest): unknown {
  if (method === 'GET') return new URLSearchParams(search).get('documentId') ?? undefined;
  return typeof body === 'object' && body !== null && 'documentId' in body ? body.documentId : undefined;
}
