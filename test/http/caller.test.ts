import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { callersBehind } from '../../src/http/caller.js';

function addressOf(remoteAddress: string | undefined, forwarded?: string, proxies: readonly string[] = []): string {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return callersBehind(proxies)({ headers, socket: { remoteAddress } } as IncomingMessage).address;
}

describe('where a request comes from', () => {
  it('is the address of its connection, whatever its headers say', () => {
    expect(addressOf('192.0.2.7')).toBe('192.0.2.7');
    expect(addressOf('192.0.2.7', '198.51.100.1')).toBe('192.0.2.7');
  });

  it('is what proxies say that are trusted, and only those', () => {
    expect(addressOf('10.1.2.3', '198.51.100.1', ['10.0.0.0/8'])).toBe('198.51.100.1');
    expect(addressOf('10.1.2.3', '203.0.113.9, 198.51.100.1', ['10.0.0.0/8'])).toBe('198.51.100.1');
    expect(addressOf('192.0.2.7', '198.51.100.1', ['10.0.0.0/8'])).toBe('192.0.2.7');
  });

  it('is one for all addresses that somebody with IPv6 has', () => {
    expect(addressOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(addressOf('2001:db8:1:2:ffff::1')).toBe('2001:db8:1:2::/64');
    expect(addressOf('2001:db8:1:3::1')).not.toBe('2001:db8:1:2::/64');
  });

  it('is the same for IPv4 within IPv6', () => expect(addressOf('::ffff:192.0.2.7')).toBe('192.0.2.7'));

  it('is not what no address is', () => {
    expect(addressOf(undefined)).toBe('unknown');
    expect(addressOf('10.1.2.3', 'x'.repeat(10_000), ['10.0.0.0/8'])).toBe('unknown');
  });
});
