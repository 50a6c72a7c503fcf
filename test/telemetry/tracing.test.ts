import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuiltServer } from '../support/built-server.js';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from './otlp-receiver.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const CLIENT_SPAN = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE_ID}-${CLIENT_SPAN}-01`;

describe('traces', () => {
  let receiver: OtlpReceiver;
  let server: BuiltServer;
  beforeEach(async () => {
    receiver = await startOtlpReceiver();
    server = new BuiltServer();
  });
  afterEach(async () => {
    server.remove();
    await receiver.close();
  });

  /** Creates an app within the trace of a client, and stops the server, which sends what it kept. @returns the log. */
  async function createApp(environment: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const { child, api } = await server.start({ LOG_LEVEL: 'info', ...environment });
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    await api
      .with(headers)
      .ask('mutation CreateIt($name: String!) { createApp(input: { name: $name }) { app { id name } } }', { name: 'planted-name' });
    child.kill('SIGTERM');
    await once(child, 'close');
    return log;
  }

  const named = (name: string): ReceivedSpan => {
    const found = receiver.spans().filter((span) => span.name === name && span.traceId === TRACE_ID);
    const [span, ...more] = found;
    expect(more).toEqual([]);
    if (!span) throw new Error(`there is no span ${name}`);
    return span;
  };

  it('lead from the span of a client to operation, command and append, and back from the projection', async () => {
    const log = await createApp(
      { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
      { traceparent: TRACEPARENT },
    );
    const operation = named('mutation CreateIt');
    expect(operation.parentSpanId).toBe(CLIENT_SPAN);
    const command = receiver.spans().find((span) => span.name === 'command' && span.parentSpanId === operation.spanId);
    expect(command).toBeDefined();
    const append = receiver.spans().find((span) => span.name === 'append' && span.parentSpanId === command?.spanId);
    expect(append?.traceId).toBe(TRACE_ID);
    const projected = receiver.spans().filter(({ name }) => name === 'project');
    expect(projected.flatMap(({ links }) => links ?? [])).toContainEqual(
      expect.objectContaining({ traceId: TRACE_ID, spanId: command?.spanId }),
    );
    expect(log).toContain(`"traceId":"${TRACE_ID}"`);
  });

  it('show nothing of what was asked but its name', async () => {
    await createApp({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.endpoint}/v1/traces`, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' });
    const sent = receiver.requests.map(({ path, body }) => `${path} ${body.toString()}`).join('\n');
    expect(sent).toContain('/v1/traces');
    expect(sent).toContain('mutation CreateIt');
    expect(sent).toContain('"regraft"');
    expect(sent).not.toContain('planted-name');
  });

  it('go as protobuf where nothing else is said', async () => {
    await createApp({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint }, { traceparent: TRACEPARENT });
    const [request] = receiver.requests;
    expect(request).toMatchObject({ path: '/v1/traces', type: 'application/x-protobuf' });
    expect(receiver.requests.some(({ body }) => body.includes(Buffer.from(TRACE_ID, 'hex')))).toBe(true);
  });

  it('are kept of no more than the part that is said', async () => {
    await createApp({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0',
    });
    expect(receiver.requests).toHaveLength(0);
  });

  it('are not made where no endpoint is set, and the log names the trace of the client all the same', async () => {
    const log = await createApp({}, { traceparent: TRACEPARENT });
    expect(receiver.requests).toHaveLength(0);
    expect(log).toContain(`"traceId":"${TRACE_ID}"`);
  });

  it('do not keep a server from stopping whose collector is away', async () => {
    const log = await createApp({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_EXPORTER_OTLP_TIMEOUT: '500' });
    expect(log).toContain('traces cannot be sent');
  });

  it('take no part of the SDK to start a server without them', async () => {
    const script = `
      import { registerHooks } from 'node:module';
      registerHooks({ load: (url, context, next) => (url.includes('opentelemetry') && console.log(url), next(url, context)) });
      await import('./dist/src/server.js');`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    expect(stdout).toContain('opentelemetry/api');
    expect(stdout).not.toMatch(/sdk-trace|exporter|context-async-hooks|opentelemetry\/core/);
  });
});
