/** Where the API is, and who asks. */
export interface Endpoint {
  /** Of the API, over HTTP. */
  readonly url: URL;
  /** The headers that say who asks. */
  readonly credentials: () => Promise<Readonly<Record<string, string>>>;
}

/** A token, or what gives one for each request and connection, such as a JWT that is renewed. */
export type Token = string | (() => string | Promise<string>);

/** @param address of the server, such as http://127.0.0.1:4000, or of the API itself where a proxy has it at another path than /graphql. */
export function endpointOf(address: string | URL, token: Token | undefined): Endpoint {
  const url = new URL(address);
  if (url.pathname === '/') url.pathname = '/graphql';
  return {
    url,
    credentials: async (): Promise<Readonly<Record<string, string>>> => {
      if (token === undefined) return {};
      return { authorization: `Bearer ${typeof token === 'string' ? token : await token()}` };
    },
  };
}

/** The same for WebSocket. */
export function socketUrlOf({ url }: Endpoint): string {
  const socketUrl = new URL(url);
  socketUrl.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return socketUrl.href;
}
