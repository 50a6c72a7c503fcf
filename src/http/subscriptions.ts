import { GraphQLError, type ExecutionResult } from 'graphql';
import type { Outlet } from './outlet.js';

export type Results = AsyncGenerator<ExecutionResult, unknown, unknown>;

/** The subscriptions that are open over every transport: so many for each client, and none faster than its client reads. */
export class Subscriptions {
  readonly #open = new Map<string, number>();

  constructor(private readonly perClient: number) {}

  /**
   * Takes a subscription in, until its results end or are ended.
   * @param client whose it is.
   * @returns its results, not asked for while its client has much to read; or that the client has enough of them.
   */
  async hold(results: Results, client: string, outlet: Outlet): Promise<Results | ExecutionResult> {
    const open = this.#open.get(client) ?? 0;
    if (open >= this.perClient) {
      await results.return(undefined);
      return { errors: [tooManySubscriptions(this.perClient)] };
    }
    this.#open.set(client, open + 1);
    return paced(results, outlet, () => this.#release(client));
  }

  #release(client: string): void {
    const open = this.#open.get(client) ?? 0;
    if (open > 1) this.#open.set(client, open - 1);
    else this.#open.delete(client);
  }
}

/** Not a generator function: `return` must reach the source while `next` waits for it. @param onEnd is called once. */
function paced(source: Results, outlet: Outlet, onEnd: () => void): Results {
  let ended = false;
  const end = (): void => {
    if (!ended) onEnd();
    ended = true;
  };
  const settled = async (step: Promise<IteratorResult<ExecutionResult, unknown>>): Promise<IteratorResult<ExecutionResult, unknown>> => {
    try {
      const result = await step;
      if (result.done) end();
      return result;
    } catch (error) {
      end();
      throw error;
    }
  };
  return {
    next: async () => {
      await outlet.room();
      return settled(source.next());
    },
    return: () => settled(source.return(undefined)),
    throw: (error: unknown) => settled(source.throw(error)),
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: async () => {
      await settled(source.return(undefined));
    },
  };
}

function tooManySubscriptions(limit: number): GraphQLError {
  const message = `${limit.toLocaleString('en')} subscriptions of this client are open, which is the limit: end some, or ask for more in one`;
  return new GraphQLError(message, { extensions: { code: 'TOO_MANY_SUBSCRIPTIONS', limit } });
}
