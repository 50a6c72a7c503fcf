import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';

export interface Message {
  readonly id?: string;
  readonly type: string;
  readonly payload?: unknown;
}

/** A client that speaks graphql-transport-ws word by word. */
export class Socket {
  readonly #socket: WebSocket;
  readonly #received: Message[] = [];
  #wake: () => void = () => undefined;

  private constructor(url: string, options: ClientOptions) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', options);
    this.#socket.on('message', (data: Buffer) => {
      this.#received.push(JSON.parse(data.toString('utf8')) as Message);
      this.#wake();
    });
  }

  /** Rejects where the server does not upgrade the connection. */
  static async open(url: string, options: ClientOptions = {}, params?: object): Promise<Socket> {
    const socket = await Socket.connect(url, options, params);
    await socket.next((message) => message.type === 'connection_ack');
    return socket;
  }

  /** Likewise, without waiting for the server to take it. */
  static async connect(url: string, options: ClientOptions = {}, params?: object): Promise<Socket> {
    const socket = new Socket(url, options);
    await once(socket.#socket, 'open');
    socket.#send({ type: 'connection_init', payload: params });
    return socket;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  subscribe(id: string, query: string, variables: object = {}): void {
    this.send(id, { query, variables });
  }

  /** Asks for an operation in words of its own. */
  send(id: string, payload: object): void {
    this.#send({ id, type: 'subscribe', payload });
  }

  /** The first message received, or yet to come, that fits; it is taken. */
  async next(fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const at = this.#received.findIndex(fits);
      const [message] = at < 0 ? [] : this.#received.splice(at, 1);
      if (message) return message;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Does not read any more: neither messages nor word that the connection ends. */
  pause(): void {
    this.#socket.pause();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** The close code. */
  async closed(): Promise<number> {
    const [code] = (await once(this.#socket, 'close')) as [number];
    return code;
  }

  #send(message: Message): void {
    this.#socket.send(JSON.stringify(message));
  }
}
