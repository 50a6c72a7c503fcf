import { randomUUID } from 'node:crypto';
import { editOf } from './workload.js';

interface Connection {
  command(sql: string): Promise<unknown>;
  close(): void;
}

/** What is used of the peer, which is not among the project's packages: bench/README.md says how to put it beside them. */
interface EmmettModule {
  getSQLiteEventStore(options: { fileName: string }): { appendToStream(stream: string, events: readonly object[]): Promise<unknown> };
  sqliteConnection(options: { fileName: string }): Connection;
  appendToStream(connection: Connection, stream: string, streamType: string, events: readonly object[]): Promise<{ success: boolean }>;
}

/** Appends events to a stream of its own, as every writer does. @returns how many. */
export type Writer = () => Promise<number>;

export interface Emmett {
  writer(events: number): Writer;
  close(): void;
}

interface Turn {
  readonly connection: Connection;
  last: Promise<unknown>;
}

/** With more at once its transactions get in each other's way (SQLITE_BUSY, whatever the timeout) and appends are lost. */
const CONNECTIONS = 4;

/**
 * Opens the peer's store in a file, as durable as ours. Writers take turns on as many connections as it bears, so that 64 of them can be measured.
 * @returns undefined, said aloud, where the package is not installed.
 */
export async function openEmmett(fileName: string): Promise<Emmett | undefined> {
  const name = '@event-driven-io/emmett-sqlite';
  const module = await import(name).then(
    (loaded: EmmettModule) => loaded,
    () => undefined,
  );
  if (!module) {
    console.log(`${name} is not installed, so it is not measured: see bench/README.md`);
    return undefined;
  }
  // The first append makes the tables.
  await module.getSQLiteEventStore({ fileName }).appendToStream('first', [eventOf(0)]);
  const connections = Array.from({ length: CONNECTIONS }, () => module.sqliteConnection({ fileName }));
  for (const connection of connections) {
    for (const pragma of ['busy_timeout = 10000', 'journal_mode = WAL', 'synchronous = FULL']) await connection.command(`PRAGMA ${pragma}`);
  }
  const turns = connections.map((connection): Turn => ({ connection, last: Promise.resolve() }));
  let writers = 0;
  return {
    writer: (events) => {
      const turn = turns[writers++ % CONNECTIONS];
      if (!turn) throw new Error('there are connections');
      const stream = `app-${randomUUID()}`;
      let written = 0;
      return async () => {
        const append = turn.last.then(() =>
          module.appendToStream(
            turn.connection,
            stream,
            'app',
            Array.from({ length: events }, () => eventOf(++written)),
          ),
        );
        turn.last = append;
        if (!(await append).success) throw new Error('the append was refused');
        return events;
      };
    },
    close: () => {
      for (const { connection } of turns) connection.close();
    },
  };
}

/** Data and metadata of the same size as ours. */
function eventOf(n: number): object {
  const metadata = {
    occurredAt: new Date().toISOString(),
    correlationId: randomUUID(),
    causationId: randomUUID(),
    actor: { id: 'bench', kind: 'SERVICE' },
    previousHash: '0'.repeat(64),
  };
  return { type: 'ComponentChanged', data: editOf(randomUUID(), randomUUID(), n), metadata };
}
