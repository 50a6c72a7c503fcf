import { textOf, type TypedDocument } from './document.js';
import { endpointOf, type Token } from './endpoint.js';
import type { Positioned } from './feed.js';
import { LogPositionDocument } from './generated/graphql.js';
import { request, type RequestOptions } from './request.js';
import { openSocket } from './socket.js';
import { resume, type SubscribeOptions, type Subscribed } from './subscription.js';

export interface ClientOptions {
  /** Of the server, such as http://127.0.0.1:4000; of the API itself where a proxy has it at another path than /graphql. */
  readonly url: string | URL;
  /** Not needed where the server is open to all, as it is on a fresh machine. */
  readonly token?: Token;
}

/** Variables and options of an operation; both may be left out where there are no variables that must be given. */
export type Given<Variables, Options> =
  Record<string, never> extends Variables ? [variables?: Variables, options?: Options] : [variables: Variables, options?: Options];

/** What a subscription to events gives: the one field of its answers. */
export type MessageOf<Result> = Extract<Result[keyof Result], Positioned>;

export interface RegraftClient {
  /** @throws RegraftError; the reason of the signal. */
  query<Result, Variables>(document: TypedDocument<Result, Variables>, ...given: Given<Variables, RequestOptions>): Promise<Result>;

  /** Likewise. With a `commandId` in its input it may be sent again, as often as need be: it has one effect. */
  mutate<Result, Variables>(document: TypedDocument<Result, Variables>, ...given: Given<Variables, RequestOptions>): Promise<Result>;

  /**
   * Events, each once and in order: after `after`, from the BEGINNING, or from now, which is when the first one is asked for. Goes on by itself
   * after lost connections and restarts of the server, for as long as it takes. Only one `next` at a time, as `for await` does.
   * @param document of `events` or `upgradeEvents`, selecting `position`, with a variable `after`.
   * @throws RegraftError while iterating, where the server refuses and would again.
   */
  subscribe<Result extends Readonly<Record<string, unknown>>, Variables extends Subscribed['variables']>(
    document: TypedDocument<Result, Variables>,
    ...given: Given<Variables, SubscribeOptions>
  ): AsyncGenerator<MessageOf<Result>, void, undefined>;
}

export function createClient({ url, token }: ClientOptions): RegraftClient {
  const endpoint = endpointOf(url, token);
  const socket = openSocket(endpoint);
  const send = async <Result, Variables>(
    document: TypedDocument<Result, Variables>,
    ...[variables, options]: Given<Variables, RequestOptions>
  ): Promise<Result> => (await request(endpoint, textOf(document), variables, options)) as Result;
  return {
    query: send,
    mutate: send,
    subscribe: (document, ...[variables, options = {}]) =>
      resume(
        { socket, query: textOf(document), variables: variables ?? {}, now: async () => (await send(LogPositionDocument)).position },
        options,
      ),
  };
}
