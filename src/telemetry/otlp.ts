import type { Logger } from '../logger.js';

export const OTLP_PROTOCOLS = ['http/protobuf', 'http/json'] as const;
export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** How traces are kept and sent. Where to, with which headers and how long at the most, the exporter reads from `OTEL_EXPORTER_OTLP_*` itself. */
export interface TracingSettings {
  readonly protocol: (typeof OTLP_PROTOCOLS)[number];
  readonly sampler: (typeof SAMPLERS)[number];
  /** Of the traces that begin here, the part that is kept, from 0 to 1: for samplers by ratio. */
  readonly ratio: number;
}

export interface Tracing {
  /** Sends what was not sent yet; never rejects. */
  close(): Promise<void>;
}

/**
 * Keeps spans from now on and sends them by OTLP, with W3C trace context read from requests. OpenTelemetry has one of these for a process, so this is called by
 * programs, once. What it takes is loaded here, and not where nobody traces.
 */
export async function startTracing({ protocol, sampler, ratio }: TracingSettings, logger: Logger): Promise<Tracing> {
  const [{ context, diag, DiagLogLevel, propagation, trace }, sdk, resources, { AsyncLocalStorageContextManager }, core, exporters] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/context-async-hooks'),
      import('@opentelemetry/core'),
      protocol === 'http/json' ? import('@opentelemetry/exporter-trace-otlp-http') : import('@opentelemetry/exporter-trace-otlp-proto'),
    ]);
  const tell = (message: string): void => logger.warn({ reason: message }, 'traces cannot be sent');
  diag.setLogger({ error: tell, warn: tell, info: () => undefined, debug: () => undefined, verbose: () => undefined }, DiagLogLevel.WARN);
  const root = sampler.endsWith('always_off')
    ? new sdk.AlwaysOffSampler()
    : sampler.endsWith('traceidratio')
      ? new sdk.TraceIdRatioBasedSampler(ratio)
      : new sdk.AlwaysOnSampler();
  const named = resources.resourceFromAttributes({ 'service.name': 'regraft' });
  const provider = new sdk.TracerProvider({
    resource: resources
      .defaultResource()
      .merge(named)
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    sampler: sampler.startsWith('parentbased') ? new sdk.ParentBasedSampler({ root }) : root,
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter: new exporters.OTLPTraceExporter() })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new core.W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return {
    close: () => provider.shutdown().catch((error: unknown) => logger.warn({ err: error }, 'traces cannot be sent')),
  };
}
