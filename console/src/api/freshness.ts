/**
 * The position that answers must show, on whichever node: that of what was done here last, or of the event that was heard of last. Positions are
 * opaque, so the later one is told by the clock: for a while after something was done here, events that are heard of are older ones.
 */
const OWN_FIRST_MS = 5_000;

class Freshness {
  #position: string | undefined;
  #ownUntil = 0;

  get position(): string | undefined {
    return this.#position;
  }

  did(position: string): void {
    this.#position = position;
    this.#ownUntil = Date.now() + OWN_FIRST_MS;
  }

  heardOf(position: string): void {
    if (Date.now() >= this.#ownUntil) this.#position = position;
  }

  /** The log is another one than it was. */
  forget(): void {
    this.#position = undefined;
  }
}

export const freshness = new Freshness();
