import type { AllStreamResolvedEvent } from '@eventstore/db-client';
import type { Logger } from '../../logger.js';
import { StoreUnavailableError } from '../errors.js';
import type { Position, RecordedEvent } from '../event-store.js';
import type { Connection } from './client.js';
import { toStoreError } from './errors.js';
import { readOneByOne } from './reads.js';
import { intruderIn, positionOf, readEvent, type Resolved } from './recorded-event.js';

export interface SubscribedPage {
  /** Events in order; none where only system events were passed over. */
  readonly events: readonly RecordedEvent[];
  /** All events up to here have been given. */
  readonly position: Position;
}

/** Without the server's own streams: statistics, metadata, scavenges, projections. */
const NOT_OF_THE_SYSTEM = '^[^$]';
/** Times 32 events that the server looks at without giving one: how often it tells how far it is. */
const CHECKPOINT_INTERVAL = 16;

/**
 * One subscription to `$all`, from a position on, system streams left out by the server, given in pages: what has come while the one before was
 * handled. It holds about a page, and the connection holds back the rest. Ends with the signal; leaving the loop ends it at the server. An event
 * that Regraft did not write in a stream of its own is passed over with a line in the log, since those that follow must go on.
 * @throws StoreUnavailableError when it drops: a new one from the last position goes on.
 */
export async function* subscribe(
  connection: Connection,
  logger: Logger,
  options: { readonly after: Position; readonly pageSize: number; readonly signal: AbortSignal },
): AsyncGenerator<SubscribedPage, void, void> {
  const first = await firstUnseen(connection, logger, options.after);
  if (first) yield first;
  yield* subscribeFrom(connection, logger, { ...options, after: first?.position ?? options.after });
}

/**
 * A subscription passes over the record at its position by passing over one record, whatever its position. Where a scavenge removed that at the
 * position (it may be one of the system's), it would be the next one, and nobody would see it: so it is read before.
 */
async function firstUnseen(connection: Connection, logger: Logger, after: Position): Promise<SubscribedPage | undefined> {
  if (after < 0) return undefined;
  const fromPosition = { commit: BigInt(after), prepare: BigInt(after) };
  const next = readOneByOne(connection, (client, options) => client.readAll({ ...options, fromPosition, maxCount: 1 }));
  for await (const resolved of next) {
    const position = positionOf(resolved);
    if (position <= after) return undefined;
    const event = followed(resolved, logger);
    return { events: event ? [event] : [], position };
  }
  return undefined;
}

function followed(resolved: Resolved, logger: Logger): RecordedEvent | undefined {
  const intruder = intruderIn(resolved);
  if (intruder) logger.error({ ...intruder.at }, `${intruder.message}: it is passed over; npm run regraft -- verify tells more`);
  return readEvent(resolved);
}

async function* subscribeFrom(
  { client, credentials }: Connection,
  logger: Logger,
  { after, pageSize, signal }: { readonly after: Position; readonly pageSize: number; readonly signal: AbortSignal },
): AsyncGenerator<SubscribedPage, void, void> {
  const subscription = client.subscribeToAll(
    {
      credentials,
      requiresLeader: true,
      fromPosition: after < 0 ? 'start' : { commit: BigInt(after), prepare: BigInt(after) },
      filter: {
        filterOn: 'streamName',
        regex: NOT_OF_THE_SYSTEM,
        checkpointInterval: CHECKPOINT_INTERVAL,
        // Takes its place among the events, as one without an event: those before it may not have been read yet.
        checkpointReached: (to, { commit }) => void to.push({ commitPosition: commit } satisfies AllStreamResolvedEvent),
      },
    },
    { highWaterMark: pageSize },
  );
  // The client reports errors on subscriptions that have ended, too: without a listener they would end the process.
  subscription.on('error', () => undefined);
  const stop = (): void => {
    subscription.destroy();
    // Not awaited: it waits for a connection, which may not come. It fails where the subscription never began.
    subscription.unsubscribe().catch(() => undefined);
  };
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  let position = after;
  let told = after;
  let events: RecordedEvent[] = [];
  try {
    for await (const resolved of subscription as AsyncIterable<AllStreamResolvedEvent>) {
      const at = positionOf(resolved);
      if (at > position) {
        position = at;
        const event = followed(resolved, logger);
        if (event) events.push(event);
      }
      if (events.length < pageSize && subscription.readableLength > 0) continue;
      if (position > told) {
        told = position;
        yield { events, position };
        events = [];
      }
      if (signal.aborted) return;
    }
    throw new StoreUnavailableError('EventStoreDB ended a subscription');
  } catch (error) {
    if (!signal.aborted) throw toStoreError(error);
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}
