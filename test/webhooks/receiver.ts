import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Message {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** What it was answered with; 0 until then, and where it is none of its business. */
  status: number;
  readonly event: { readonly id: string; readonly type: string; readonly subject: string; readonly revision: number };
}

/** How a receiver answers: by status, or as it likes. */
export type Behaviour = (message: Message) => number | ((response: ServerResponse) => void);

/** A receiver of webhooks at the loopback, over real HTTP. */
export class Receiver {
  readonly messages: Message[] = [];
  behaviour: Behaviour = () => 204;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void text(request).then((body) => {
        const message: Message = { headers: request.headers, body, status: 0, event: JSON.parse(body) as Message['event'] };
        this.messages.push(message);
        const answer = this.behaviour(message);
        if (typeof answer !== 'number') return answer(response);
        message.status = answer;
        response.writeHead(answer).end();
      });
    });
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hooks`;
  }

  /** Types of what came, one stream's where it is given. */
  types(subject?: string): string[] {
    return this.messages.filter(({ event }) => subject === undefined || event.subject === subject).map(({ event }) => event.type);
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
