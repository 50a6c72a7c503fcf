import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { within } from './within.js';

/**
 * Knows the connections of a server and what runs on them, to end them in order. Node's own `close` waits for a client that has sent half a request,
 * or nothing, as long as that client likes. WebSockets are not among them.
 */
export class Connections {
  readonly #open = new Set<Socket>();
  readonly #running = new Set<IncomingMessage>();
  #stopping = false;
  #ended: () => void = () => undefined;

  constructor(app: FastifyInstance) {
    app.server.on('connection', (socket: Socket) => this.#keep(socket));
    app.server.on('upgrade', ({ socket }) => this.#forget(socket));
    app.addHook('onRequest', ({ raw }, reply, done) => {
      this.#keep(raw.socket);
      this.#running.add(raw);
      reply.raw.once('close', () => this.#finished(raw));
      done();
    });
  }

  /** Requests that have arrived whole are answered, within `withinMs`; every other connection is destroyed at once. */
  async end(withinMs: number): Promise<void> {
    this.#stopping = true;
    const ended = new Promise<void>((resolve) => (this.#ended = resolve));
    // What has already come to this machine is read first.
    await setImmediate();
    for (const socket of this.#open) if (!this.#isBusy(socket)) socket.destroy();
    if (this.#open.size > 0) await within(withinMs, ended);
    for (const socket of this.#open) socket.destroy();
  }

  #keep(socket: Socket): void {
    if (this.#open.has(socket)) return;
    this.#open.add(socket);
    socket.once('close', () => this.#forget(socket));
  }

  #forget(socket: Socket): void {
    this.#open.delete(socket);
    if (this.#open.size === 0) this.#ended();
  }

  #finished(request: IncomingMessage): void {
    this.#running.delete(request);
    if (this.#stopping && !this.#isBusy(request.socket)) request.socket.destroySoon();
  }

  #isBusy(socket: Socket): boolean {
    return [...this.#running].some((request) => request.socket === socket && request.complete);
  }
}
