import { StoreUnavailableError } from '../errors.js';

/** Lets a number of calls through at once; the others wait for their turn, in order. */
export class Gate {
  readonly #waiting = new Set<() => void>();

  constructor(private free: number) {}

  /**
   * Waits for a turn.
   * @returns ends the turn; more than once is as once.
   * @throws StoreUnavailableError where none comes in time: those who have a turn wait for the server.
   */
  async enter(timeoutMs: number): Promise<() => void> {
    if (this.free > 0) this.free -= 1;
    else await this.#turn(timeoutMs);
    let over = false;
    return () => {
      if (over) return;
      over = true;
      const [next] = this.#waiting;
      if (next) next();
      else this.free += 1;
    };
  }

  #turn(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        clearTimeout(late);
        this.#waiting.delete(go);
        resolve();
      };
      const late = setTimeout(() => {
        this.#waiting.delete(go);
        reject(new StoreUnavailableError('EventStoreDB does not answer in time'));
      }, timeoutMs);
      this.#waiting.add(go);
    });
  }
}
