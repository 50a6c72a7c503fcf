import { Repeater, SlidingBuffer } from '@graphql-yoga/subscription';
import type { Rehearsal } from '../../queries/rehearsal/rehearsal.js';
import { toProgress } from './to-rehearsal.js';
import type { RehearsalProgress } from './rehearsal.types.js';

/** How far a rehearsal is: now, some times a second while it runs, and at its end. A slow reader misses what lies between. */
export function followProgress(rehearsal: Rehearsal): AsyncIterable<RehearsalProgress> {
  return new Repeater<RehearsalProgress>(async (push, stop) => {
    const tell = (): void => {
      void push(toProgress(rehearsal));
      if (rehearsal.progress.state !== 'RUNNING') stop();
    };
    const silence = rehearsal.onProgress(tell);
    tell();
    await stop;
    silence();
  }, new SlidingBuffer(1));
}
