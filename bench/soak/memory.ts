import { readFileSync } from 'node:fs';
import { summarize, type Measured } from '../measure.js';

const EVERY_MS = 1_000;
/** Of the time that a process was looked at: until then caches fill. */
const WARM_UP = 0.3;

interface Sample {
  readonly seconds: number;
  readonly mebibytes: number;
}

/** Looks at the resident memory of a process, by /proc, until it is stopped. */
export class MemoryWatch {
  readonly #samples: Sample[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    const began = performance.now();
    this.#timer = setInterval(() => {
      const mebibytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
      this.#samples.push({ seconds: (performance.now() - began) / 1_000, mebibytes });
    }, EVERY_MS);
  }

  /** To be called before the process ends. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Memory after the warm-up, and how fast it grows, by the line of least squares. */
  measured(what: string): Measured[] {
    const warm = this.#samples.slice(Math.floor(this.#samples.length * WARM_UP));
    return [
      summarize(
        `${what}: memory`,
        'MiB',
        warm.map(({ mebibytes }) => mebibytes),
      ),
      summarize(`${what}: memory grows by`, 'MiB a minute', [60 * slopeOf(warm)]),
    ];
  }
}

/** Mebibytes a second. */
export function slopeOf(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number): number => samples.reduce((sum, each) => sum + of(each), 0) / samples.length;
  const [x, y] = [mean(({ seconds }) => seconds), mean(({ mebibytes }) => mebibytes)];
  const covariance = mean(({ seconds, mebibytes }) => (seconds - x) * (mebibytes - y));
  return covariance / mean(({ seconds }) => (seconds - x) ** 2);
}
