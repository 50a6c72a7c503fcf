import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config.js';

function problemsOf(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('where metrics are served', () => {
  it('is nowhere, unless a port is set; then at the loopback, unless an address is', () => {
    expect(loadConfig({}).metrics).toBeUndefined();
    expect(loadConfig({ REGRAFT_METRICS_PORT: '9464' }).metrics).toEqual({ host: '127.0.0.1', port: 9464 });
    expect(loadConfig({ REGRAFT_METRICS_PORT: '9464', REGRAFT_METRICS_HOST: '10.0.0.7' }).metrics).toEqual({
      host: '10.0.0.7',
      port: 9464,
    });
  });

  it('is not an address without a port, or one that is none', () => {
    expect(problemsOf({ REGRAFT_METRICS_HOST: '10.0.0.7' })).toEqual([expect.stringContaining('REGRAFT_METRICS_PORT is not')]);
    expect(problemsOf({ REGRAFT_METRICS_PORT: 'x', REGRAFT_METRICS_HOST: 'a b' })).toEqual([
      expect.stringContaining('REGRAFT_METRICS_HOST is "a b"'),
      expect.stringContaining('REGRAFT_METRICS_PORT is "x"'),
    ]);
  });
});

describe('where traces go', () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

  it('is nowhere, unless an endpoint is set', () => {
    expect(loadConfig({ OTEL_TRACES_SAMPLER: 'always_on' }).tracing).toBeUndefined();
    expect(loadConfig(endpoint).tracing).toEqual({ protocol: 'http/protobuf', sampler: 'parentbased_always_on', ratio: 1 });
  });

  it.each([{ OTEL_SDK_DISABLED: 'true' }, { OTEL_TRACES_EXPORTER: 'none' }])('is nowhere where they are switched off: %o', (off) => {
    expect(loadConfig({ ...endpoint, ...off }).tracing).toBeUndefined();
  });

  it('is what is said of traces before what is said of all', () => {
    const { tracing } = loadConfig({
      ...endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    });
    expect(tracing).toEqual({ protocol: 'http/json', sampler: 'traceidratio', ratio: 0.25 });
  });

  it.each<Readonly<Record<string, string>>>([
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' },
    { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    { OTEL_TRACES_EXPORTER: 'zipkin' },
    { OTEL_TRACES_SAMPLER: 'jaeger_remote' },
    { OTEL_TRACES_SAMPLER_ARG: '2' },
  ])('is not what is not done here: %o', (wrong) => {
    expect(problemsOf({ ...endpoint, ...wrong })).toEqual([expect.stringContaining(Object.keys(wrong)[0] ?? '')]);
  });
});
