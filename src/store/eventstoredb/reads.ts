import type { EventStoreDBClient, StreamingRead } from '@eventstore/db-client';
import { StoreUnavailableError } from '../errors.js';
import type { Connection } from './client.js';
import { kindOf, toStoreError } from './errors.js';

/** What every read is asked with: Regraft reads what it wrote, and so from the leader. */
interface ReadOptions {
  readonly credentials: Connection['credentials'];
  readonly requiresLeader: true;
}

/**
 * What a read gives, one by one, in time limits: from one to the next at most `timeoutMs`. Ending the loop ends the read at the server.
 * @throws StoreUnavailableError; nothing is given for a stream that is not there.
 */
export async function* readOneByOne<Read>(
  { client, credentials, timeoutMs, calls }: Connection,
  open: (client: EventStoreDBClient, options: ReadOptions) => StreamingRead<Read>,
): AsyncGenerator<Read, void, void> {
  const leave = await calls.enter(timeoutMs);
  const read = open(client, { credentials, requiresLeader: true });
  // The client reports errors on reads that have ended, too: without a listener they would end the process.
  read.on('error', () => undefined);
  const late = setTimeout(() => read.destroy(new StoreUnavailableError('EventStoreDB does not answer in time')), timeoutMs);
  try {
    for await (const item of read.iterator({ destroyOnReturn: false }) as AsyncIterable<Read>) {
      late.refresh();
      yield item;
    }
  } catch (error) {
    if (kindOf(error) !== 'stream-not-found') throw toStoreError(error);
  } finally {
    leave();
    clearTimeout(late);
    // What is still on its way must flow off: the client keeps a call whose answer is not read to its end.
    read.resume();
    // Not awaited: it waits for a connection, which may not come. It fails where the read never began.
    read.cancel().catch(() => undefined);
  }
}
