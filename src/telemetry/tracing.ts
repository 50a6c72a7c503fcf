import { context, isSpanContextValid, SpanStatusCode, trace, TraceFlags, type Attributes, type Link, type Span } from '@opentelemetry/api';
import { Refusal } from '../domain/errors.js';

/** Makes spans that go nowhere, until `startTracing` (otlp.ts) says where to. */
export const tracer = trace.getTracer('regraft');

/** Does work in a span of its own, beneath the one that is there. What it throws is told by the class of the error: its message may show data. */
export function inSpan<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The same for work that is done at once. */
export function inSpanNow<T>(name: string, options: { readonly attributes: Attributes; readonly links: Link[] }, work: () => T): T {
  return tracer.startActiveSpan(name, options, (span) => {
    try {
      return work();
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** What was refused went as it should. */
function fail(span: Span, error: unknown): void {
  if (error instanceof Refusal) {
    span.setAttribute('regraft.refusal', error.code);
    return;
  }
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
}

/** The span that is there, as W3C Trace Context writes it; undefined where none is kept. */
export function activeTraceparent(): string | undefined {
  const span = trace.getSpanContext(context.active());
  if (!span || !isSpanContextValid(span) || (span.traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
  return `00-${span.traceId}-${span.spanId}-01`;
}

const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})/;

/** What a text in the form of W3C Trace Context names. */
export function parseTraceparent(
  text: unknown,
): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number } | undefined {
  const [, traceId, spanId, flags = '00'] = (typeof text === 'string' && TRACEPARENT.exec(text)) || [];
  const span = traceId && spanId ? { traceId, spanId, traceFlags: Number.parseInt(flags, 16) } : undefined;
  return span && isSpanContextValid(span) ? span : undefined;
}
