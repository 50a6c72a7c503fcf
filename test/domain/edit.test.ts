import { describe, expect, it } from 'vitest';
import { defineComponent, editDefinition } from '../../src/domain/app/edit.js';
import type { JsonObject } from '../../src/domain/json.js';

const edited = (before: JsonObject, set: JsonObject): JsonObject => {
  const { key: _key, replicas: _replicas, ...rest } = editDefinition(defineComponent({ key: 'web', ...before }), { set, unset: [] });
  return rest as JsonObject;
};

describe('an edit leaves what it does not name', () => {
  it('keeps the value of a variable of which only the description is set, and the other way round', () => {
    const env = { A: { value: '1', description: 'doc' } };
    expect(edited({ env }, { env: { A: { description: 'other' } } })).toEqual({ env: { A: { value: '1', description: 'other' } } });
    expect(edited({ env }, { env: { A: { value: '2' } } })).toEqual({ env: { A: { value: '2', description: 'doc' } } });
    expect(edited({ env: { A: '1' } }, { env: { A: { description: 'doc' } } })).toEqual({ env });
  });

  it('removes a description that is set to nothing', () => {
    expect(edited({ env: { A: { value: '1', description: 'doc' } } }, { env: { A: { description: '' } } })).toEqual({ env: { A: '1' } });
  });

  it('declares a new variable of which nothing is said as open', () => {
    expect(edited({}, { env: { A: {} } })).toEqual({ env: { A: null } });
  });

  it('keeps the scheme of a probe of which path and port are set', () => {
    const before = { probes: { liveness: { http: { path: '/', port: 80, scheme: 'HTTPS' } } } };
    expect(edited(before, { probes: { liveness: { http: { path: '/h', port: 81 } } } })).toEqual({
      probes: { liveness: { http: { path: '/h', port: 81, scheme: 'HTTPS' } } },
    });
  });

  it('puts one way to probe in the place of another, and keeps the timing', () => {
    const before = { probes: { liveness: { http: { path: '/', port: 80 }, retries: 3 }, readiness: { tcpPort: 1 } } };
    expect(edited(before, { probes: { liveness: { tcpPort: 80 } } })).toEqual({
      probes: { liveness: { tcpPort: 80, retries: 3 }, readiness: { tcpPort: 1 } },
    });
  });
});
