import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backOff } from '../../client/src/back-off.js';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('how long a client waits before it tries again', () => {
  it('is between an eighth and a quarter of a second at first', () =>
    fc.assert(
      fc.property(random, (r) => {
        expect(Math.floor(backOff(1, r) / 125)).toBe(1);
      }),
    ));

  it('is twice as long after each failure, up to half a minute', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), random, (failures, r) => {
        expect(backOff(failures + 1, r)).toBe(failures < 7 ? 2 * backOff(failures, r) : 30_000 * (0.5 + r / 2));
      }),
    ));

  it('differs from client to client by a half', () => {
    expect([backOff(3, 0), backOff(3, 0.5), backOff(3, 1)]).toEqual([500, 750, 1_000]);
  });
});
