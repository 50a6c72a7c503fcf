import { createClient, EventsDocument, RegraftError, type SubscribeOptions } from '@regraft/client';
import { afterEach, describe, expect, it } from 'vitest';
import { close, complete, cut, fail, UnsteadyServer, type LetGo } from './unsteady-server.js';

const LENGTH = 9;
const ALL = Array.from({ length: LENGTH }, (_, n) => String(n + 1));

describe('a subscription of the client', () => {
  let server: UnsteadyServer | undefined;
  afterEach(() => server?.close());

  const subscribe = async (letGo: readonly LetGo[], atOnce: number, variables: object = {}, options: SubscribeOptions = {}) => {
    server = new UnsteadyServer({ length: LENGTH, atOnce, letGo });
    return createClient({ url: await server.listen() }).subscribe(EventsDocument, variables, options);
  };
  const positions = async (messages: AsyncIterable<{ position: string }>, until = LENGTH): Promise<string[]> => {
    const taken: string[] = [];
    for await (const { position } of messages) {
      taken.push(position);
      if (taken.length === until) break;
    }
    return taken;
  };

  it.each<[string, LetGo]>([
    ['is cut', cut],
    ['is closed since the server goes away', close(1001)],
    ['is closed in order', close(1000)],
    ['is closed since the server is at a loss', close(1011)],
    ['is closed since something went wrong inside', close(4500)],
    ['is closed since it was not heard of in time', close(4408)],
    ['goes on and the subscription is ended by the server', complete],
    ['goes on and the store cannot be reached', fail('STORE_UNAVAILABLE', { retryAfterSeconds: 0 })],
    ['goes on and something went wrong inside', fail('INTERNAL_SERVER_ERROR')],
  ])('gives each event once and in order where the connection %s', async (_what, letGo) => {
    const messages = await subscribe([letGo, letGo, letGo], 2);
    expect(await positions(messages)).toEqual(ALL);
    expect(server?.asked).toEqual(['0', '2', '4', '6']);
  });

  it('begins now, where it does not say, even if the connection is lost before the first event', async () => {
    const messages = await subscribe([cut, cut], 0);
    expect(await positions(messages)).toEqual(ALL);
    expect(server?.asked).toEqual(['0', '0', '0']);
  });

  it('begins at the beginning again where the connection is lost before the first event', async () => {
    const messages = await subscribe([cut], 0, { from: 'BEGINNING' });
    expect(await positions(messages)).toEqual(ALL);
    expect(server?.asked).toEqual([undefined, undefined]);
  });

  it('tells of every lost connection, and waits longer each time until something comes again', async () => {
    const lost: [string, number][] = [];
    const onLost = (error: RegraftError, ms: number): void => void lost.push([error.code, ms]);
    const messages = await subscribe([cut, cut, cut], 0, {}, { onLost });
    await positions(messages);
    expect(lost.map(([code]) => code)).toEqual(Array(3).fill('CONNECTION_LOST'));
    for (const [n, [, ms]] of lost.entries()) {
      expect(ms).toBeGreaterThanOrEqual(125 * 2 ** n);
      expect(ms).toBeLessThanOrEqual(250 * 2 ** n);
    }
  });

  it('waits for as long as the server asks to', async () => {
    const lost: number[] = [];
    const stop = new AbortController();
    const onLost = (_error: RegraftError, ms: number): void => {
      lost.push(ms);
      stop.abort();
    };
    const messages = await subscribe([fail('STORE_UNAVAILABLE', { retryAfterSeconds: 60 })], 2, {}, { onLost, signal: stop.signal });
    expect(await positions(messages)).toEqual(['1', '2']);
    expect(lost).toEqual([60_000]);
  });

  it.each<[string, LetGo]>([
    ['UNAUTHENTICATED', close(4401)],
    ['FORBIDDEN', close(4403)],
    ['BAD_REQUEST', close(4400)],
    ['POSITION_UNKNOWN', fail('POSITION_UNKNOWN')],
    ['GRAPHQL_VALIDATION_FAILED', fail('GRAPHQL_VALIDATION_FAILED')],
    ['A_CODE_OF_TOMORROW', fail('A_CODE_OF_TOMORROW')],
  ])('ends with %s, once what came before was taken', async (code, letGo) => {
    const messages = await subscribe([letGo], 2);
    const taken: string[] = [];
    const error = await (async () => {
      for await (const { position } of messages) taken.push(position);
    })().catch((thrown: unknown) => thrown);
    expect(taken).toEqual(['1', '2']);
    expect(error).toBeInstanceOf(RegraftError);
    expect(error).toMatchObject({ code, passes: false });
  });

  it('holds no more than its capacity, and asks for the rest when that was taken', async () => {
    const messages = await subscribe([], 0, {}, { capacity: 4 });
    expect(await positions(messages)).toEqual(ALL);
    expect(server?.asked).toEqual(['0', '4', '8']);
  });

  it('is refused a capacity of nothing', async () => {
    const messages = await subscribe([], 0, {}, { capacity: 0 });
    await expect(messages.next()).rejects.toThrow(RangeError);
  });

  it('ends without an error by its signal, while it waits for an event', async () => {
    const stop = new AbortController();
    const taken: string[] = [];
    for await (const { position } of await subscribe([], 0, {}, { signal: stop.signal })) {
      taken.push(position);
      if (position === String(LENGTH)) setImmediate(() => stop.abort());
    }
    expect(taken).toEqual(ALL);
  });

  it('does not begin where its signal came before', async () => {
    expect(await positions(await subscribe([], 0, {}, { signal: AbortSignal.abort() }))).toEqual([]);
    expect(server?.asked).toEqual([]);
  });

  describe('with a checkpoint', () => {
    const checkpointOf = (saved: string[]) => ({ load: () => saved.at(-1), save: (position: string) => void saved.push(position) });

    it('goes on after the position that was saved last, whatever else it was told', async () => {
      const messages = await subscribe([], 0, { after: '1' }, { checkpoint: checkpointOf(['6']) });
      expect(await positions(messages, 3)).toEqual(['7', '8', '9']);
    });

    it('saves a position when the next event is asked for, so that one whose handling failed is given again', async () => {
      const saved: string[] = [];
      const checkpoint = checkpointOf(saved);
      const handling = async (messages: AsyncIterable<{ position: string }>): Promise<void> => {
        for await (const { position } of messages) if (position === '4') throw new Error('the consumer failed');
      };
      await expect(handling(await subscribe([], 0, {}, { checkpoint }))).rejects.toThrow('the consumer failed');
      expect(saved).toEqual(['1', '2', '3']);
      server?.close();
      expect(await positions(await subscribe([], 0, {}, { checkpoint }), 6)).toEqual(['4', '5', '6', '7', '8', '9']);
    });

    it('ends with the error of a checkpoint that cannot be saved', async () => {
      const full = new Error('the disk is full');
      const checkpoint = { load: () => undefined, save: () => Promise.reject(full) };
      await expect(positions(await subscribe([], 0, {}, { checkpoint }))).rejects.toBe(full);
    });
  });
});
