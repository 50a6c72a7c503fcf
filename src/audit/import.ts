import { BEFORE_FIRST, type EventStore, type ExpectedRevision, type RecordedEvent, type StreamName } from '../store/event-store.js';
import { hashOf } from '../store/hash-chain.js';
import { sizeOf } from '../store/serialize.js';
import { parseCloudEvent } from './cloud-event.js';
import { LogChecker } from './log-checker.js';
import { pagesOf } from './pages.js';

/** The file or the store is not what an import needs; the message says why. */
export class ImportRefusedError extends Error {
  override readonly name = 'ImportRefusedError';
}

export interface Imported {
  /** The log that the file is of; the store has a name of its own. */
  readonly from: string;
  readonly to: string;
  /** Events that were there already, of an import that was interrupted. */
  readonly present: number;
  readonly imported: number;
}

/** Events of one stream in a row go together, but not more bytes than any store takes in one append. */
const RUN_BYTES = 900 * 1024;
/** Runs under way at once: the embedded store makes one commit of them. */
const RUNS = 256;
const WINDOW_BYTES = 16 * 1024 * 1024;

/**
 * Loads an export that begins at the beginning of its log into an empty store, or goes on with an import that was interrupted: ids, order,
 * times and hashes are the same, positions are new. The chain is verified on the way; nothing after a line that is wrong is imported.
 * @throws ImportRefusedError where a line is wrong, or the store holds something else.
 */
export async function importLog(store: EventStore, lines: AsyncIterable<string>, progress: (events: number) => void): Promise<Imported> {
  // What the log that was exported promises is not known, nor needed: the hashes tell what is missing in a stream.
  const checker = new LogChecker({ dense: false, timesNeverGoBack: false });
  const window = new Window(store);
  const there = eventsOf(store);
  let from: string | undefined;
  let present = 0;
  let found = await there.next();
  let number = 0;
  for await (const line of lines) {
    number += 1;
    const { logId, event, hash } = readLine(line, number);
    from ??= logId;
    if (logId !== from) throw new ImportRefusedError(`line ${number}: it is of log ${logId}, and those before it of ${from}`);
    const broken = checker.check(event);
    if (broken) throw new ImportRefusedError(`line ${number}: ${broken.stream} revision ${broken.revision}: ${broken.problem}`);
    if (found.done) {
      await window.add(event);
    } else {
      requireSame(found.value, event, hash, number);
      present += 1;
      found = await there.next();
    }
    if (number % 1000 === 0) progress(number);
  }
  if (from === undefined) throw new ImportRefusedError('the file has no events');
  if (!found.done) throw new ImportRefusedError(`the store has more events than the file: ${notEmpty}`);
  await window.flush();
  return { from, to: store.logId, present, imported: number - present };
}

const notEmpty = 'an import needs an empty store, or one in which the same import was interrupted';

function readLine(line: string, number: number): ReturnType<typeof parseCloudEvent> {
  try {
    return parseCloudEvent(line);
  } catch (error) {
    throw new ImportRefusedError(`line ${number}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function requireSame(found: RecordedEvent, event: RecordedEvent, hash: string, number: number): void {
  if (found.eventId === event.eventId && found.stream === event.stream && hashOf(found) === hash) return;
  throw new ImportRefusedError(`line ${number}: the store has another event in its place (${found.eventId}): ${notEmpty}`);
}

async function* eventsOf(store: EventStore): AsyncGenerator<RecordedEvent, void, void> {
  for await (const events of pagesOf(store, BEFORE_FIRST)) yield* events;
}

/** Events of one stream that follow each other in the log. */
interface Run {
  readonly stream: StreamName;
  readonly expected: ExpectedRevision;
  readonly events: RecordedEvent[];
  bytes: number;
}

/** Gathers events to import, and imports them in their order, a window at a time. */
class Window {
  #runs: Run[] = [];
  #bytes = 0;

  constructor(private readonly store: EventStore) {}

  async add(event: RecordedEvent): Promise<void> {
    const { stream, revision } = event;
    const bytes = sizeOf(event);
    const run = this.#runs.at(-1);
    if (run?.stream === stream && run.bytes + bytes <= RUN_BYTES) {
      run.events.push(event);
      run.bytes += bytes;
    } else {
      this.#runs.push({ stream, expected: revision === 0 ? 'no_stream' : revision - 1, events: [event], bytes });
    }
    this.#bytes += bytes;
    if (this.#runs.length === RUNS || this.#bytes >= WINDOW_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    const runs = this.#runs;
    this.#runs = [];
    this.#bytes = 0;
    await Promise.all(runs.map(({ stream, expected, events }) => this.store.importEvents(stream, expected, events)));
  }
}
