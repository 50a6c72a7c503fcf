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

  complete(id: string): void {
    this.#send({ id, type: 'complete' });
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

  /** What was received so far that fits. */
  takeAll(fits: (message: Message) => boolean): readonly Message[] {
    return this.#received.splice(0).filter(fits);
  }

  /** Does not read any more: neither messages nor word that the connection ends. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.close();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** The close code. */
  async closed(): Promise<number> {
    return (await this.farewell()).code;
  }

  async farewell(): Promise<{ readonly code: number; readonly reason: string }> {
    const [code, reason] = (await once(this.#socket, 'close')) as [number, Buffer];
    return { code, reason: reason.toString('utf8') };
  }

  /** What may be no message at all. */
  write(text: string): void {
    this.#socket.send(text);
  }

  #send(message: Message): void {
    this.write(JSON.stringify(message));
  }
}
