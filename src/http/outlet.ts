import type { Socket } from 'node:net';

/** What may wait for a client to read it while more is made for it. More than what Node takes before it says that a socket is full. */
export const ROOM_BYTES = 256 * 1024;

/** How long a client has to read word that its connection ends. */
export const GOODBYE_MS = 1_500;

/** How often it is looked whether a client reads, in the time that it has. */
const LOOKS = 4;

/** The sending side of a connection: what was sent waits here until the client takes it, in the memory of the server. */
export class Outlet {
  #drained: Promise<void> | undefined;

  constructor(private readonly socket: Socket) {}

  /** Bytes that the client, and what stands between, have not taken. */
  get unread(): number {
    return this.socket.writableLength;
  }

  /** Resolves when there is room for more, and when the connection is closed. However many wait, the socket has one listener. */
  async room(): Promise<void> {
    while (!this.socket.destroyed && this.unread > ROOM_BYTES) await (this.#drained ??= this.#drain());
  }

  /**
   * Tells once of a client that takes nothing of what waits for it for as long as `withinMs`.
   * @returns ends the watch; so does the end of the connection.
   */
  onStall(withinMs: number, stalled: () => void): () => void {
    let [taken, looks] = [this.#taken, 0];
    const timer = setInterval(() => {
      looks = this.unread > 0 && this.#taken === taken ? looks + 1 : 0;
      taken = this.#taken;
      if (looks < LOOKS) return;
      end();
      stalled();
    }, withinMs / LOOKS);
    timer.unref();
    const end = (): void => {
      clearInterval(timer);
      this.socket.off('close', end);
    };
    this.socket.once('close', end);
    return end;
  }

  /** Closes the connection after a while, whatever its client reads by then: for one that was told that it ends. */
  closeWithin(milliseconds: number): void {
    const timer = setTimeout(() => this.socket.destroy(), milliseconds);
    this.socket.once('close', () => clearTimeout(timer));
  }

  get #taken(): number {
    return this.socket.bytesWritten - this.unread;
  }

  #drain(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.socket.off('drain', done).off('close', done);
        this.#drained = undefined;
        resolve();
      };
      this.socket.on('drain', done).on('close', done);
    });
  }
}
