import type { SqliteReadModel } from './read-model.js';
import type { Projector } from './projector.js';

/** Rows to read, until they are given back. */
export interface Lease {
  readonly readModel: SqliteReadModel;
  readonly release: () => void;
}

/** Read models and the projector that keeps them, from being made to being replaced by the next ones. */
export class Generation {
  readonly #replaced = new AbortController();
  #leases = 0;

  constructor(
    /** Counts how often read models were made anew in this folder. */
    readonly number: number,
    readonly readModel: SqliteReadModel,
    readonly projector: Projector,
    private readonly deleteFile: () => void,
  ) {}

  /** Aborted when another generation has taken its place. */
  get replaced(): AbortSignal {
    return this.#replaced.signal;
  }

  /** Whether requests may read it. */
  get serving(): boolean {
    return this.readModel.active && !this.readModel.damaged && this.projector.trusted;
  }

  lease(): Lease {
    this.#leases += 1;
    let held = true;
    return {
      readModel: this.readModel,
      release: () => {
        if (!held) return;
        held = false;
        this.#leases -= 1;
        this.#deleteWhenUnused();
      },
    };
  }

  /** Stops it; its file goes when the last of those who read it is done. */
  async replace(): Promise<void> {
    await this.projector.close();
    this.#replaced.abort();
    this.#deleteWhenUnused();
  }

  /** Stops it and keeps its file. */
  async close(): Promise<void> {
    await this.projector.close();
    this.readModel.close();
  }

  #deleteWhenUnused(): void {
    if (!this.replaced.aborted || this.#leases > 0) return;
    this.readModel.close();
    this.deleteFile();
  }
}
