import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { endpointProblem } from '../../src/domain/webhook/endpoint.js';
import { judge } from '../../src/domain/webhook/outcome.js';
import type { RecordedEvent } from '../../src/store/event-store.js';
import { messageOf, signatureHeaders } from '../../src/webhooks/message.js';

const event: RecordedEvent = {
  eventId: 'e1',
  type: 'DataKeyCreated',
  data: { keyId: 'k', masterKeyId: 'm', wrapped: 'CIPHER', nonce: 'NONCE' },
  metadata: {
    occurredAt: '2026-01-01T00:00:00.000Z',
    $correlationId: 'c',
    $causationId: 'c',
    commandDigest: 'DIGEST',
    actor: { id: 'ada', kind: 'USER' },
    schemaVersion: 1,
  },
  stream: 'key-log',
  revision: 0,
  position: 0,
  recordedAt: '2026-01-01T00:00:00.000Z',
};
const secretOf = (): string => `whsec_${randomBytes(32).toString('base64')}`;

describe('a message', () => {
  it('is verified by the library of Standard Webhooks with any secret that is valid', () => {
    const message = messageOf('log', event);
    const [old, current] = [secretOf(), secretOf()];
    const headers = signatureHeaders(message, [current, old], new Date());
    for (const secret of [old, current]) {
      expect(new Webhook(secret).verify(message.body, headers)).toMatchObject({ specversion: '1.0', id: 'e1', subject: 'key-log' });
    }
    expect(() => new Webhook(secretOf()).verify(message.body, headers)).toThrow();
  });

  it('shows nothing that views of events mask', () => {
    const { body } = messageOf('log', event);
    for (const hidden of ['CIPHER', 'NONCE', 'DIGEST']) expect(body).not.toContain(hidden);
  });
});

describe('an attempt', () => {
  const answered = (status: number, retryAfter?: string) =>
    ({ kind: 'answered', status, body: '', ...(retryAfter && { retryAfter }) }) as const;
  const first = { number: 1, endedAt: 0, random: 0 };

  it('is over with any 2xx', () => expect(judge(answered(204), first)).toEqual({ kind: 'delivered' }));
  it('ends the webhook with 410', () => expect(judge(answered(410), first)).toEqual({ kind: 'gone' }));
  it('is made again after five seconds, and at most a fifth more', () => {
    expect(judge(answered(500), first)).toEqual({ kind: 'retry', inMs: 5000 });
    expect(judge(answered(307), { ...first, random: 1 })).toEqual({ kind: 'retry', inMs: 6000 });
  });
  it('waits as long as the receiver asks, in seconds or until a date, up to a day', () => {
    expect(judge(answered(503, '120'), first)).toEqual({ kind: 'retry', inMs: 120_000 });
    expect(judge(answered(503, 'Thu, 01 Jan 1970 00:01:00 GMT'), first)).toEqual({ kind: 'retry', inMs: 60_000 });
    expect(judge(answered(503, '9999999999'), first)).toEqual({ kind: 'retry', inMs: 86_400_000 });
    expect(judge(answered(503, 'soon'), first)).toEqual({ kind: 'retry', inMs: 5000 });
  });
  it('is the last after three days', () => expect(judge(answered(500), { ...first, number: 10 })).toEqual({ kind: 'exhausted' }));
});

describe('the URL of a receiver', () => {
  it.each(['https://a.example/in', 'https://a.example:8443/'])('may be %s', (url) =>
    expect(endpointProblem(url, { plainHttp: false })).toBeUndefined(),
  );
  it.each([
    'a.example',
    'http://a.example/',
    'ftp://a.example/',
    'https://u:p@a.example/',
    'https://a.example/#x',
    'https://a.example:22/',
  ])('may not be %s', (url) => expect(endpointProblem(url, { plainHttp: false })).toBeTypeOf('string'));
  it('may be plain where networks are allowed', () => expect(endpointProblem('http://a.example/', { plainHttp: true })).toBeUndefined());
});
