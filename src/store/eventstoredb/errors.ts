import { CorruptLogError, StoreUnavailableError } from '../errors.js';

/** What kind of error of the client it is, such as `unavailable`; undefined for what it throws beside its own. */
export function kindOf(error: unknown): string | undefined {
  return error instanceof Error && 'type' in error && typeof error.type === 'string' ? error.type : undefined;
}

/** A failure of EventStoreDB in the words of the port. What the driver said is in `cause`, for the log. */
export function toStoreError(error: unknown): Error {
  if (error instanceof StoreUnavailableError || error instanceof CorruptLogError) return error;
  switch (kindOf(error)) {
    case 'stream-deleted':
      return new CorruptLogError('a stream was deleted in EventStoreDB');
    case 'access-denied':
      return new StoreUnavailableError('EventStoreDB does not let this user do it', { cause: error });
    case 'deadline-exceeded':
    case 'timeout':
      return new StoreUnavailableError('EventStoreDB does not answer in time', { cause: error });
    case undefined:
    case 'unavailable':
    case 'cancelled':
    case 'not-leader':
      return new StoreUnavailableError('EventStoreDB cannot be reached', { cause: error });
    default:
      return new StoreUnavailableError('EventStoreDB failed', { cause: error });
  }
}

/** Whether the same call may go through when it is made again soon: the connection broke, or another node leads now. */
export function isPassing(error: unknown): boolean {
  return ['unavailable', 'cancelled', 'not-leader'].includes(kindOf(error) ?? '');
}
