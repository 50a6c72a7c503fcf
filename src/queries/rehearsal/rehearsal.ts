import { toPage, type Page } from '../../../projections/page.js';
import type { Judgement, RehearsalOutcome } from '../../domain/rehearsal/outcome.js';
import { Tally } from '../../domain/rehearsal/tally.js';
import type { Position } from '../../store/event-store.js';
import type { Install, Verdict } from './cases.js';
import type { UnpublishedVersion } from './unpublished-version.js';

/** What a rehearsal is of; without the contents, which are not kept when it is done. */
export type RehearsalSubject = Omit<UnpublishedVersion, 'manifest' | 'contents'>;

export type RehearsalState = 'RUNNING' | 'DONE' | 'FAILED';

export interface Progress {
  readonly state: RehearsalState;
  /** Installs whose outcome is known. */
  readonly processed: number;
  /** Undefined until they are counted. */
  readonly total: number | undefined;
}

/** An install whose outcome is known. */
export type JudgedInstall = Install & { readonly judgement: Judgement };

const TELL_EVERY_MS = 100;

/** What is known of a rehearsal: grows while it runs, stays as it is afterwards. */
export class Rehearsal {
  readonly tally = new Tally();
  readonly #ended = Promise.withResolvers<void>();
  readonly #abort = new AbortController();
  readonly #listeners = new Set<() => void>();
  #installs: readonly (Install & { readonly verdict: Verdict })[] = [];
  #state: RehearsalState = 'RUNNING';
  #total: number | undefined;
  #cases: number | undefined;
  #position: Position | undefined;
  #failure: string | undefined;
  #toldAt = 0;

  constructor(
    readonly id: string,
    readonly subject: RehearsalSubject,
    /** The same for what is rehearsed in the same state. */
    readonly key: string,
  ) {}

  get progress(): Progress {
    return { state: this.#state, processed: this.tally.processed, total: this.#total };
  }

  /** How many plans it takes, or took; undefined until the installs are read. */
  get cases(): number | undefined {
    return this.#cases;
  }

  /** All installs are as they were there; undefined until they are read. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** Why it failed, as clients may see it. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Resolves when it is done, or has failed. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** A rough weight in memory: grows with what it keeps. */
  get weight(): number {
    return 1 + this.#installs.length;
  }

  /** Takes effect where it runs. */
  cancel(): void {
    this.#abort.abort();
  }

  expect(total: number): void {
    this.#total = total;
    this.#tell();
  }

  /** The installs are read, in the order of installing: what is to come are their outcomes. */
  read(installs: readonly (Install & { readonly verdict: Verdict })[], cases: number, position: Position): void {
    this.#installs = installs;
    this.#total = installs.length;
    this.#cases = cases;
    this.#position = position;
    this.#tell();
  }

  /** More outcomes are known. */
  progressed(): void {
    if (performance.now() - this.#toldAt >= TELL_EVERY_MS) this.#tell();
  }

  end(failure?: string): void {
    this.#state = failure === undefined ? 'DONE' : 'FAILED';
    this.#failure = failure;
    this.#tell();
    this.#ended.resolve();
  }

  /** Calls back when there is progress to tell, some times a second. @returns takes the listener off. */
  onProgress(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A page of the installs whose outcome is known, in the order of installing; only of some teams where these are given. */
  page(
    { outcome, teams }: { readonly outcome?: RehearsalOutcome | undefined; readonly teams?: readonly string[] | undefined },
    first: number,
    after = -1,
  ): Page<JudgedInstall> {
    const rows: JudgedInstall[] = [];
    for (const install of this.#installs) {
      const { judgement } = install.verdict;
      const wanted = judgement && install.place > after && (outcome === undefined || judgement.outcome === outcome);
      if (wanted && (teams?.includes(install.team) ?? true)) rows.push({ ...install, judgement });
      if (rows.length > first) break;
    }
    return toPage(rows, first);
  }

  #tell(): void {
    this.#toldAt = performance.now();
    for (const listener of this.#listeners) listener();
  }
}
