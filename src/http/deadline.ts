import { execute, GraphQLError, OperationTypeNode, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { Admitted, RequestScope } from './operation.js';

/**
 * Runs a query or a mutation, for a time at most. What takes longer is answered with an error, and given up: its scope is aborted, so that it reads
 * nothing more, and no command begins that has not. What keeps the thread busy is not interrupted.
 */
export async function executeWithin(
  args: Admitted<RequestScope>,
  milliseconds: number,
  run: (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult> = execute,
): Promise<ExecutionResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ExecutionResult>((resolve) => {
    timer = setTimeout(() => {
      const error = tookTooLong(args.operation.operation, milliseconds);
      args.contextValue.abort(error);
      resolve({ data: null, errors: [error] });
    }, milliseconds);
  });
  try {
    return await Promise.race([run(args), late]);
  } finally {
    clearTimeout(timer);
  }
}

function tookTooLong(operation: OperationTypeNode, milliseconds: number): GraphQLError {
  const isMutation = operation === OperationTypeNode.MUTATION;
  const what = isMutation
    ? 'what it changes may be changed all the same: send it again with its commandId, which has one effect, or read first'
    : 'ask for less at once';
  const message = `the operation took longer than ${(milliseconds / 1_000).toLocaleString('en')} seconds, and was given up: ${what}`;
  return new GraphQLError(message, { extensions: { code: 'OPERATION_TIMEOUT' } });
}
