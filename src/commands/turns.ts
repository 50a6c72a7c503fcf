/** Lets those who want the same thing have it one after the other, in the order in which they came. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  async take<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(what);
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    this.#last.set(what, ended);
    try {
      await before;
      return await work();
    } finally {
      end();
      if (this.#last.get(what) === ended) this.#last.delete(what);
    }
  }
}
