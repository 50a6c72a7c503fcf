import type { OperationVariables, TypedDocumentNode } from '@apollo/client';
import { useApolloClient } from '@apollo/client/react';
import { useRef, useState } from 'react';
import { newCommandId } from './command-id.ts';

export interface Command<Data, Input> {
  /** The answer; undefined where it was refused, which `error` tells. */
  readonly run: (input: Input) => Promise<Data | undefined>;
  readonly running: boolean;
  readonly error: Error | undefined;
  readonly clear: () => void;
}

type WithInput<Input> = OperationVariables & { input: Input & { commandId?: string | null | undefined } };

/**
 * A mutation with one input. The same input again, after an answer that was lost, goes with the same `commandId`: it has one effect.
 */
export function useCommand<Data, Input extends object>(document: TypedDocumentNode<Data, WithInput<Input>>): Command<Data, Input> {
  const client = useApolloClient();
  const [state, setState] = useState<{ running: boolean; error?: Error }>({ running: false });
  const pending = useRef<{ text: string; commandId: string }>(undefined);
  const run = async (input: Input): Promise<Data | undefined> => {
    const text = JSON.stringify(input);
    if (pending.current?.text !== text) pending.current = { text, commandId: newCommandId() };
    setState({ running: true });
    try {
      const { data } = await client.mutate({
        mutation: document,
        variables: { input: { ...input, commandId: pending.current.commandId } },
      });
      pending.current = undefined;
      setState({ running: false });
      return data;
    } catch (error) {
      setState({ running: false, error: error instanceof Error ? error : new Error(String(error)) });
      return undefined;
    }
  };
  return { run, ...state, error: state.error, clear: () => setState({ running: false }) };
}
