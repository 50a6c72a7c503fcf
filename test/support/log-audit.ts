import { join } from 'node:path';
import { verifyLog, type Verification } from '../../src/audit/verify.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { BEFORE_FIRST, type Position, type RecordedEvent } from '../../src/store/event-store.js';

export interface Fact {
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
  /** Its data as JSON text. */
  readonly text: string;
}

/** What is no effect of a command itself: contents and names that go before its one append, and what a release does by itself afterwards. */
const BESIDE_COMMANDS = new Set(['DefinitionStored', 'NameReserved', 'ComponentSynced', 'TemplatePublished']);

/** Reads the log file of a data folder as an auditor does, also while a server writes it, and keeps account of what is in it. */
export class LogAudit {
  logId = '';
  /** The effects of commands, by the correlation id that they were sent with. */
  readonly #effects = new Map<string, Fact[]>();
  readonly #streams = new Map<Position, string>();
  /** How many times each release that has started was published. */
  readonly #releases = new Map<string, number>();
  #read: Position = BEFORE_FIRST;

  constructor(private readonly dataDir: string) {}

  /** Takes in what came since the last time. */
  async readOn(): Promise<void> {
    const store = this.#open();
    this.logId = store.logId;
    for (;;) {
      const page = await store.readAll({ after: this.#read, limit: 10_000 });
      for (const event of page) this.#take(event);
      if (page.length === 0) break;
    }
    await store.close();
  }

  async verify(): Promise<Verification> {
    const store = this.#open();
    const verification = await verifyLog(store, () => undefined);
    await store.close();
    return verification;
  }

  effectsOf(correlationId: string): readonly Fact[] {
    return this.#effects.get(correlationId) ?? [];
  }

  streamAt(position: Position): string | undefined {
    return this.#streams.get(position);
  }

  /** Releases that were published this often. */
  releases(times: (published: number) => boolean): string[] {
    return [...this.#releases].filter(([, published]) => times(published)).map(([id]) => id);
  }

  #open(): ReturnType<typeof openEmbeddedStore> {
    return openEmbeddedStore({ path: join(this.dataDir, 'log.db'), readOnly: true });
  }

  #take({ type, stream, revision, position, data, metadata }: RecordedEvent): void {
    this.#read = position;
    this.#streams.set(position, stream);
    const { releaseId } = data;
    if (typeof releaseId === 'string') {
      const published = this.#releases.get(releaseId) ?? 0;
      this.#releases.set(releaseId, type === 'TemplatePublished' ? published + 1 : published);
    }
    if (BESIDE_COMMANDS.has(type)) return;
    const effects = this.#effects.get(metadata.$correlationId) ?? [];
    effects.push({ type, stream, revision, position, text: JSON.stringify(data) });
    this.#effects.set(metadata.$correlationId, effects);
  }
}
