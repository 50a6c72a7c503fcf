import { v7 as uuidv7 } from 'uuid';
import type { Runtime } from '../../src/commands/context.js';

/** A clock that goes as the test says. */
export class Clock {
  #time = Date.parse('2026-01-01T00:00:00.000Z');

  readonly runtime: Runtime = { now: () => this.now, newId: () => uuidv7(), random: () => Math.random() };

  get now(): string {
    return new Date(this.#time).toISOString();
  }

  /** The instant so many seconds from now, ISO 8601. */
  in(seconds: number): string {
    return new Date(this.#time + seconds * 1000).toISOString();
  }

  /** Also backwards. */
  jump(seconds: number): void {
    this.#time += seconds * 1000;
  }
}
