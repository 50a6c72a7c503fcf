import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../logger.js';
import { unlessStopped } from '../../stopped.js';
import { RevisionConflictError, StoreUnavailableError } from '../errors.js';
import type { EventStore } from '../event-store.js';
import { appendEvents } from './append.js';
import { openConnection, type Connection } from './client.js';
import { readConnectionString } from './connection-string.js';
import { EventStoreDbStore } from './eventstoredb-store.js';
import { readOneByOne } from './reads.js';
import { LOG_STREAM } from './recorded-event.js';
import { diagnose } from './start-up.js';

export interface EventStoreDbOptions {
  /** `esdb://` or `esdb+discover://`, as EventStoreDB's clients take it: hosts, credentials, TLS. */
  readonly url: string;
  readonly logger: Logger;
  /** How long a server that cannot be reached is waited for; 60 s by default. */
  readonly waitMs?: number;
  /** Milliseconds that a call may be without an answer; 10 s by default. */
  readonly timeoutMs?: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

const WAIT_MS = 60_000;
const TIMEOUT_MS = 10_000;
const TRY_EVERY_MS = 2_000;

/**
 * Connects, waits a while for a server that cannot be reached, and reads (or gives) the name of the log.
 * @throws StoreUnavailableError that says what is wrong and what to look at: not reached in time, refused credentials, no right to read `$all`, TLS. The
 * reason of the signal, where that came first.
 */
export async function openEventStoreDb({
  url,
  logger,
  waitMs = WAIT_MS,
  timeoutMs = TIMEOUT_MS,
  signal,
}: EventStoreDbOptions): Promise<EventStore> {
  const connectionString = readConnectionString(url);
  const connection = await openConnection(connectionString, timeoutMs);
  const until = Date.now() + waitMs;
  for (;;) {
    try {
      return await unlessStopped(openLog(connection, logger), signal);
    } catch (error) {
      if (signal?.aborted) {
        // Not awaited: it waits for what was asked, which may not be answered.
        void connection.client.dispose();
        throw error;
      }
      const { refusal, passing } = diagnose(error, connectionString);
      if (!passing || Date.now() >= until) {
        await connection.client.dispose();
        throw refusal;
      }
      logger.warn({ err: error }, `${refusal.message}; trying again`);
      // The only way in which a timer fails is the signal, which the next attempt looks at.
      await delay(Math.min(TRY_EVERY_MS, until - Date.now()), undefined, { ...(signal && { signal }) }).catch(() => undefined);
    }
  }
}

async function openLog(connection: Connection, logger: Logger): Promise<EventStore> {
  await readNewest(connection);
  return new EventStoreDbStore(connection, await nameOfLog(connection), logger);
}

/** Asks for what everything else needs: a connection, an answer, the right to read `$all`. */
async function readNewest(connection: Connection): Promise<void> {
  const newest = readOneByOne(connection, (client, options) =>
    client.readAll({ ...options, direction: 'backwards', fromPosition: 'end', maxCount: 1 }),
  );
  for await (const _ of newest) break;
}

/** The name is the first event of a stream of its own: whoever comes first gives it. */
async function nameOfLog(connection: Connection): Promise<string> {
  const name = await readName(connection);
  if (name !== undefined) return name;
  try {
    await appendEvents(connection, LOG_STREAM, 'no_stream', [
      { type: 'LogNamed', data: { logId: randomBytes(6).toString('hex') }, metadata: {} },
    ]);
  } catch (error) {
    if (!(error instanceof RevisionConflictError)) throw error;
  }
  const given = await readName(connection);
  if (given === undefined) throw new StoreUnavailableError(`stream ${LOG_STREAM} of EventStoreDB holds no name of a log`);
  return given;
}

async function readName(connection: Connection): Promise<string | undefined> {
  for await (const { event } of readOneByOne(connection, (client, options) => client.readStream(LOG_STREAM, { ...options, maxCount: 1 }))) {
    const data: unknown = event?.data;
    if (typeof data === 'object' && data !== null && 'logId' in data && typeof data.logId === 'string') return data.logId;
    throw new StoreUnavailableError(`stream ${LOG_STREAM} of EventStoreDB holds no name of a log`);
  }
  return undefined;
}
