import { describe, expect, it } from 'vitest';
import { toDefinition } from '../../src/domain/definition/schema.js';
import type { JsonObject } from '../../src/domain/json.js';

const check = (fields: JsonObject) => () => toDefinition({ key: 'web', ...fields });

describe('a definition holds only what the API can tell', () => {
  it.each<[string, JsonObject]>([
    ['/replicas', { replicas: 2 ** 31 }],
    ['/probes/liveness/retries', { probes: { liveness: { exec: ['x'], retries: 2 ** 31 } } }],
    ['/probes/liveness/intervalSeconds', { probes: { liveness: { exec: ['x'], intervalSeconds: 2 ** 31 } } }],
    ['/probes/liveness/tcpPort', { probes: { liveness: { tcpPort: 65_536 } } }],
    ['/probes/liveness/http/port', { probes: { liveness: { http: { path: '/', port: 0, scheme: 'HTTP' } } } }],
    ['/ports/65536~1tcp', { ports: { '65536/tcp': {} } }],
    ['/ports/80', { ports: { '80': {} } }],
    ['/ports/80~1tcp/published/127.0.0.1:99999', { ports: { '80/tcp': { published: { '127.0.0.1:99999': true } } } }],
    ['/image', { image: '' }],
  ])('%s is refused', (path, fields) => {
    expect(check(fields)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT', details: { path } }));
  });

  it('and the largest of each is one', () => {
    const published = { '65535': true, '[::1]:1': true, '127.0.0.1:59999': true } as const;
    const probes = { liveness: { tcpPort: 65_535, retries: 2 ** 31 - 1 } };
    expect(check({ replicas: 2 ** 31 - 1, ports: { '65535/udp': { published }, '1/sctp': {} }, probes })).not.toThrow();
  });
});
