import { ApolloLink, Observable } from '@apollo/client';
import { OperationTypeNode } from 'graphql';
import { RegraftError, type TypedDocument } from '@regraft/client';
import { freshness } from './freshness.ts';
import { server } from './server.ts';
import { session } from './token.ts';

type Data = Readonly<Record<string, unknown>>;

/** Queries and mutations by the client of Regraft, so that whatever goes wrong is a RegraftError, with a code and what to do about it. */
export const regraftLink = new ApolloLink(
  (operation) =>
    new Observable((observer) => {
      const abort = new AbortController();
      send(operation, abort.signal).then(
        (data) => {
          observer.next({ data });
          observer.complete();
        },
        (error: unknown) => {
          if (error instanceof RegraftError && error.code === 'UNAUTHENTICATED') session.ask();
          observer.error(error);
        },
      );
      return () => abort.abort();
    }),
);

async function send({ query, variables, operationType }: ApolloLink.Operation, signal: AbortSignal): Promise<Data> {
  const document: TypedDocument<Data, Data> = query;
  const ask = (minPosition?: string): Promise<Data> =>
    server().query(document, variables, { signal, ...(minPosition !== undefined && { minPosition }) });
  try {
    const data = await ask(freshness.position);
    if (operationType === OperationTypeNode.MUTATION) for (const payload of Object.values(data)) noteDone(payload);
    return data;
  } catch (error) {
    // The log was replaced behind this page: what it remembers of the other one means nothing here.
    if (!(error instanceof RegraftError && error.code === 'POSITION_UNKNOWN')) throw error;
    freshness.forget();
    return ask();
  }
}

/** Mutations answer with the position from which on what they did is seen. */
function noteDone(payload: unknown): void {
  if (typeof payload !== 'object' || payload === null || !('position' in payload)) return;
  if (typeof payload.position === 'string') freshness.did(payload.position);
}
