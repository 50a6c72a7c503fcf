import type { OperationVariables, TypedDocumentNode } from '@apollo/client';
import { skipToken, useQuery } from '@apollo/client/react';
import type { LiveEvent } from './live.ts';
import { useLive } from './use-live.ts';

/** What `Async` shows. Data stays while it is asked for again, and where that fails. */
export interface Answer<Data> {
  readonly data: Data | undefined;
  readonly error: Error | undefined;
  readonly loading: boolean;
  readonly again: () => void;
}

/**
 * An answer that is asked for again after events that concern it.
 * @param variables undefined: not asked for yet.
 */
export function useLiveQuery<Data, Variables extends OperationVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables | undefined,
  concerns: (event: LiveEvent) => boolean,
): Answer<Data> {
  const { data, previousData, error, loading, refetch } = useQuery(document, variables === undefined ? skipToken : { variables });
  const again = (): void => {
    // What goes wrong is in `error`.
    if (variables !== undefined) refetch().catch(() => undefined);
  };
  useLive(concerns, again);
  return { data: data ?? (loading ? previousData : undefined), error, loading, again };
}
