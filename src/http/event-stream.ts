import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { print } from 'graphql-sse';
import { GOODBYE_MS, type Outlet } from './outlet.js';

/**
 * The answer to one operation as Server-Sent Events. One that ends without the event `complete` was cut: a client of graphql-sse takes that for a lost
 * connection, and asks again.
 */
export class EventStream {
  readonly #response: ServerResponse;
  #left = false;

  constructor(
    reply: FastifyReply,
    private readonly messages: AsyncGenerator<string, void, undefined>,
    private readonly outlet: Outlet,
  ) {
    const sent = Object.fromEntries(Object.entries(reply.getHeaders()).filter(([, value]) => value !== undefined));
    reply.hijack();
    this.#response = reply.raw.writeHead(200, {
      ...sent,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      // Said to nginx, which else keeps events until it has many.
      'x-accel-buffering': 'no',
    });
    this.#response.once('close', () => void this.messages.return());
    // What was to be written is lost with the connection; its client asks again.
    this.#response.on('error', () => undefined);
  }

  /** Resolves when it has ended, however it did. */
  async run(): Promise<void> {
    for await (const message of this.messages) {
      if (this.#left || !this.#response.writable) return;
      this.#response.write(message);
      await this.outlet.room();
    }
    if (!this.#left) this.#response.end();
  }

  /** Ends it for a while: the client may come again. @param why as a comment, which programs pass over; there are `withinMs` to read it. */
  cut(why: string, withinMs: number): void {
    this.#leave(`: ${why}\n\n`, withinMs);
  }

  /** Ends it for good. @param answer the last thing that it tells. */
  refuse(answer: { readonly errors: readonly object[] }): void {
    const last: object = answer;
    this.#leave(`${print({ event: 'next', data: last })}${print({ event: 'complete', data: null })}`, GOODBYE_MS);
  }

  #leave(text: string, withinMs: number): void {
    if (this.#left) return;
    this.#left = true;
    void this.messages.return();
    this.#response.end(text);
    this.outlet.closeWithin(withinMs);
  }
}
