import { describe, expect, it } from 'vitest';
import { slopeOf } from '../../bench/soak/memory.js';
import { compare, Tally, type Received, type SeenEvent } from '../../bench/soak/received.js';

const LOG: readonly SeenEvent[] = [0, 1, 2, 3].map((revision) => ({ id: `event ${revision}`, stream: 'app-1', revision }));

const receive = (events: readonly (SeenEvent | undefined)[], finished = true): Received => {
  const tally = new Tally();
  for (const event of events) if (event) tally.take(event);
  return tally.received('1', finished);
};
const verdict = (received: Received): string => compare(received, receive(LOG)).join('; ');

describe('what the soak says of a subscriber', () => {
  const [a, b, c, d] = LOG;

  it('is nothing where it got what the log has', () => expect(verdict(receive(LOG))).toBe(''));

  it.each([
    ['a gap', [a, b, d], 'revision 3 where 2 was next'],
    ['a duplicate', [a, b, b, c, d], 'revision 1 where 2 was next'],
    ['another order', [a, c, b, d], 'revision 2 where 1 was next'],
    ['a missing end', [a, b, c], '3 events where the log has 4'],
    ['another event', [a, b, c, { id: 'forged', stream: 'app-1', revision: 3 }], 'other events, or in another order'],
  ])('names %s', (_what, events, fault) => expect(verdict(receive(events))).toContain(fault));

  it('names one that did not come to the end', () => expect(verdict(receive(LOG, false))).toContain('did not come to the end'));

  it('names one of an app that the log does not know', () => expect(compare(receive(LOG), undefined)).toHaveLength(1));
});

describe('how fast memory grows', () => {
  it('is the slope of the line of least squares', () => {
    expect(slopeOf([1, 2, 3, 4].map((seconds) => ({ seconds, mebibytes: 100 + 2 * seconds })))).toBeCloseTo(2);
    expect(slopeOf([5, 6, 5, 6, 5].map((mebibytes, seconds) => ({ seconds, mebibytes })))).toBeCloseTo(0);
  });
});
