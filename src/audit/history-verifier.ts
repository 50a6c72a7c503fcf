import { Pacer } from '../pacer.js';
import type { EventStore } from '../store/event-store.js';
import type { SignedCheckpoint } from './checkpoints/checkpoint.js';
import { verifyLog, type Verification } from './verify.js';

/** How far a verification is, and at its end what it found. */
export type VerificationStep =
  | { readonly state: 'RUNNING'; readonly events: number; /** From 0 to 1. */ readonly progress: number }
  | { readonly state: 'DONE'; readonly verification: Verification }
  | { readonly state: 'FAILED'; readonly error: unknown };

type Tell = (step: VerificationStep) => void;

interface Run {
  readonly stop: AbortController;
  readonly told: Set<Tell>;
  step: VerificationStep;
  /** Resolves at its end, however it ends. */
  ended: Promise<void>;
}

/** How often progress is told. */
const TELL_EVERY_MS = 200;

/** Verifies the log beside requests, one run at a time: whoever asks while one is under way is told of that one. It stops when nobody wants to know any more. */
export class HistoryVerifier {
  #run: Run | undefined;

  /**
   * @param store whose reads give events as they are recorded.
   * @param checkpoints that the log must agree with, as they are when a run begins.
   */
  constructor(
    private readonly store: EventStore,
    private readonly checkpoints: () => readonly SignedCheckpoint[],
  ) {}

  /** @param tell is told at once, now and then, and at the end. @returns what is to be called when nothing more is to be told. */
  join(tell: Tell): () => void {
    const run = (this.#run ??= this.#start());
    run.told.add(tell);
    tell(run.step);
    return () => {
      run.told.delete(tell);
      if (run.told.size === 0) this.#abort(run);
    };
  }

  /** Gives up the run that is under way. */
  async close(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    this.#abort(run);
    await run.ended;
  }

  #abort(run: Run): void {
    run.stop.abort();
    if (this.#run === run) this.#run = undefined;
  }

  #start(): Run {
    const run: Run = {
      stop: new AbortController(),
      told: new Set(),
      step: { state: 'RUNNING', events: 0, progress: 0 },
      ended: Promise.resolve(),
    };
    run.ended = this.#verify(run).then(
      (verification) => this.#tell(run, { state: 'DONE', verification }),
      (error: unknown) => this.#tell(run, { state: 'FAILED', error }),
    );
    return run;
  }

  async #verify(run: Run): Promise<Verification> {
    const checkpoints = this.checkpoints();
    const end = await this.store.head();
    let toldAt = performance.now();
    const progress = (events: number, position: number): void => {
      if (performance.now() - toldAt < TELL_EVERY_MS) return;
      toldAt = performance.now();
      this.#tell(run, { state: 'RUNNING', events, progress: Math.min(1, (position + 1) / (end + 1)) });
    };
    return verifyLog(this.store, progress, checkpoints, new Pacer(run.stop.signal));
  }

  #tell(run: Run, step: VerificationStep): void {
    if (run.stop.signal.aborted) return;
    run.step = step;
    if (step.state !== 'RUNNING') this.#run = undefined;
    for (const tell of run.told) tell(step);
  }
}
