import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

/** How the server lets go of a subscription; the id is that of the operation. */
export type LetGo = (socket: WebSocket, id: string) => void;

interface Received {
  readonly id: string;
  readonly type: string;
  readonly payload: { readonly variables: { readonly after?: string; readonly from?: string } };
}

/**
 * A server of a log of `length` events at the positions "1", "2" and so on, which lets go of each subscription as the next of `letGo` says, after `atOnce` events of
 * it. Once all were used it goes on to the end.
 */
export class UnsteadyServer {
  /** What each subscription asked to begin after. */
  readonly asked: (string | undefined)[] = [];
  readonly #http = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data: { position: '0' } }));
  });
  readonly #sockets = new WebSocketServer({ server: this.#http, path: '/graphql' });
  readonly #letGo: LetGo[];

  constructor(private readonly options: { readonly length: number; readonly atOnce: number; readonly letGo: readonly LetGo[] }) {
    this.#letGo = [...options.letGo];
    this.#sockets.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => this.#receive(socket, JSON.parse(data.toString('utf8')) as Received));
    });
  }

  async listen(): Promise<string> {
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#http.close();
    this.#http.closeAllConnections();
  }

  #receive(socket: WebSocket, { id, type, payload }: Received): void {
    if (type === 'connection_init') socket.send(JSON.stringify({ type: 'connection_ack' }));
    if (type !== 'subscribe') return;
    const { after } = payload.variables;
    this.asked.push(after);
    const letGo = this.#letGo.shift();
    const { length, atOnce } = this.options;
    const from = Number(after ?? 0) + 1;
    for (let at = from; at <= length && (!letGo || at < from + atOnce); at++) {
      const message = { position: String(at), caughtUp: false, event: null };
      socket.send(JSON.stringify({ id, type: 'next', payload: { data: { events: message } } }));
    }
    letGo?.(socket, id);
  }
}

export const fail =
  (code: string, details: object = {}): LetGo =>
  (socket, id) =>
    socket.send(JSON.stringify({ id, type: 'error', payload: [{ message: `it is ${code}`, extensions: { code, ...details } }] }));

export const close =
  (code: number): LetGo =>
  (socket) =>
    socket.close(code, 'closed');

export const complete: LetGo = (socket, id) => socket.send(JSON.stringify({ id, type: 'complete' }));

export const cut: LetGo = (socket) => socket.terminate();
