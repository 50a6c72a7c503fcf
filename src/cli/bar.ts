import { Presets, SingleBar } from 'cli-progress';
import type { Terminal } from './command.js';

export interface ProgressBar {
  at(done: number): void;
  done(): void;
}

/** A bar on standard error, where somebody watches; of work whose size is not known (0) only the number. */
export function progressBar({ progress }: Terminal, what: string, total: number): ProgressBar {
  if (!progress) return { at: () => undefined, done: () => undefined };
  const format = total > 0 ? `{bar} {percentage}% | {value}/{total} ${what} | {eta_formatted}` : `{value} ${what}`;
  const bar = new SingleBar({ stream: progress, format, clearOnComplete: true, hideCursor: null }, Presets.shades_classic);
  bar.start(total, 0);
  return { at: (done) => bar.update(done), done: () => bar.stop() };
}
