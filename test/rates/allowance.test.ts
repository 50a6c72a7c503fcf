import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Allowance, MAX_COUNTED, RateLimitedError } from '../../src/rates/allowance.js';

describe('an allowance', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('is taken point by point, by each for themselves, and whole again after a minute', async () => {
    const allowance = new Allowance(10);
    await allowance.take('a', 6);
    await allowance.take('a', 4);
    await expect(allowance.take('a', 1)).rejects.toThrow(RateLimitedError);
    await allowance.take('b', 10);
    vi.advanceTimersByTime(60_000);
    await allowance.take('a', 10);
  });

  it('says how many seconds are left of the minute', async () => {
    const allowance = new Allowance(1);
    await allowance.take('a', 1);
    vi.advanceTimersByTime(17_500);
    await expect(allowance.take('a', 1)).rejects.toMatchObject({ retryAfterSeconds: 43 });
  });

  it('is no longer missed because somebody goes on asking', async () => {
    const allowance = new Allowance(1);
    for (let second = 0; second < 60; second++) {
      await allowance.take('a', 1).catch(() => undefined);
      vi.advanceTimersByTime(1_000);
    }
    await allowance.take('a', 1);
  });

  it('lets who has a whole one ask for whatever it costs, once', async () => {
    const allowance = new Allowance(10);
    await allowance.take('a', 1_000);
    await expect(allowance.take('a', 1)).rejects.toThrow(RateLimitedError);
  });

  it('is used up by what cannot be refused any more, too', async () => {
    const allowance = new Allowance(2);
    await allowance.count('a');
    await allowance.requireLeft('a');
    await allowance.count('a');
    await expect(allowance.requireLeft('a')).rejects.toThrow(RateLimitedError);
    await allowance.requireLeft('b');
  });

  it('is counted for so many at a time: who was not heard of for longest starts anew, who just asked does not', async () => {
    const allowance = new Allowance(1);
    await allowance.count('first');
    await allowance.count('second');
    for (let other = 0; other < MAX_COUNTED - 1; other++) await allowance.count(`${other}`);
    await allowance.requireLeft('first');
    await expect(allowance.requireLeft('second')).rejects.toThrow(RateLimitedError);
  });
});
